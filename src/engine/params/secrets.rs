//! Finds the params that hold secrets, as the catalog marks them.

use serde_json::Value as Json;

use crate::catalog::names::join_path;
use crate::catalog::{Kind, Member, Shape, find};
use crate::connector::scalar;
use crate::engine::params::Params;

/// A secret among params: its dotted path, and its value.
type SecretParam<'p> = (String, &'p Json);

/// The dotted paths of params that the catalog calls secret.
pub fn secret_params(params: &Params, known: &[Member]) -> Vec<String> {
    secrets(params, known).into_iter().map(|(place, _)| place).collect()
}

/// The texts and numbers among params that the catalog calls secret.
pub fn secret_values(params: &Params, known: &[Member]) -> Vec<String> {
    let values = secrets(params, known).into_iter().filter_map(|(_, value)| scalar(value));
    values.filter(|value| !value.is_empty()).collect()
}

fn secrets<'p>(params: &'p Params, known: &[Member]) -> Vec<SecretParam<'p>> {
    let mut found = Vec::new();
    in_object(params, known, "", &mut found);
    found
}

fn in_object<'p>(params: &'p Params, known: &[Member], place: &str, found: &mut Vec<SecretParam<'p>>) {
    for (name, value) in params {
        if let Some(member) = find(known, name) {
            in_value(value, &member.shape, &join_path(place, name), found);
        }
    }
}

fn in_value<'p>(value: &'p Json, shape: &Shape, place: &str, found: &mut Vec<SecretParam<'p>>) {
    match (&shape.kind, value) {
        // An unset secret shows nothing.
        _ if shape.sensitive && value.as_str() != Some("") => found.push((place.to_owned(), value)),
        (Kind::Object(known), Json::Object(params)) => in_object(params, known, place, found),
        (Kind::List(item) | Kind::Set(item), Json::Array(values)) => {
            for (at, value) in values.iter().enumerate() {
                in_value(value, item, &join_path(place, &at.to_string()), found);
            }
        }
        (Kind::Map(item), Json::Object(values)) => {
            for (key, value) in values {
                in_value(value, item, &join_path(place, key), found);
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
