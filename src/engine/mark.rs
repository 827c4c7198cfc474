//! What tells one create from others within a run.

use serde_json::{Map, Value as Json};

use crate::catalog::Entity;
use crate::engine::fingerprint;

/// What tells the create of one object of a type from others, as a plan and its apply both see it.
pub fn successor_mark(entity: &Entity, params: &Map<String, Json>) -> String {
    fingerprint(&["successor", &entity.name, &Json::Object(params.clone()).to_string()])
}
