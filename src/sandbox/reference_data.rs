//! Stripe's reference data, which is the same for everybody: tax codes, countries, report types, climate
//! products. `reference_data.json` has some of each; fields that are absent there are empty.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::catalog::embedded::parse_embedded;
use crate::sandbox::fields::Body;

static ALL: LazyLock<BTreeMap<String, Vec<Body>>> = LazyLock::new(|| {
    parse_embedded("reference_data.json", serde_json::from_str(include_str!("reference_data.json")))
});

/// Returns the members of every object, by type.
pub(super) fn all() -> &'static BTreeMap<String, Vec<Body>> {
    &ALL
}

/// Whether objects of this type are reference data.
pub(super) fn holds(object: &str) -> bool {
    all().contains_key(object)
}

#[cfg(test)]
mod tests;
