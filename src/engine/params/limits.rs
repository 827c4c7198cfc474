//! Checks maps whose keys the user chooses against Stripe's limits on keys and values.

use serde_json::{Map, Value as Json};

use super::error::wrong;
use super::{ParamError, ParamErrors};
use crate::catalog::names::join_path;
use crate::connector::scalar;

/// Stripe's limits for the maps with a certain name, wherever they occur.
struct Limits {
    /// The name of the maps.
    name: &'static str,
    /// The largest number of keys.
    keys: usize,
    /// The largest number of characters of a key.
    key_length: usize,
    /// The largest number of characters of a value.
    value_length: usize,
    /// The characters that a key cannot contain.
    reserved: [char; 2],
}

/// The limits that Stripe documents (<https://docs.stripe.com/metadata>).
const LIMITS: [Limits; 1] =
    [Limits { name: "metadata", keys: 50, key_length: 40, value_length: 500, reserved: ['[', ']'] }];

/// The faults of a map at this place, one for each limit that it exceeds.
pub(super) fn exceeded(given: &Map<String, Json>, place: &str) -> ParamErrors {
    let name = place.rsplit('.').next().unwrap_or_default();
    faults_of(name, given, place)
}

/// The faults of a map that Stripe takes as metadata although its place has another name.
pub fn metadata_faults(given: &Map<String, Json>, place: &str) -> ParamErrors {
    faults_of("metadata", given, place)
}

fn faults_of(name: &str, given: &Map<String, Json>, place: &str) -> ParamErrors {
    let limits = LIMITS.iter().filter(|limits| limits.name == name);
    limits.flat_map(|limits| limits.faults(given, place)).collect()
}

impl Limits {
    fn faults(&self, given: &Map<String, Json>, place: &str) -> ParamErrors {
        let set: Vec<(&String, &Json)> = given.iter().filter(|(_, value)| !value.is_null()).collect();
        let many = (set.len() > self.keys).then(|| ParamError::Value {
            param: place.to_owned(),
            expected: format!("a map of at most {} keys", self.keys),
            found: format!("{} keys", set.len()),
        });
        many.into_iter()
            .chain(set.into_iter().flat_map(|(key, value)| self.of_entry(place, key, value)))
            .collect()
    }

    fn of_entry(&self, place: &str, key: &str, value: &Json) -> ParamErrors {
        let wrong_key = |what: String| wrong(place, &format!("a map {what}"), &Json::from(key));
        let empty = key.is_empty().then(|| wrong_key("whose keys are not empty".to_owned()));
        let long = key.chars().count() > self.key_length;
        let long = long.then(|| wrong_key(format!("whose keys have at most {} characters", self.key_length)));
        let reserved =
            key.contains(self.reserved).then(|| wrong_key("whose keys have no square brackets".to_owned()));
        let length = scalar(value).map_or(0, |text| text.chars().count());
        let value = (length > self.value_length).then(|| {
            wrong(&join_path(place, key), &format!("at most {} characters long", self.value_length), value)
        });
        empty.into_iter().chain(long).chain(reserved).chain(value).collect()
    }
}
