//! JSON text in which no object repeats a key: otherwise one of two equal keys would be lost silently.

use std::collections::HashSet;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

/// Parses the text of a JSON object. The error says what is wrong with it.
pub fn json_object(text: &str) -> Result<Map<String, Json>, String> {
    match value(text)? {
        Json::Object(object) => Ok(object),
        _ => Err("it must be a JSON object, as `jsonencode({ … })` makes it".to_owned()),
    }
}

/// Parses JSON text.
pub(super) fn value(text: &str) -> Result<Json, String> {
    // This also limits the depth.
    let json = serde_json::from_str(text).map_err(|error| error.to_string())?;
    match repeated_key(text) {
        None => Ok(json),
        Some(key) => Err(format!("the key {key:?} stands twice in one object")),
    }
}

/// A key that occurs twice in an object of the text, if there is one.
fn repeated_key(text: &str) -> Option<String> {
    let values: Vec<&RawValue> = match text.trim_start().chars().next()? {
        '{' => {
            let RawMembers(members) = serde_json::from_str(text).ok()?;
            let mut seen = HashSet::new();
            if let Some((key, _)) = members.iter().find(|(key, _)| !seen.insert(key.as_str())) {
                return Some(key.clone());
            }
            members.into_iter().map(|(_, value)| value).collect()
        }
        '[' => serde_json::from_str(text).ok()?,
        _ => return None,
    };
    values.into_iter().find_map(|value| repeated_key(value.get()))
}

/// The members of an object as they are in the text, including repeated ones.
struct RawMembers<'t>(Vec<(String, &'t RawValue)>);

impl<'de> Deserialize<'de> for RawMembers<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = RawMembers<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawMembers<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(RawMembers(members))
    }
}
