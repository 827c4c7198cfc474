//! A paginator over Stripe's own pages, however they are numbered.

use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, Operation, OperationKind};
use crate::connector::page_token::Position;
use crate::connector::{Connector, Error, Filter, path};

/// A paginator over Stripe's own pages.
pub(super) struct Paginator<'c> {
    pub(super) connector: &'c Connector,
    pub(super) entity: &'static Entity,
    pub(super) list: &'static Operation,
    pub(super) ids: Vec<String>,
    pub(super) params: Map<String, Json>,
    pub(super) filter: Filter,
}

impl Paginator<'_> {
    /// Up to `most` entities that satisfy the filter, from a position on; with each, the
    /// position behind it.
    pub(super) async fn collect(&self, from: Position, most: usize) -> Result<Vec<(Json, Position)>, Error> {
        let Position { mut after, mut skip } = from;
        let mut found = Vec::new();
        loop {
            let (page, next) = self.page(after.clone()).await?;
            let fitting = page.into_iter().filter(|body| self.filter.matches(body)).enumerate().skip(skip);
            let placed = fitting.map(|(at, body)| {
                let behind = self.behind(after.as_deref(), at, &body);
                (body, behind)
            });
            found.extend(placed.take(most - found.len()));
            (after, skip) = (next, 0);
            if found.len() >= most || after.is_none() {
                return Ok(found);
            }
        }
    }

    /// Version 2 of the API and searches number their pages; other lists go on behind any id.
    fn goes_by_page(&self) -> bool {
        self.entity.is_v2() || self.list.kind == OperationKind::Search
    }

    /// The position behind an entity: behind its id, or behind so many on its page.
    fn behind(&self, page: Option<&str>, at: usize, body: &Json) -> Position {
        if self.goes_by_page() {
            Position { after: page.map(str::to_owned), skip: at + 1 }
        } else {
            Position { after: id_of(body).map(str::to_owned), skip: 0 }
        }
    }

    /// One of Stripe's pages, and where the next one starts.
    async fn page(&self, after: Option<String>) -> Result<(Vec<Json>, Option<String>), Error> {
        let mut params = self.params.clone();
        let cursor = if self.goes_by_page() { "page" } else { "starting_after" };
        params.extend(after.map(|after| (cursor.to_owned(), Json::String(after))));
        let ids: Vec<&str> = self.ids.iter().map(String::as_str).collect();
        let call = path::operation(self.list, &ids).params(params);
        let mut body = self.connector.connection.send(call).await?.body;
        let Some(Json::Array(entities)) = body.get_mut("data").map(Json::take) else {
            return Ok((vec![body], None));
        };
        let next = self.next(&body, &entities);
        Ok((entities, next))
    }

    fn next(&self, page: &Json, entities: &[Json]) -> Option<String> {
        let text = |name: &str| page.get(name).and_then(Json::as_str);
        if self.goes_by_page() {
            return text("next_page").map(str::to_owned).or_else(|| page_of(text("next_page_url")?));
        }
        let more = page.get("has_more") == Some(&Json::Bool(true));
        entities.last().filter(|_| more).and_then(id_of).map(str::to_owned)
    }
}

/// The token in the address of the next page.
fn page_of(url: &str) -> Option<String> {
    let url = http::Uri::try_from(url).ok()?;
    let pairs = url.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(name, _)| *name == "page").map(|(_, token)| token.to_owned())
}

fn id_of(body: &Json) -> Option<&str> {
    body.get("id").and_then(Json::as_str)
}
