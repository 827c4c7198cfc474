//! Params that Stripe answers with other values than it takes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// The params that Stripe answers in other words, of one entity type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Words {
    /// Fields that are null where a param is this word, by path. A `*` stands for any key of a map.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub null: BTreeMap<String, String>,
    /// Params that are true while a field has a value.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub told_by: BTreeMap<String, FieldValue>,
    /// Values that Stripe gives where a create writes nothing, beside the defaults that an update can send, by path.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub usual: BTreeMap<String, Json>,
    /// Params that are true where Stripe answers what they stand in, by path: `custom_unit_amount.enabled`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub implied: Vec<String>,
}

/// A field with one of its values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldValue {
    /// The field: `status`.
    pub field: String,
    /// The value: `disabled`.
    pub value: String,
}

impl Words {
    /// Whether Stripe answers in the words in which it takes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
