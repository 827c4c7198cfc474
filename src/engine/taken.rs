//! Recognizes a create that Stripe refuses because another object has the same natural key.

use serde_json::{Value as Json, json};

use crate::catalog::Entity;
use crate::connector::{self, Connector, Error, ListRequest, scalar};
use crate::engine::Params;
use crate::engine::object::current;
use crate::engine::restore::has_ended;
use crate::stripe::ErrorKind;

/// The object that has what a create asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictingObject {
    /// The param that must be the only one of its value: `id`, `lookup_key`.
    pub key: String,
    /// The value of the key.
    pub value: String,
    /// Where the object is: `price_1`.
    pub locator: String,
}

/// The object whose natural key a refused create would have taken; none where the refusal is about
/// something else, or where it cannot be found.
pub async fn taken(
    connector: &Connector,
    entity: &'static Entity,
    params: &Params,
    refusal: &Error,
) -> Option<ConflictingObject> {
    let refused = refusal.stripe().filter(|error| error.kind() == ErrorKind::InvalidRequest)?;
    let is_about = |key: &str| refused.exists_already() || refused.param() == [key];
    if let Some(id) = params.get("id").and_then(scalar).filter(|_| is_about("id")) {
        let locator = connector::locator(entity, params, &json!({ "id": id }), &id);
        let there = current(connector, entity, &locator).await.ok()?;
        return there.map(|_| ConflictingObject { key: "id".to_owned(), value: id, locator });
    }
    for key in entity.natural_keys.iter().filter(|key| is_about(key)) {
        let Some(value) = params.get(key).and_then(scalar) else { continue };
        if let Some(body) = holder(connector, entity, key, &value).await {
            let locator = connector::locator(entity, params, &body, "");
            return Some(ConflictingObject { key: key.clone(), value, locator });
        }
    }
    None
}

/// The object of that key, by preference an active one: of some types an archived one keeps its key.
pub(super) async fn holder(
    connector: &Connector,
    entity: &'static Entity,
    key: &str,
    value: &str,
) -> Option<Json> {
    let filter = Some(format!("{key} = '{}'", value.replace('\'', "''")));
    let request = ListRequest { filter, ..ListRequest::of(entity) };
    let page = connector.list(request).await.ok()?;
    let (ended, active): (Vec<_>, Vec<_>) =
        page.entities.into_iter().partition(|body| has_ended(entity, body));
    active.into_iter().chain(ended).next()
}
