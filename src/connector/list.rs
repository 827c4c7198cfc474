//! List: entities that satisfy a filter clause, page by page.

use std::cmp::Ordering;

use http::Method;
use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, Field, FieldKind, Operation, OperationKind, parents};
use crate::connector::entities::{asked, is_gone, operation};
use crate::connector::page_token::{self, Position};
use crate::connector::payload::plain;
use crate::connector::{Connector, Error, Filter, locator, path};

/// Entities on a page where nothing is said: the connector's default.
const PAGE_SIZE: usize = 25;
/// The most entities Stripe returns at once.
const STRIPE_PAGE: usize = 100;

/// Which entities to list.
#[derive(Debug, Clone)]
pub struct ListRequest {
    /// The entity type.
    pub entity: &'static Entity,
    /// The filter clause; none means all.
    pub filter: Option<String>,
    /// A field; none means Stripe's order, newest first.
    pub sort_by: Option<String>,
    /// Largest first, when sorted by a field.
    pub descending: bool,
    /// Entities on the page; none means 25.
    pub page_size: Option<usize>,
    /// The token of the page before.
    pub page_token: Option<String>,
}

/// One page of a list.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The entities, as Stripe returns them.
    pub entities: Vec<Json>,
    /// The token of the next page; none on the last.
    pub next_page_token: Option<String>,
}

impl ListRequest {
    /// What makes it this list and no other.
    fn parts(&self) -> [&str; 4] {
        let order = if self.descending { "DESC" } else { "" };
        [
            &self.entity.name,
            self.filter.as_deref().unwrap_or_default(),
            self.sort_by.as_deref().unwrap_or_default(),
            order,
        ]
    }

    fn position(&self) -> Result<Position, Error> {
        self.page_token
            .as_deref()
            .map_or_else(|| Ok(Position::default()), |token| page_token::decode(&self.parts(), token))
    }
}

/// A walk through Stripe's own pages.
struct Walk<'c> {
    connector: &'c Connector,
    entity: &'static Entity,
    path: &'static str,
    ids: Vec<String>,
    params: Map<String, Json>,
    filter: Filter,
}

impl Connector {
    /// One page of the entities that satisfy the filter clause.
    pub async fn list(&self, request: ListRequest) -> Result<Page, Error> {
        let entity = request.entity;
        let filter = Filter::parse(request.filter.as_deref().unwrap_or_default(), entity)?;
        let position = request.position()?;
        let size = request.page_size.unwrap_or(PAGE_SIZE);
        // What belongs to another is only found with it.
        if let (Some(id), []) = (filter.only_id(), entity.parents().as_slice()) {
            return self.only(entity, id, &filter).await;
        }
        // Where there is only one, as with balances, it is the list.
        let list = match entity.operation(OperationKind::List) {
            None if !entity.has_own_id() => operation(entity, OperationKind::Get)?,
            _ => operation(entity, OperationKind::List)?,
        };
        let pushed = filter.pushdown(list);
        let all = request.sort_by.is_some() || pushed.rest;
        let (ids, mut params) = listable(entity, list, pushed.params)?;
        if list.param("limit").is_some() {
            let wanted = if all { STRIPE_PAGE } else { (size + 1).min(STRIPE_PAGE) };
            params.insert("limit".to_owned(), wanted.into());
        }
        let walk = Walk { connector: self, entity, path: &list.path, ids, params, filter };
        match &request.sort_by {
            None => in_stripes_order(&walk, &request, position, size).await,
            Some(name) => sorted(&walk, &request, &sort_field(entity, name)?, position.skip, size).await,
        }
    }

    /// The one entity that a clause names by its id.
    async fn only(&self, entity: &'static Entity, id: &str, filter: &Filter) -> Result<Page, Error> {
        match self.get(entity, id).await {
            Ok(body) if is_gone(&body) || !filter.matches(&body) => Ok(Page::default()),
            Ok(body) => Ok(Page { entities: vec![body], next_page_token: None }),
            Err(error) if error.is_gone() => Ok(Page::default()),
            Err(error) => Err(error),
        }
    }
}

async fn in_stripes_order(
    walk: &Walk<'_>,
    request: &ListRequest,
    position: Position,
    size: usize,
) -> Result<Page, Error> {
    // One more than the page holds tells whether there is another page.
    let mut found = walk.collect(position, size + 1).await?;
    let more = found.len() > size;
    found.truncate(size);
    let behind = found.last().filter(|_| more).map(|(_, behind)| behind.clone());
    let next = behind.map(|behind| page_token::encode(&request.parts(), behind));
    Ok(Page { entities: found.into_iter().map(|(body, _)| body).collect(), next_page_token: next })
}

async fn sorted(
    walk: &Walk<'_>,
    request: &ListRequest,
    field: &[String],
    skip: usize,
    size: usize,
) -> Result<Page, Error> {
    let all = walk.collect(Position::default(), usize::MAX).await?;
    let mut all: Vec<Json> = all.into_iter().map(|(body, _)| body).collect();
    all.sort_by(|a, b| order(value_at(a, field), value_at(b, field), request.descending));
    let more = all.len() > skip + size;
    let entities = all.into_iter().skip(skip).take(size).collect();
    let next = Position { after: None, skip: skip + size };
    Ok(Page { entities, next_page_token: more.then(|| page_token::encode(&request.parts(), next)) })
}

impl Walk<'_> {
    /// Up to `most` entities that satisfy the filter, from a position on; with each, the
    /// position behind it.
    async fn collect(&self, from: Position, most: usize) -> Result<Vec<(Json, Position)>, Error> {
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

    /// The position behind an entity: version 1 of the API goes on behind any id, version 2 at
    /// the page it stands on.
    fn behind(&self, page: Option<&str>, at: usize, body: &Json) -> Position {
        if self.entity.is_v2() {
            Position { after: page.map(str::to_owned), skip: at + 1 }
        } else {
            Position { after: id_of(body).map(str::to_owned), skip: 0 }
        }
    }

    /// One of Stripe's pages, and where the next one starts.
    async fn page(&self, after: Option<String>) -> Result<(Vec<Json>, Option<String>), Error> {
        let mut params = self.params.clone();
        let cursor = if self.entity.is_v2() { "page" } else { "starting_after" };
        params.extend(after.map(|after| (cursor.to_owned(), Json::String(after))));
        let ids: Vec<&str> = self.ids.iter().map(String::as_str).collect();
        let call = path::call(Method::GET, self.path, &ids).params(params);
        let mut body = self.connector.connection.send(call).await?.body;
        let Some(Json::Array(entities)) = body.get_mut("data").map(Json::take) else {
            return Ok((vec![body], None));
        };
        let next = match body.get("next_page_url").and_then(Json::as_str) {
            Some(url) => page_of(url),
            None if body.get("has_more") == Some(&Json::Bool(true)) => {
                entities.last().and_then(id_of).map(str::to_owned)
            }
            None => None,
        };
        Ok((entities, next))
    }
}

/// The token in the address of the next page.
fn page_of(url: &str) -> Option<String> {
    let url = http::Uri::try_from(url).ok()?;
    let pairs = url.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(name, _)| *name == "page").map(|(_, token)| token.to_owned())
}

/// What fills the path of a list, and its params: those the clause says, and those without which
/// Stripe would leave entities out.
fn listable(
    entity: &'static Entity,
    list: &'static Operation,
    pushed: Map<String, Json>,
) -> Result<(Vec<String>, Map<String, Json>), Error> {
    let usual = entity.list_with.iter().map(|(name, value)| (name.clone(), Json::from(value.as_str())));
    let mut params: Map<String, Json> = usual.collect();
    params.extend(pushed);
    let demanded = list.params.iter().filter(|param| param.required).map(|param| param.name.as_str());
    let missing = parents(&list.path).chain(demanded).find(|name| !params.contains_key(*name));
    if let Some(name) = missing {
        return Err(Error::ListNeeds { entity: &entity.name, name });
    }
    let ids = locator::take_places(&list.path, &mut params);
    let prefix = if list.kind == OperationKind::List { "data." } else { "" };
    Ok((ids, asked(entity, list, params, prefix)))
}

fn id_of(body: &Json) -> Option<&str> {
    body.get("id").and_then(Json::as_str)
}

/// The way to the field a list is sorted by, in Stripe's spelling.
fn sort_field(entity: &'static Entity, name: &str) -> Result<Vec<String>, Error> {
    let closest = || {
        let scored =
            entity.fields.iter().map(|field| (strsim::jaro_winkler(&field.name, &plain(name)), &field.name));
        let best = scored.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(alike, _)| *alike > 0.8);
        best.map(|(_, name)| name.clone())
    };
    let unknown = || Error::SortField { entity: &entity.name, name: name.to_owned(), suggestion: closest() };
    way(&entity.fields, name).ok_or_else(unknown)
}

fn way(fields: &[Field], name: &str) -> Option<Vec<String>> {
    let (head, rest) = name.split_once('.').map_or((name, None), |(head, rest)| (head, Some(rest)));
    let field = fields.iter().find(|field| plain(&field.name) == plain(head))?;
    let mut found = vec![field.name.clone()];
    match (&field.kind, rest) {
        (_, None) => {}
        (FieldKind::Object(inner), Some(rest)) => found.extend(way(inner, rest)?),
        // The keys of a map are its own; what stands in another object is not known here.
        (FieldKind::Map(_), Some(rest)) => found.push(rest.to_owned()),
        (FieldKind::Reference(_) | FieldKind::Either(_) | FieldKind::Any, Some(rest)) => {
            found.extend(rest.split('.').map(str::to_owned));
        }
        _ => return None,
    }
    Some(found)
}

fn value_at<'b>(body: &'b Json, way: &[String]) -> &'b Json {
    way.iter().fold(body, |value, name| value.get(name).unwrap_or(&Json::Null))
}

/// Numbers by size, everything else as text, nulls last in both directions.
fn order(a: &Json, b: &Json, descending: bool) -> Ordering {
    let ascending = match (a, b) {
        (Json::Null, Json::Null) => return Ordering::Equal,
        (Json::Null, _) => return Ordering::Greater,
        (_, Json::Null) => return Ordering::Less,
        (Json::Number(a), Json::Number(b)) => {
            a.as_f64().unwrap_or_default().total_cmp(&b.as_f64().unwrap_or_default())
        }
        (Json::String(a), Json::String(b)) => a.cmp(b),
        (a, b) => a.to_string().cmp(&b.to_string()),
    };
    if descending { ascending.reverse() } else { ascending }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{order, sort_field};
    use crate::connector::entity;

    #[test]
    fn values_sort_by_size_with_nulls_last() {
        let mut values = vec![json!(10), json!(null), json!(9)];
        values.sort_by(|a, b| order(a, b, false));
        assert_eq!(values, [json!(9), json!(10), json!(null)]);
        values.sort_by(|a, b| order(a, b, true));
        assert_eq!(values, [json!(10), json!(9), json!(null)]);
    }

    #[test]
    fn a_field_to_sort_by_may_be_spelled_either_way() {
        let customer = entity("Customer").unwrap();
        assert_eq!(sort_field(customer, "Created").unwrap(), ["created"]);
        assert_eq!(
            sort_field(customer, "invoice_settings.DefaultPaymentMethod").unwrap(),
            ["invoice_settings", "default_payment_method"]
        );
        assert_eq!(sort_field(customer, "metadata.OrderId").unwrap(), ["metadata", "OrderId"]);
        let error = sort_field(customer, "Craeted").unwrap_err().to_string();
        assert_eq!(error, r#"Customer has no field "Craeted"; did you mean "created"?"#);
    }
}
