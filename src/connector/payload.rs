//! Payloads become params: names in any spelling, values of the kinds Stripe takes.
//!
//! A key may be PascalCase (`PaymentMethod`, `AddressCity`), Stripe's own (`payment_method`)
//! or dotted (`address.city`); the value may be nested. Whatever Stripe would refuse is
//! refused here, before anything is sent.

mod values;

use serde_json::{Map, Value as Json};

use crate::catalog::names::resolve;
use crate::catalog::{Kind, Member, Shape};

/// What is wrong with a payload.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// No param has that name.
    #[error("the payload has no use for {key:?}{}", hint(suggestion.as_deref()))]
    Unknown {
        /// As it was written.
        key: String,
        /// The param that was probably meant.
        suggestion: Option<String>,
    },
    /// Two keys of the payload name the same param.
    #[error("{key:?} sets {param:?}, which the payload sets already")]
    Twice {
        /// The later key.
        key: String,
        /// The param.
        param: String,
    },
    /// A param Stripe demands is not there.
    #[error("the payload lacks {param:?}, which Stripe requires")]
    Missing {
        /// The param, dotted.
        param: String,
    },
    /// A value Stripe would not take.
    #[error("{param:?} must be {expected}, not {found}")]
    Value {
        /// The param, dotted.
        param: String,
        /// What it takes.
        expected: String,
        /// What was given, shortened.
        found: String,
    },
}

/// The params a payload comes to. Nulls are left out: null is how a config says "not set".
pub fn payload(payload: &Map<String, Json>, params: &[Member]) -> Result<Map<String, Json>, PayloadError> {
    values::object(payload, params, "")
}

/// A payload with some of its params changed, in the spelling it was written in: `before` and
/// `after` are the params it came to and is to come to.
pub fn with_original_keys(
    payload: &Map<String, Json>,
    params: &[Member],
    before: &Map<String, Json>,
    after: &Map<String, Json>,
) -> Map<String, Json> {
    let spelled = payload.iter().map(|(key, value)| {
        let path = resolve(key, params).map(|it| it.path).unwrap_or_default();
        let (was, is) = (at(before, &path), at(after, &path));
        (key.clone(), if was == is { value.clone() } else { is.cloned().unwrap_or_default() })
    });
    spelled.collect()
}

fn at<'m>(params: &'m Map<String, Json>, path: &[String]) -> Option<&'m Json> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(params.get(first)?, |value, name| value.get(name))
}

/// An error for the first param that Stripe requires and `given` lacks, at any depth.
pub fn require(given: &Map<String, Json>, params: &[Member]) -> Result<(), PayloadError> {
    require_in(given, params, "")
}

fn require_in(given: &Map<String, Json>, params: &[Member], place: &str) -> Result<(), PayloadError> {
    for param in params {
        let name = dotted(place, &param.name);
        match given.get(&param.name) {
            None if param.shape.is_required() => return Err(PayloadError::Missing { param: name }),
            None => {}
            Some(value) => require_inside(value, &param.shape, &name)?,
        }
    }
    Ok(())
}

fn require_inside(value: &Json, shape: &Shape, place: &str) -> Result<(), PayloadError> {
    match (value, &shape.kind) {
        (Json::Object(given), Kind::Object(params)) => require_in(given, params, place),
        (Json::Array(items), Kind::List(item) | Kind::Set(item)) => items
            .iter()
            .enumerate()
            .try_for_each(|(at, value)| require_inside(value, item, &dotted(place, &at.to_string()))),
        _ => Ok(()),
    }
}

fn dotted(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}

fn hint(suggestion: Option<&str>) -> String {
    suggestion.map(|meant| format!("; did you mean {meant:?}?")).unwrap_or_default()
}

#[cfg(test)]
mod tests;
