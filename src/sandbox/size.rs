//! How many entries lists have at most, and how many letters texts: `size.toml` holds what the catalog does
//! not say, for every call of an object that has the param.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::call::Call;
use super::check;
use super::constraint::form_name;
use super::error::{Failure, Outcome};
use super::fields::{items, text};
use super::table;

/// The limits of the params of one object.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Limits {
    entries: BTreeMap<String, usize>,
    letters: BTreeMap<String, usize>,
}

static TABLE: LazyLock<BTreeMap<String, Limits>> = LazyLock::new(|| table::read(include_str!("size.toml")));

/// Refuses a list or a text that is too long.
pub(super) fn check(call: &Call<'_>) -> Outcome<()> {
    let Some(limits) = TABLE.get(&call.entity.key) else { return Ok(()) };
    for (path, most) in &limits.entries {
        if items(&call.params, path).len() > *most {
            let param = form_name(path);
            return Err(Failure::of("too_many_elements", &[("param", &param), ("most", most)]).param(param));
        }
    }
    for (path, most) in &limits.letters {
        if let Some(given) = text(&call.params, path).filter(|given| given.chars().count() > *most) {
            return Err(check::too_long(given, *most, &form_name(path)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Kind, Shape, catalog, find};

    /// The shapes of a param in the calls of an object that have it.
    fn shapes(key: &str, path: &str) -> Vec<&'static Shape> {
        let entity = catalog().by_object(key).unwrap();
        let led = |params| {
            let (first, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
            let shape = &find(params, first)?.shape;
            rest.map_or(Some(shape), |rest| find(shape.members()?, rest).map(|member| &member.shape))
        };
        entity.operations.iter().filter_map(|operation| led(&operation.params)).collect()
    }

    #[test]
    fn every_limit_is_one_of_a_param_of_its_kind() {
        assert!(TABLE.len() > 5);
        for (key, limits) in TABLE.iter() {
            for path in limits.entries.keys() {
                let found = shapes(key, path);
                assert!(
                    !found.is_empty() && found.iter().any(|shape| shape.item().is_some()),
                    "{key} {path}"
                );
            }
            for path in limits.letters.keys() {
                let found = shapes(key, path);
                let known = found
                    .iter()
                    .find(|shape| matches!(shape.kind, Kind::Text { max_length } if max_length > 0));
                assert!(!found.is_empty() && known.is_none(), "{key} {path}: the catalog says it");
            }
        }
    }
}
