//! What an answer leaves out: in version 2 of the API what is not asked for with `include`,
//! in both what only the answer to a create holds.

use serde_json::Value as Json;

use crate::catalog::{Called, Entity, OperationKind, Shape, find};

use super::fields::items;
use super::store::Body;

/// Leaves out of an answer what its call does not show.
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
        each(answer, &mut |body| clear(body, path, entity.is_v2()));
    }
}

/// The object itself, or each one of a page.
fn each(answer: &mut Json, change: &mut impl FnMut(&mut Body)) {
    let Json::Object(body) = answer else { return };
    match body.get_mut("data").and_then(Json::as_array_mut) {
        Some(page) => page.iter_mut().filter_map(Json::as_object_mut).for_each(change),
        None => change(body),
    }
}

fn clear(body: &mut Body, path: &str, keeps_name: bool) {
    match path.split_once('.') {
        Some((name, rest)) => {
            if let Some(inner) = body.get_mut(name).and_then(Json::as_object_mut) {
                clear(inner, rest, keeps_name);
            }
        }
        None if keeps_name && body.contains_key(path) => drop(body.insert(path.to_owned(), Json::Null)),
        None => drop(body.shift_remove(path)),
    }
}
