//! Values that Stripe's lists of known values lack: perhaps new, perhaps misspelt.

use std::fmt;

use serde_json::Value as Json;

use crate::catalog::names::closest;
use crate::catalog::{Kind, Member, Shape, find};
use crate::engine::params::{Params, Wanted, dotted};

/// A value that is not on the list of its param. It is sent: Stripe adds values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnlistedValue {
    /// The param, dotted.
    pub param: String,
    /// The value as it is sent.
    pub value: String,
    /// The known value that was probably meant.
    pub suggestion: Option<String>,
}

impl fmt::Display for UnlistedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { param, value, suggestion } = self;
        write!(f, "{param:?} is {value:?}, which is none of the values that Stripe is known to take")?;
        match suggestion {
            Some(meant) => write!(f, "; did you mean {meant:?}?"),
            None => Ok(()),
        }
    }
}

/// Every value of an enum that the facts do not list.
pub fn unlisted_values(wanted: &Wanted, known: &[Member]) -> Vec<UnlistedValue> {
    let mut found = Vec::new();
    in_object(&wanted.params, known, "", &mut found);
    found
}

fn in_object(params: &Params, known: &[Member], place: &str, found: &mut Vec<UnlistedValue>) {
    for (name, value) in params {
        if let Some(member) = find(known, name) {
            in_value(value, &member.shape, &dotted(place, name), found);
        }
    }
}

fn in_value(value: &Json, shape: &Shape, place: &str, found: &mut Vec<UnlistedValue>) {
    match (&shape.kind, value) {
        (Kind::Object(known), Json::Object(params)) => in_object(params, known, place, found),
        (Kind::List(item) | Kind::Set(item), Json::Array(values)) => {
            for (at, value) in values.iter().enumerate() {
                in_value(value, item, &dotted(place, &at.to_string()), found);
            }
        }
        (Kind::Enum(values), Json::String(text)) if !text.is_empty() && !values.contains(text) => {
            found.push(UnlistedValue {
                param: place.to_owned(),
                value: text.clone(),
                suggestion: closest(text, values.iter().map(|value| (value.as_str(), value))).cloned(),
            });
        }
        _ => {}
    }
}
