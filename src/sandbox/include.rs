//! Leaves fields out of answers: in version 2 of the API, those that `include` does not name; in both
//! versions, those that only the answer to a create shows.

use serde_json::Value as Json;

use crate::catalog::{Called, Entity, OperationKind, Shape, find};
use crate::sandbox::fields::{Body, at_mut, items, take_out};

/// Removes from an answer what its call does not show.
pub(super) fn leave_out(entity: &Entity, called: Called, params: &Body, answer: &mut Json) {
    let (known, creates) = match called {
        Called::Operation(operation) => (&operation.params, operation.kind == OperationKind::Create),
        Called::Action(action) => (&action.params, false),
    };
    let asked: Vec<&str> = items(params, "include").iter().filter_map(Json::as_str).collect();
    let includable =
        find(known, "include").map(|include| &include.shape).map(Shape::values).unwrap_or_default();
    let once = entity.answered_once.iter().filter(|_| !creates);
    for path in includable.iter().filter(|path| !asked.contains(&path.as_str())).chain(once) {
        each(answer, &mut |body| match at_mut(body, path) {
            // In version 2, the field stays, with the value null.
            Some(value) if entity.is_v2() => *value = Json::Null,
            _ => take_out(body, path),
        });
    }
}

/// Applies a change to the object itself, or to each object of a page.
fn each(answer: &mut Json, change: &mut impl FnMut(&mut Body)) {
    let Json::Object(body) = answer else { return };
    match body.get_mut("data").and_then(Json::as_array_mut) {
        Some(page) => page.iter_mut().filter_map(Json::as_object_mut).for_each(change),
        None => change(body),
    }
}
