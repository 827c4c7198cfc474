//! Params that Stripe returns with other values than it accepts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// The params of one entity type that Stripe returns in other words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Words {
    /// Fields, by path, that are null if a param is this word. A `*` stands for any key of a map.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub null: BTreeMap<String, String>,
    /// Params that are true while the given field has the given value.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub told_by: BTreeMap<String, FieldValue>,
    /// Values, by path, that Stripe sets if a create writes nothing, besides the defaults that an update
    /// can send.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub usual: BTreeMap<String, Json>,
    /// Params, by path, that are true if Stripe returns the object that contains them:
    /// `custom_unit_amount.enabled`.
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
    /// Returns whether Stripe returns all params in the words that it accepts.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
