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
    /// Its id, after the ids of its parents.
    pub(in crate::provider) locator: String,
    /// The private data that every resource keeps.
    pub(in crate::provider) private: PrivateData,
    /// The last written params.
    pub(in crate::provider) params: Params,
    /// The metadata that it also got from the provider block.
    pub(in crate::provider) default_metadata: Params,
    /// The object in Stripe's last response; null if another provider wrote the state.
    pub(in crate::provider) body: Json,
    /// The unchanged state.
    pub(in crate::provider) state: Value,
    /// The types of the state's attributes and blocks that show the object.
    pub(in crate::provider) types: BTreeMap<String, Type>,
}
