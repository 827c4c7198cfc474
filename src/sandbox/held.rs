//! What Stripe itself holds, the same for everybody: tax codes, countries, report types,
//! climate products. `held.json` has some of each; fields that it leaves out are empty.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value as Json;

use super::fields::set;
use super::shape;
use super::store::Body;

fn held() -> &'static BTreeMap<String, Vec<Body>> {
    static HELD: OnceLock<BTreeMap<String, Vec<Body>>> = OnceLock::new();
    // a file that cannot be read is caught by the test below
    HELD.get_or_init(|| serde_json::from_str(include_str!("held.json")).unwrap_or_default())
}

/// Whether Stripe holds the objects of that type, and nobody makes them.
pub(super) fn holds(object: &str) -> bool {
    held().contains_key(object)
}

/// Every object, whole.
pub(super) fn all() -> impl Iterator<Item = Body> {
    held().iter().flat_map(|(object, bodies)| bodies.iter().filter_map(|body| whole(object, body)))
}

fn whole(object: &str, members: &Body) -> Option<Body> {
    let mut body = shape::blank(super::call::entity(object).ok()?);
    for (name, value) in members {
        set(&mut body, name, value.clone());
    }
    for name in ["created", "updated", "data_available_start", "data_available_end"] {
        if body.get(name) == Some(&Json::from(0)) {
            set(&mut body, name, SINCE);
        }
    }
    Some(body)
}

/// When all of it came into being: the first of January 2025.
const SINCE: i64 = 1_735_689_600;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_of_known_types_and_fields() {
        assert!(!held().is_empty());
        for (object, bodies) in held() {
            let entity = super::super::call::entity(object).unwrap();
            for name in bodies.iter().flat_map(Body::keys) {
                assert!(entity.field(name).is_some(), "{object} has no field {name}");
            }
        }
    }
}
