//! The identity of an entity: its type and its place.

use crate::provider::identity::{account, account_beside, place};
use crate::provider::object::PrivateData;
use crate::provider::resources::entity::state::{entity_of, locator_of};
use crate::terraform::schema::{IdentityAttribute, IdentitySchema};
use crate::terraform::value::Value;

/// The entity type.
const ENTITY: &str = "entity";
/// The place of the entity.
const ID: &str = "id";

pub(super) fn schema() -> IdentitySchema {
    let id = "The id of the entity, behind the ids of what it belongs to: `cus_123/txi_456`. What there is only one of needs none.";
    let attributes = vec![
        IdentityAttribute::required(ENTITY, "The entity type, such as `Customer`."),
        IdentityAttribute::optional(ID, id),
        account(account_beside(&[])),
    ];
    IdentitySchema { version: 0, attributes }
}

/// Returns the identity of an entity; null while it is unknown.
pub(super) fn of(state: &Value, private: &[u8]) -> Value {
    let Ok(entity) = entity_of(state) else { return Value::Null };
    let locator = locator_of(state);
    if locator.is_empty() || state.get(ID).is_unknown() {
        return Value::Null;
    }
    let Ok(private) = PrivateData::decode(private) else { return Value::Null };
    Value::map([
        (ENTITY, Value::from(entity.name.as_str())),
        (ID, locator.into()),
        (account_beside(&[]), private.account.into()),
    ])
}

/// Returns the import id of an entity with that identity.
pub(super) fn import_id(identity: &Value) -> String {
    let name = identity.get(ENTITY).as_str().unwrap_or_default();
    let place = place(identity, account_beside(&[]), [ID].into_iter());
    if place.is_empty() { name.to_owned() } else { format!("{name}/{place}") }
}
