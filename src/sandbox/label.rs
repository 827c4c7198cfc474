//! The names of objects and their ids in error messages: `label.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::catalog::embedded::embedded_table;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    labels: BTreeMap<String, String>,
    paths: BTreeMap<String, String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| embedded_table!("sandbox/label.toml"));

/// Returns the name of an object in error messages.
pub(super) fn label(object: &str) -> &str {
    TABLE.labels.get(object).map_or(object, String::as_str)
}

pub(super) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Returns the name of an object's id in the path.
pub(super) fn path_param(object: &str) -> &'static str {
    TABLE.paths.get(object).map_or("id", String::as_str)
}

#[cfg(test)]
mod tests;
