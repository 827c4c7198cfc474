//! Lists the entities that satisfy a filter clause, page by page.

mod paginator;
mod sort;

use std::cmp::Ordering;

use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, Operation, OperationKind, parents};
use crate::connector::entities::{is_deleted, operation, with_expansions};
use crate::connector::page_token::{self, Position};
use crate::connector::{Connector, Error, Filter, check_any_id, locator, traced_operation};
use crate::stripe::trace;
use paginator::Paginator;
pub(super) use paginator::next_token;
use sort::{SortField, sort_field};

/// The default number of entities on a page: the connector's default.
const PAGE_SIZE: usize = 25;
/// The largest number of entities that Stripe returns at once.
pub(super) const STRIPE_PAGE: usize = 100;
/// The largest number of entities of a sorted list from its beginning to the end of the requested page,
/// because these are in memory together.
const MOST_SORTED: usize = 10_000;

/// The maximum number of entities on a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PageSize {
    /// 25.
    #[default]
    Default,
    /// The given number.
    Of(usize),
    /// All entities. The caller keeps them all in memory.
    All,
}

/// A request for entities of one type.
#[derive(Debug, Clone)]
pub struct ListRequest {
    /// The type of the entities to list.
    pub entity: &'static Entity,
    /// The params of the list call and of its path.
    pub params: Map<String, Json>,
    /// The filter clause; `None` means all entities.
    pub filter: Option<String>,
    /// Stripe's own search query; the search index lags behind by up to a minute.
    pub search: Option<String>,
    /// The field to sort by; `None` means Stripe's order, newest first.
    pub sort_by: Option<String>,
    /// Whether the largest come first, if sorted by a field.
    pub descending: bool,
    /// The maximum number of entities on the page.
    pub page_size: PageSize,
    /// The token of the requested page, from the page before.
    pub page_token: Option<String>,
    /// Whether only entities are listed that Stripe lists by default: for some types, canceled or archived
    /// ones are left out.
    pub without_ended: bool,
}

/// One page of a list.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The entities, as Stripe returns them.
    pub entities: Vec<Json>,
    /// The token of the next page; `None` on the last page.
    pub next_page_token: Option<String>,
}

/// Checks that entities of a type can be sorted by the field with this name.
pub fn check_sort_field(entity: &'static Entity, name: &str) -> Result<(), Error> {
    sort_field(entity, name).map(drop)
}

/// Checks that a filter clause can be parsed for entities of a type that are listed or searched for.
pub fn check_filter(entity: &'static Entity, clause: &str, searches: bool) -> Result<(), Error> {
    Ok(Filter::parse(clause, entity, list_operation(entity, searches).ok()).map(drop)?)
}

impl ListRequest {
    /// A request for all entities of a type.
    pub fn of(entity: &'static Entity) -> Self {
        Self {
            entity,
            params: Map::new(),
            filter: None,
            search: None,
            sort_by: None,
            descending: false,
            page_size: PageSize::Default,
            page_token: None,
            without_ended: false,
        }
    }

    /// The parts that identify the list: everything except the page.
    fn parts(&self) -> [String; 8] {
        let Self {
            entity,
            params,
            filter,
            search,
            sort_by,
            descending,
            page_size: _,
            page_token: _,
            without_ended,
        } = self;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        [
            entity.name.clone(),
            Json::Object(params.clone()).to_string(),
            text(filter),
            text(search),
            text(sort_by),
            descending.to_string(),
            without_ended.to_string(),
            // If Stripe numbers its pages, a position refers to a page of a certain size.
            self.size().to_string(),
        ]
    }

    fn size(&self) -> usize {
        match self.page_size {
            PageSize::Default => PAGE_SIZE,
            PageSize::Of(size) => size,
            PageSize::All => usize::MAX,
        }
    }

    /// Whether an id alone identifies an entity. An entity with a parent is only found together with it, and
    /// only a list can evaluate the other arguments.
    fn needs_no_list(&self) -> bool {
        let unbound = self.search.is_none() && self.params.is_empty() && !self.without_ended;
        unbound && self.entity.parents().is_empty() && self.entity.operation(OperationKind::Get).is_some()
    }

    fn position(&self) -> Result<Position, Error> {
        self.page_token
            .as_deref()
            .map_or_else(|| Ok(Position::default()), |token| page_token::decode(&self.parts(), token))
    }
}

impl Connector {
    /// Lists one page of the entities that satisfy the filter clause.
    pub async fn list(&self, request: ListRequest) -> Result<Page, Error> {
        let filter = request.filter.clone();
        let operation = trace::TracedOperation { filter, ..traced_operation("List", request.entity, None) };
        let work = self.page_of(&request);
        self.connection.operation(operation, work, |page| page.entities.len()).await
    }

    async fn page_of(&self, request: &ListRequest) -> Result<Page, Error> {
        let entity = request.entity;
        let list = list_operation(entity, request.search.is_some());
        let clause = request.filter.as_deref().unwrap_or_default();
        let filter = Filter::parse(clause, entity, list.as_ref().ok().copied())?;
        let (position, size) = (request.position()?, request.size());
        if let Some(id) = filter.only_id().filter(|_| request.needs_no_list()) {
            check_any_id(id).map_err(Error::FilterId)?;
            return self.only(entity, id, &filter).await;
        }
        let list = list?;
        let pushed = filter.pushdown(list, &request.params)?;
        let all = request.sort_by.is_some() || pushed.rest;
        let (ids, mut params) = listable(list, request, pushed.params)?;
        if list.param("limit").is_some() {
            let wanted = if all { STRIPE_PAGE } else { size.saturating_add(1).min(STRIPE_PAGE) };
            params.insert("limit".to_owned(), wanted.into());
        }
        let paginator = Paginator { connector: self, entity, list, ids, params, filter };
        match &request.sort_by {
            None => in_stripes_order(&paginator, request, position, size).await,
            Some(name) => sorted(&paginator, request, &sort_field(entity, name)?, position.skip, size).await,
        }
    }

    /// The only entity that a clause with an id can find.
    async fn only(&self, entity: &'static Entity, id: &str, filter: &Filter) -> Result<Page, Error> {
        match self.get(entity, id).await {
            Ok(body) if is_deleted(&body) || !filter.matches(&body) => Ok(Page::default()),
            Ok(body) => Ok(Page { entities: vec![body], next_page_token: None }),
            Err(error) if error.is_gone() => Ok(Page::default()),
            Err(error) => Err(error),
        }
    }
}

async fn in_stripes_order(
    paginator: &Paginator<'_>,
    request: &ListRequest,
    position: Position,
    size: usize,
) -> Result<Page, Error> {
    // One entity more than the page holds shows whether there is another page. An id has only one entity.
    let wanted = if paginator.filter.id().is_some() { 1 } else { size.saturating_add(1) };
    let mut found = paginator.collect(position, wanted).await?;
    let more = found.len() > size;
    found.truncate(size);
    let behind = found.last().filter(|_| more).map(|(_, behind)| behind.clone());
    let next = behind.map(|behind| page_token::encode(&request.parts(), behind));
    Ok(Page { entities: found.into_iter().map(|(body, _)| body).collect(), next_page_token: next })
}

async fn sorted(
    paginator: &Paginator<'_>,
    request: &ListRequest,
    field: &SortField,
    skip: usize,
    size: usize,
) -> Result<Page, Error> {
    let end = skip.saturating_add(size);
    // The first page is in the caller's memory anyway.
    if end > MOST_SORTED && skip > 0 {
        return Err(Error::SortTooDeep { most: MOST_SORTED });
    }
    // One entity more than the page holds shows whether there is another page.
    let mut first = TopEntities { most: end.saturating_add(1), entities: Vec::new() };
    let by = |a: &Json, b: &Json| field.order(field.value(a), field.value(b), request.descending);
    let add = |body, _| {
        first.add(body, by);
        // The last entity may be the first in the order.
        true
    };
    paginator.visit(Position::default(), add).await?;
    first.cut(by);
    let more = first.entities.len() > end;
    let entities = first.entities.into_iter().skip(skip).take(size).collect();
    let next = Position { skip: end, ..Position::default() };
    Ok(Page { entities, next_page_token: more.then(|| page_token::encode(&request.parts(), next)) })
}

/// Collects the first entities in an order.
struct TopEntities {
    most: usize,
    entities: Vec<Json>,
}

impl TopEntities {
    fn add(&mut self, body: Json, order: impl Fn(&Json, &Json) -> Ordering) {
        self.entities.push(body);
        if self.entities.len() >= self.most.saturating_mul(2).saturating_add(STRIPE_PAGE) {
            self.cut(order);
        }
    }

    fn cut(&mut self, order: impl Fn(&Json, &Json) -> Ordering) {
        self.entities.sort_by(order);
        self.entities.truncate(self.most);
    }
}

/// The call that lists the entities or searches for them.
fn list_operation(entity: &'static Entity, searches: bool) -> Result<&'static Operation, Error> {
    match entity.operation(OperationKind::List) {
        _ if searches => operation(entity, OperationKind::Search),
        // If there is only one entity, as with balances, it is the list.
        None if !entity.has_own_id() => operation(entity, OperationKind::Get),
        _ => operation(entity, OperationKind::List),
    }
}

/// The ids for the path of a list, and its params: those that were given or follow from the clause, and those
/// without which Stripe would leave out entities. A search has its query.
fn listable(
    list: &'static Operation,
    request: &ListRequest,
    pushed: Map<String, Json>,
) -> Result<(Vec<String>, Map<String, Json>), Error> {
    let entity = request.entity;
    let completing = entity.list_with.iter().filter(|(name, _)| list.param(name).is_some());
    let completing = completing.map(|(name, value)| (name.clone(), Json::from(value.as_str())));
    let mut params: Map<String, Json> = completing.filter(|_| !request.without_ended).collect();
    params.extend(pushed);
    params.extend(request.search.iter().map(|query| ("query".to_owned(), Json::from(query.as_str()))));
    let required =
        list.params.iter().filter(|param| param.shape.is_required()).map(|param| param.name.as_str());
    let missing = parents(&list.path).chain(required).find(|name| !params.contains_key(*name));
    if let Some(name) = missing {
        return Err(Error::ListNeeds { entity: &entity.name, name });
    }
    let ids = locator::take_places(&list.path, &mut params);
    ids.iter().try_for_each(|id| check_any_id(id)).map_err(Error::FilterId)?;
    let prefix = if list.kind == OperationKind::Get { "" } else { "data." };
    Ok((ids, with_expansions(entity, list, params, prefix)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{ListRequest, PageSize, TopEntities};
    use crate::connector::entity;
    use crate::connector::page_token::{Position, encode};

    #[test]
    fn a_page_token_is_of_the_list_that_gave_it() {
        let invoices = ListRequest::of(entity("Invoice").unwrap());
        let position = Position { after: Some("in_1".to_owned()), ..Position::default() };
        let page_token = Some(encode(&invoices.parts(), position.clone()));
        let next = ListRequest { page_token, ..invoices };
        assert_eq!(next.position().unwrap(), position);
        let params = json!({"customer": "cus_1"}).as_object().unwrap().clone();
        let text = || Some("a".to_owned());
        let others = [
            ListRequest { entity: entity("Price").unwrap(), ..next.clone() },
            ListRequest { params, ..next.clone() },
            ListRequest { filter: text(), ..next.clone() },
            ListRequest { search: text(), ..next.clone() },
            ListRequest { sort_by: text(), ..next.clone() },
            ListRequest { descending: true, ..next.clone() },
            ListRequest { page_size: PageSize::Of(7), ..next.clone() },
            ListRequest { without_ended: true, ..next },
        ];
        for other in others {
            assert!(other.position().is_err(), "{other:?}");
        }
    }

    #[test]
    fn the_first_entities_of_many_are_kept_and_no_more() {
        let order = |a: &Json, b: &Json| a["n"].as_i64().cmp(&b["n"].as_i64());
        let mut first = TopEntities { most: 3, entities: Vec::new() };
        for n in 0..10_000_i64 {
            first.add(json!({"n": (n * 7_919) % 10_007, "at": n}), order);
            assert!(first.entities.len() < 200);
        }
        first.cut(order);
        let kept: Vec<_> = first.entities.iter().map(|body| body["n"].as_i64().unwrap()).collect();
        let mut all: Vec<i64> = (0..10_000).map(|n| (n * 7_919) % 10_007).collect();
        all.sort_unstable();
        assert_eq!(kept, all[..3]);
    }
}
