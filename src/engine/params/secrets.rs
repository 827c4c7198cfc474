//! Which of the params hold secrets, as the catalog marks them.

use serde_json::Value as Json;

use crate::catalog::{Kind, Member, Shape, find};
use crate::connector::scalar;
use crate::engine::params::{Params, dotted};

/// The dotted paths of params that the catalog calls secret.
pub fn secret_params(params: &Params, known: &[Member]) -> Vec<String> {
    let mut found = Vec::new();
    in_object(params, known, "", &mut found);
    found
}

/// The texts and numbers among params that the catalog calls secret.
pub fn secret_values(params: &Params, known: &[Member]) -> Vec<String> {
    let all = Json::Object(params.clone());
    let places = secret_params(params, known);
    let values = places.iter().filter_map(|place| all.pointer(&format!("/{}", place.replace('.', "/"))));
    values.filter_map(scalar).filter(|value| !value.is_empty()).collect()
}

fn in_object(params: &Params, known: &[Member], place: &str, found: &mut Vec<String>) {
    for (name, value) in params {
        if let Some(member) = find(known, name) {
            in_value(value, &member.shape, &dotted(place, name), found);
        }
    }
}

fn in_value(value: &Json, shape: &Shape, place: &str, found: &mut Vec<String>) {
    match (&shape.kind, value) {
        // An unset secret shows nothing.
        _ if shape.sensitive && value.as_str() != Some("") => found.push(place.to_owned()),
        (Kind::Object(known), Json::Object(params)) => in_object(params, known, place, found),
        (Kind::List(item) | Kind::Set(item), Json::Array(values)) => {
            for (at, value) in values.iter().enumerate() {
                in_value(value, item, &dotted(place, &at.to_string()), found);
            }
        }
        (Kind::Map(item), Json::Object(values)) => {
            for (key, value) in values {
                in_value(value, item, &dotted(place, key), found);
            }
        }
        (Kind::Union(shapes), value) => {
            let fits = |shape: &&Shape| shape.members().is_some() == value.is_object();
            if let Some(shape) = shapes.iter().find(fits) {
                in_value(value, shape, place, found);
            }
        }
        _ => {}
    }
}
