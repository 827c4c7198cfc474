//! List: entities that satisfy a filter clause, page by page.

use std::cmp::Ordering;

use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, Field, FieldKind, OperationKind};
use crate::connector::entities::{expanded, is_gone, operation};
use crate::connector::page_token::{self, Position};
use crate::connector::payload::plain;
use crate::connector::{Connector, Error, Filter, asked};
use crate::stripe::Call;
use crate::stripe::trace::Operation;

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
    params: Map<String, Json>,
    filter: Filter,
}

impl Connector {
    /// One page of the entities that satisfy the filter clause.
    pub async fn list(&self, request: ListRequest) -> Result<Page, Error> {
        let filter = request.filter.clone();
        let asked = Operation { filter, ..asked("List", request.entity, None) };
        let work = async { self.page_of(&request).await };
        self.connection.operation(asked, work, |page| page.entities.len()).await
    }

    async fn page_of(&self, request: &ListRequest) -> Result<Page, Error> {
        let entity = request.entity;
        let list = operation(entity, OperationKind::List)?;
        let filter = Filter::parse(request.filter.as_deref().unwrap_or_default(), entity)?;
        let position = request.position()?;
        let size = request.page_size.unwrap_or(PAGE_SIZE);
        if let Some(id) = filter.only_id() {
            return self.only(entity, id, &filter).await;
        }
        let pushed = filter.pushdown(list);
        let mut params = expanded(entity, pushed.params, "data.");
        let wanted =
            if request.sort_by.is_some() || pushed.rest { STRIPE_PAGE } else { (size + 1).min(STRIPE_PAGE) };
        params.insert("limit".to_owned(), wanted.into());
        let walk = Walk { connector: self, entity, path: &list.path, params, filter };
        match &request.sort_by {
            None => in_stripes_order(&walk, request, position, size).await,
            Some(name) => sorted(&walk, request, &sort_field(entity, name)?, position.skip, size).await,
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
    let mut entities = walk.collect(position.after, size + 1).await?;
    let more = entities.len() > size;
    entities.truncate(size);
    let after = entities.last().filter(|_| more).and_then(id_of).map(str::to_owned);
    let next =
        after.map(|after| page_token::encode(&request.parts(), Position { after: Some(after), skip: 0 }));
    Ok(Page { entities, next_page_token: next })
}

async fn sorted(
    walk: &Walk<'_>,
    request: &ListRequest,
    field: &[String],
    skip: usize,
    size: usize,
) -> Result<Page, Error> {
    let mut all = walk.collect(None, usize::MAX).await?;
    all.sort_by(|a, b| order(value_at(a, field), value_at(b, field), request.descending));
    let more = all.len() > skip + size;
    let entities = all.into_iter().skip(skip).take(size).collect();
    let next = Position { after: None, skip: skip + size };
    Ok(Page { entities, next_page_token: more.then(|| page_token::encode(&request.parts(), next)) })
}

impl Walk<'_> {
    /// Up to `most` entities that satisfy the filter, behind the one with that id.
    async fn collect(&self, mut after: Option<String>, most: usize) -> Result<Vec<Json>, Error> {
        let mut found = Vec::new();
        loop {
            let (page, has_more) = self.page(after.take()).await?;
            after = page.last().and_then(id_of).map(str::to_owned);
            let fitting = page.into_iter().filter(|body| self.filter.matches(body));
            found.extend(fitting.take(most - found.len()));
            // A page without ids cannot be continued.
            if found.len() >= most || !has_more || after.is_none() {
                return Ok(found);
            }
        }
    }

    async fn page(&self, after: Option<String>) -> Result<(Vec<Json>, bool), Error> {
        let mut params = self.params.clone();
        params.extend(after.map(|id| ("starting_after".to_owned(), Json::String(id))));
        let mut body = self.connector.connection.send(Call::get(self.path).params(params)).await?.body;
        let has_more = body.get("has_more") == Some(&Json::Bool(true));
        match body.get_mut("data").map(Json::take) {
            Some(Json::Array(entities)) => Ok((entities, has_more)),
            // Where there is only one, as with balances, it is the list.
            _ if body.get("object").and_then(Json::as_str) == Some(&self.entity.object) => {
                Ok((vec![body], false))
            }
            _ => Ok((Vec::new(), false)),
        }
    }
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
