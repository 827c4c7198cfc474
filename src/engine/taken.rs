//! Recognizes a create that Stripe refuses because another object has the same natural key.

use serde_json::{Value as Json, json};

use crate::catalog::Entity;
use crate::connector::{self, Connector, Error, ListRequest, scalar};
use crate::engine::Params;
use crate::engine::object::current;
use crate::engine::restore::has_ended;
use crate::stripe::ErrorKind;

/// The existing object that conflicts with a create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictingObject {
    /// The param whose value must be unique: `id`, `lookup_key`.
    pub key: String,
    /// The value of the key.
    pub value: String,
    /// The locator of the object: `price_1`.
    pub locator: String,
}

/// The object that has the natural key of a refused create. Returns `None` if the refusal has another reason,
/// or if the object cannot be found.
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

/// The object with this key, preferably an active one: in some types an archived object keeps its key.
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
