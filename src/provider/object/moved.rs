//! An object on its way from one resource type to another.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::catalog::Entity;
use crate::engine::Params;
use crate::provider::object::private_data::PrivateData;
use crate::terraform::value::{Type, Value};

/// An object that is moved to another resource type.
pub(in crate::provider) struct MovedObject {
    /// Its entity type.
    pub(in crate::provider) entity: &'static Entity,
    /// Its id, behind the ids of what it belongs to.
    pub(in crate::provider) locator: String,
    /// What every resource keeps beside the state.
    pub(in crate::provider) private: PrivateData,
    /// The params that were written last.
    pub(in crate::provider) params: Params,
    /// The metadata that the provider block gave to it beside.
    pub(in crate::provider) default_metadata: Params,
    /// The object as Stripe answered it last; null where another provider wrote the state.
    pub(in crate::provider) body: Json,
    /// The state as it is.
    pub(in crate::provider) state: Value,
    /// The types of those attributes and blocks of the state that show the object.
    pub(in crate::provider) types: BTreeMap<String, Type>,
}
