//! Distinguishes one create from others within a run.

use serde_json::{Map, Value as Json};

use crate::catalog::Entity;
use crate::engine::fingerprint;

/// The fingerprint that distinguishes the create of one object of a type from others; a plan and its apply
/// compute the same one.
pub fn successor_mark(entity: &Entity, params: &Map<String, Json>) -> String {
    fingerprint(&["successor", &entity.name, &Json::Object(params.clone()).to_string()])
}
