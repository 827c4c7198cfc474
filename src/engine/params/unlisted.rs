//! Finds values that Stripe's lists of known values lack: perhaps new, perhaps misspelt.

use std::fmt;

use serde_json::Value as Json;

use crate::catalog::names::closest;
use crate::catalog::names::join_path;
use crate::catalog::{Kind, Member, Shape, currencies, find};
use crate::engine::params::{DesiredParams, Params};

/// A value that is not on the list of its param. It is sent: Stripe adds values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnlistedValue {
    /// The param, dotted.
    pub param: String,
    /// The value as it is sent.
    pub value: String,
    /// The known value that was probably meant.
    pub suggestion: Option<String>,
    /// The values that Stripe is known to take.
    pub known: Vec<String>,
}

/// How many known values a message names.
const NAMED: usize = 8;

impl UnlistedValue {
    /// The first known values as a list; `rest` says where all of them are.
    pub fn known_in_words(&self, rest: &str) -> String {
        let named: Vec<String> = self.known.iter().take(NAMED).map(|value| format!("`{value}`")).collect();
        let more = self.known.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more ({rest} has all)") };
        format!("{}{more}", named.join(", "))
    }
}

impl fmt::Display for UnlistedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { param, value, suggestion, .. } = self;
        if let Some(meant) = suggestion {
            write!(f, "Did you mean {meant:?}? ")?;
        }
        let known = self.known_in_words("Stripe's API reference");
        write!(f, "{param:?} is {value:?}, which Stripe does not document; it documents {known}")
    }
}

/// Every value of an enum that the facts do not list, and every currency that Stripe is not known to take.
pub fn unlisted_values(desired: &DesiredParams, known: &[Member]) -> Vec<UnlistedValue> {
    let mut found = Vec::new();
    in_object(&desired.params, known, "", &mut found);
    found
}

fn in_object(params: &Params, known: &[Member], place: &str, found: &mut Vec<UnlistedValue>) {
    for (name, value) in params {
        if let Some(member) = find(known, name) {
            in_value(value, &member.shape, &join_path(place, name), found);
        }
    }
}

fn in_value(value: &Json, shape: &Shape, place: &str, found: &mut Vec<UnlistedValue>) {
    match (&shape.kind, value) {
        (Kind::Object(known), Json::Object(params)) => in_object(params, known, place, found),
        (Kind::List(item) | Kind::Set(item), Json::Array(values)) => {
            for (at, value) in values.iter().enumerate() {
                in_value(value, item, &join_path(place, &at.to_string()), found);
            }
        }
        (Kind::Enum(known), Json::String(text)) => {
            found.extend(unlisted(place, text, text, known.iter().map(String::as_str)));
        }
        (Kind::Currency, Json::String(text)) => {
            found.extend(unlisted(place, text, &text.to_ascii_lowercase(), currencies()));
        }
        _ => {}
    }
}

/// A value, compared as `spelled`, that is not among the known ones. The empty text unsets.
fn unlisted<'k>(
    place: &str,
    value: &str,
    spelled: &str,
    known: impl Iterator<Item = &'k str> + Clone,
) -> Option<UnlistedValue> {
    if value.is_empty() || known.clone().any(|known| known == spelled) {
        return None;
    }
    Some(UnlistedValue {
        param: place.to_owned(),
        value: value.to_owned(),
        suggestion: closest(spelled, known.clone().map(|known| (known, known))).map(str::to_owned),
        known: known.map(str::to_owned).collect(),
    })
}
