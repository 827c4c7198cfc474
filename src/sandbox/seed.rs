//! Fills a new store with Stripe's reference data.

use serde_json::Value as Json;

use crate::sandbox::fields::{Body, set};
use crate::sandbox::{call, complete, reference_data};

/// When reference data was created: the first of January 2025.
const SINCE: i64 = 1_735_689_600;

/// Returns every object that a new store contains.
pub(super) fn bodies() -> Vec<Body> {
    let all = reference_data::all().iter();
    all.flat_map(|(object, bodies)| bodies.iter().filter_map(|body| whole(object, body))).collect()
}

fn whole(object: &str, members: &Body) -> Option<Body> {
    let mut body = complete::blank(call::entity(object).ok()?);
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
