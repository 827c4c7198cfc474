//! Reads Stripe's own pages, whether they continue after an id or by page tokens.
//!
//! A page that continues after an id needs the object with this id: Stripe refuses the page if the object has
//! been deleted meanwhile. The list then continues after the object before it; the objects between the two
//! are gone.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, Operation, OperationKind};
use crate::connector::page_token::Position;
use crate::connector::{Connector, Error, Filter, answer, path};

/// How many ids before a position are kept, in case the objects after which a page begins are deleted.
const KEPT: usize = 5;

/// A reader of Stripe's own pages.
pub(super) struct Paginator<'c> {
    pub(super) connector: &'c Connector,
    pub(super) entity: &'static Entity,
    pub(super) list: &'static Operation,
    pub(super) ids: Vec<String>,
    pub(super) params: Map<String, Json>,
    pub(super) filter: Filter,
}

impl Paginator<'_> {
    /// Up to `most` entities that satisfy the filter, starting at a position,
    /// each with the position after it.
    pub(super) async fn collect(&self, from: Position, most: usize) -> Result<Vec<(Json, Position)>, Error> {
        let mut found = Vec::new();
        self.visit(from, |body, behind| {
            found.push((body, behind));
            found.len() < most
        })
        .await?;
        Ok(found)
    }

    /// Visits the entities that satisfy the filter, starting at a position, each with the position after it,
    /// until there are no more or `visit` returns false.
    pub(super) async fn visit(
        &self,
        from: Position,
        mut visit: impl FnMut(Json, Position) -> bool,
    ) -> Result<(), Error> {
        let (mut at, mut seen) = (from, HashSet::new());
        loop {
            let (page, next) = self.page(&mut at).await?;
            let behind = self.positions(&at, &page);
            let fitting =
                page.into_iter().zip(behind).skip(at.skip).filter(|(body, _)| self.filter.matches(body));
            for (body, behind) in fitting {
                if !visit(body, behind) {
                    return Ok(());
                }
            }
            let Some(next) = next else { return Ok(()) };
            let started = next.after.clone().unwrap_or_default();
            if !seen.insert(started) {
                return Err(Error::Cursor { entity: &self.entity.name });
            }
            at = next;
        }
    }

    /// Version 2 of the API and searches use page tokens; other lists can continue after any id.
    fn goes_by_page(&self) -> bool {
        self.entity.is_v2() || self.list.kind == OperationKind::Search
    }

    /// The position after each entity of a page: its id, or the number of entities before it on the page.
    fn positions(&self, page: &Position, entities: &[Json]) -> Vec<Position> {
        if self.goes_by_page() {
            let behind = |at| Position { after: page.after.clone(), skip: at + 1, ..Position::default() };
            return (0..entities.len()).map(behind).collect();
        }
        let mut ids: Vec<String> = page.before.clone();
        ids.extend(page.after.clone());
        let behind = entities.iter().map(|body| {
            let (before, after) = (last(&ids), id_of(body).map(str::to_owned));
            ids.extend(after.clone());
            Position { after, before, skip: 0 }
        });
        behind.collect()
    }

    /// Reads one of Stripe's pages, and returns it with the start of the next one. `at` moves back if the
    /// objects after which it begins are gone.
    async fn page(&self, at: &mut Position) -> Result<(Vec<Json>, Option<Position>), Error> {
        let cursor = if self.goes_by_page() { "page" } else { "starting_after" };
        let mut body = loop {
            let mut params = self.params.clone();
            params.extend(at.after.clone().map(|after| (cursor.to_owned(), Json::String(after))));
            let ids: Vec<&str> = self.ids.iter().map(String::as_str).collect();
            let call = path::operation(self.list, &ids)?.params(params);
            match self.connector.connection.send(call).await.map_err(Error::from) {
                Ok(reply) => break reply.body,
                Err(error) if names_lost_cursor(&error) && !at.before.is_empty() => {
                    at.after = at.before.pop();
                }
                Err(error) => return Err(error),
            }
        };
        if self.list.kind == OperationKind::Get {
            answer::check_entity(self.entity, &body)?;
            return Ok((vec![body], None));
        }
        let entities = answer::entities(self.entity, &mut body)?;
        let next = self.next(at, &body, &entities)?;
        Ok((entities, next))
    }

    fn next(&self, at: &Position, page: &Json, entities: &[Json]) -> Result<Option<Position>, Error> {
        if self.goes_by_page() {
            return Ok(next_token(page).map(|token| Position { after: Some(token), ..Position::default() }));
        }
        if page.get("has_more") != Some(&Json::Bool(true)) {
            return Ok(None);
        }
        let next = self.positions(at, entities).pop().filter(|next| next.after.is_some());
        next.map(Some).ok_or(Error::Cursor { entity: &self.entity.name })
    }
}

/// The token of the next page, if the list uses tokens and there is a next page.
pub(in crate::connector) fn next_token(page: &Json) -> Option<String> {
    let text = |name: &str| page.get(name).and_then(Json::as_str);
    text("next_page").map(str::to_owned).or_else(|| page_of(text("next_page_url")?))
}

/// Whether Stripe refuses a page because it does not know the object after which the page begins.
fn names_lost_cursor(error: &Error) -> bool {
    error
        .stripe()
        .is_some_and(|error| error.code() == Some("resource_missing") && error.param() == ["starting_after"])
}

/// The last ids, as many as are kept.
fn last(ids: &[String]) -> Vec<String> {
    ids.get(ids.len().saturating_sub(KEPT)..).unwrap_or_default().to_vec()
}

/// The token in the address of the next page. A plus stands for itself, because tokens contain no spaces.
fn page_of(url: &str) -> Option<String> {
    let url = http::Uri::try_from(url).ok()?;
    let mut pairs = url.query()?.split('&').filter_map(|pair| pair.split_once('='));
    let (_, token) = pairs.find(|(name, _)| *name == "page")?;
    Some(percent_decode_str(token).decode_utf8_lossy().into_owned())
}

fn id_of(body: &Json) -> Option<&str> {
    body.get("id").and_then(Json::as_str)
}

#[cfg(test)]
mod tests {
    use super::page_of;

    #[test]
    fn a_token_in_an_address_is_decoded_once() {
        assert_eq!(page_of("/v2/core/events?limit=2&page=a%2Bb%3D%3D").unwrap(), "a+b==");
        assert_eq!(page_of("https://api.stripe.com/v2/x?page=a%252Fb+c").unwrap(), "a%2Fb+c");
        assert!(page_of("/v2/core/events?limit=2").is_none() && page_of("").is_none());
    }
}
