//! Visits the values of params together with their shapes in the catalog.

use std::ops::ControlFlow;

use serde_json::Value as Json;

use crate::catalog::names::join_path;
use crate::catalog::{Kind, Member, Shape, find};
use crate::engine::params::Params;

/// Calls `see` for each known value with its dotted path and its shape. The contents of a value follow it,
/// unless `see` breaks there.
pub(super) fn visit<'p>(
    params: &'p Params,
    known: &[Member],
    see: &mut impl FnMut(&str, &'p Json, &Shape) -> ControlFlow<()>,
) {
    members(params, known, "", see);
}

fn members<'p>(
    params: &'p Params,
    known: &[Member],
    place: &str,
    see: &mut impl FnMut(&str, &'p Json, &Shape) -> ControlFlow<()>,
) {
    for (name, inner) in params {
        if let Some(member) = find(known, name) {
            value(inner, &member.shape, &join_path(place, name), see);
        }
    }
}

fn value<'p>(
    given: &'p Json,
    shape: &Shape,
    place: &str,
    see: &mut impl FnMut(&str, &'p Json, &Shape) -> ControlFlow<()>,
) {
    if see(place, given, shape).is_break() {
        return;
    }
    match (&shape.kind, given) {
        (Kind::Object(known), Json::Object(params)) => members(params, known, place, see),
        (Kind::List(item) | Kind::Set(item), Json::Array(items)) => {
            for (at, inner) in items.iter().enumerate() {
                value(inner, item, &join_path(place, &at.to_string()), see);
            }
        }
        (Kind::Map(entry), Json::Object(entries)) => {
            for (key, inner) in entries {
                value(inner, entry, &join_path(place, key), see);
            }
        }
        (Kind::Union(shapes), _) => {
            if let Some(shape) = shapes.iter().find(|shape| is_like(given, shape)) {
                value(given, shape, place, see);
            }
        }
        _ => {}
    }
}

/// Whether a value has the form of a shape: an object, a list, or neither.
fn is_like(value: &Json, shape: &Shape) -> bool {
    match value {
        Json::Object(_) => shape.members().is_some() || shape.map_value().is_some(),
        Json::Array(_) => shape.item().is_some(),
        _ => shape.members().is_none() && shape.map_value().is_none() && shape.item().is_none(),
    }
}
