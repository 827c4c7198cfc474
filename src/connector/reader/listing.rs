//! Finds the list that shows an object in the same way as a read by its id.

use serde_json::{Map, Value as Json};

use crate::catalog::{Entity, Kind, Method, Operation, OperationKind, parents};
use crate::connector::entities::with_expansions;
use crate::connector::list::{STRIPE_PAGE, next_token};
use crate::connector::{Connector, Error, answer, id_at, locator, path, traced_operation};

/// One of Stripe's lists, with everything that its objects have in common: their parents, and the params that
/// Stripe requires.
#[derive(Debug, Clone)]
pub(super) struct ObjectList {
    entity: &'static Entity,
    list: &'static Operation,
    ids: Vec<String>,
    params: Map<String, Json>,
}

/// The start of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Start {
    /// The newest object of the list.
    Top,
    /// The newest object that was created at this time or before, in seconds since 1970.
    From(i64),
    /// The object after the one with this id.
    Behind(String),
    /// The page ends before the object with this id.
    Before(String),
    /// The place given by Stripe's token.
    Token(String),
}

impl Start {
    /// The object next to which the page is.
    pub(super) fn id(&self) -> Option<&str> {
        match self {
            Self::Behind(id) | Self::Before(id) => Some(id),
            Self::Top | Self::From(_) | Self::Token(_) => None,
        }
    }
}

/// A fetched page.
#[derive(Debug, Default)]
pub(super) struct FetchedPage {
    /// The objects, newest first.
    pub(super) objects: Vec<Json>,
    /// Whether there are more in the direction of the page.
    pub(super) more: bool,
    /// The token of the next page, if the list has tokens.
    pub(super) token: Option<String>,
}

impl ObjectList {
    /// The list that shows the object with this locator. Returns `None` if Stripe has none, if the list shows
    /// less of an object than a read does, or if it requires a param whose value is unknown.
    pub(super) fn of(entity: &'static Entity, at: &str, known: &Json) -> Option<Self> {
        let (list, get) = (entity.operation(OperationKind::List)?, entity.operation(OperationKind::Get)?);
        if !get.is_of_one() || list.host != get.host || list.param("limit").is_none() {
            return None;
        }
        if !entity.is_v2() && list.param("starting_after").is_none() {
            return None;
        }
        let mut ids: Vec<String> = locator::ids(entity, at).ok()?.into_iter().map(str::to_owned).collect();
        ids.pop();
        let params = params(entity, list, known)?;
        let shows_all = included(entity, get) == included(entity, list);
        (parents(&list.path).count() == ids.len() && shows_all).then_some(Self { entity, list, ids, params })
    }

    /// The type of its objects.
    pub(super) fn entity(&self) -> &'static Entity {
        self.entity
    }

    /// The key that distinguishes this list from every other one.
    pub(super) fn key(&self) -> String {
        format!("{} {} {}", self.list.path, self.ids.join("/"), Json::from(self.params.clone()))
    }

    /// Whether a page can begin at a time.
    pub(super) fn has_times(&self) -> bool {
        self.list.param("created").is_some_and(|shape| shape.kind == Kind::Range)
    }

    /// Whether pages continue after and before an object, rather than by tokens.
    pub(super) fn goes_by_id(&self) -> bool {
        !self.entity.is_v2()
    }

    /// Fetches one page.
    pub(super) async fn page(&self, connector: &Connector, start: &Start) -> Result<FetchedPage, Error> {
        let work = async {
            let ids: Vec<&str> = self.ids.iter().map(String::as_str).collect();
            let call = path::operation(self.list, &ids)?.params(self.starting(start));
            let mut body = connector.connection.send(call).await?.body;
            let objects = answer::entities(self.entity, &mut body)?;
            let token = next_token(&body);
            let more = body.get("has_more") == Some(&Json::Bool(true)) || token.is_some();
            Ok(FetchedPage { objects, more, token })
        };
        let operation = traced_operation("List", self.entity, None);
        connector.connection.operation(operation, work, |page| page.objects.len()).await
    }

    fn starting(&self, start: &Start) -> Map<String, Json> {
        let mut params = self.params.clone();
        let (name, value) = match start {
            Start::Top => return params,
            Start::From(time) => ("created", serde_json::json!({ "lte": time })),
            Start::Behind(id) => ("starting_after", id.as_str().into()),
            Start::Before(id) => ("ending_before", id.as_str().into()),
            Start::Token(token) => ("page", token.as_str().into()),
        };
        params.insert(name.to_owned(), value);
        params
    }
}

/// The params of every page: pages of full size, with every object, and every field that a read asks for.
fn params(entity: &'static Entity, list: &Operation, known: &Json) -> Option<Map<String, Json>> {
    debug_assert_eq!(list.method, Method::Get);
    let usual = entity.list_with.iter().map(|(name, value)| (name.clone(), Json::from(value.as_str())));
    let mut params: Map<String, Json> = usual.collect();
    for name in &entity.list_by {
        params.extend(id_at(known, name).map(|id| (name.clone(), id.into())));
    }
    for param in list.params.iter().filter(|param| param.shape.is_required()) {
        if !params.contains_key(&param.name) {
            params.insert(param.name.clone(), id_at(known, &param.name)?.into());
        }
    }
    params.insert("limit".to_owned(), STRIPE_PAGE.into());
    Some(with_expansions(entity, list, params, "data."))
}

/// The fields that an operation of version 2 of the API includes if everything
/// that a read wants is requested.
fn included(entity: &Entity, operation: &Operation) -> Option<Json> {
    entity.is_v2().then(|| with_expansions(entity, operation, Map::new(), "").remove("include")).flatten()
}
