//! Time-based transitions of objects, applied when an object is created, changed or read: `due.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::catalog::embedded::embedded_table;
use crate::sandbox::fields::{Body, given_number, set, status, text};

/// A change of an object at the time in one of its fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Due {
    at: String,
    when: Option<String>,
    set: Body,
}

static TABLE: LazyLock<BTreeMap<String, Vec<Due>>> = LazyLock::new(|| embedded_table!("sandbox/due.toml"));

/// Whether time may change a field, so that its stored value may be out of date.
pub(super) fn changes(object: &str, field: &str) -> bool {
    TABLE.get(object).into_iter().flatten().any(|due| due.set.contains_key(field))
}

/// Applies the changes that are due.
pub(super) fn bring_to(now: i64, body: &mut Body) {
    let all = text(body, "object").and_then(|object| TABLE.get(object));
    for due in all.into_iter().flatten() {
        let is_due = given_number(body, &due.at).is_some_and(|at| at <= now);
        if is_due && due.when.as_ref().is_none_or(|state| state == status(body)) {
            for (name, value) in &due.set {
                set(body, name, if value == "" { Json::Null } else { value.clone() });
            }
        }
    }
}

#[cfg(test)]
mod tests;
