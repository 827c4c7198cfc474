//! How a refusal speaks of objects and of their ids: `label.toml`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    labels: BTreeMap<String, String>,
    paths: BTreeMap<String, String>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    // a table that cannot be read is caught by the test below
    TABLE.get_or_init(|| toml::from_str(include_str!("label.toml")).unwrap_or_default())
}

/// What a refusal calls an object.
pub(super) fn label(object: &str) -> &str {
    table().labels.get(object).map_or(object, String::as_str)
}

/// The word that a refusal begins with.
pub(super) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What a refusal calls the id of an object in a path.
pub(super) fn path_param(object: &str) -> &'static str {
    table().paths.get(object).map_or("id", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::catalog;

    #[test]
    fn the_table_names_objects_that_there_are() {
        let Table { labels, paths } = table();
        assert!(!paths.is_empty());
        for object in labels.keys().chain(paths.keys()) {
            assert!(catalog().by_object(object).is_some(), "there is no object {object}");
        }
    }
}
