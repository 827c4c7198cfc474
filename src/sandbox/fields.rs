//! Reading members of an object without asking twice whether they are there.

use serde_json::{Map, Value as Json};

use super::error::{Failure, Outcome};

/// An object as it is kept; names with a leading underscore are never shown.
pub(super) type Body = Map<String, Json>;

/// The text of a member; nothing when absent, null, empty or no text.
pub(super) fn text<'a>(body: &'a Body, name: &str) -> Option<&'a str> {
    body.get(name).and_then(Json::as_str).filter(|text| !text.is_empty())
}

/// The whole number of a member; zero when there is none.
pub(super) fn number(body: &Body, name: &str) -> i64 {
    given_number(body, name).unwrap_or(0)
}

/// The whole number of a member, when there is one.
pub(super) fn given_number(body: &Body, name: &str) -> Option<i64> {
    body.get(name).and_then(Json::as_i64)
}

/// The truth of a member; false when there is none.
pub(super) fn flag(body: &Body, name: &str) -> bool {
    body.get(name).and_then(Json::as_bool).unwrap_or(false)
}

/// The text of a member that every object of its type has.
pub(super) fn needed<'a>(body: &'a Body, name: &str) -> Outcome<&'a str> {
    text(body, name).ok_or_else(|| {
        let object = text(body, "object").unwrap_or("object");
        Failure::internal(format!("The {object} {} is kept without its {name}.", id(body)))
    })
}

/// The members of an object inside an object.
pub(super) fn inner<'a>(body: &'a Body, name: &str) -> Option<&'a Body> {
    body.get(name).and_then(Json::as_object)
}

/// The elements of a list; none when there is no list.
pub(super) fn items<'a>(body: &'a Body, name: &str) -> &'a [Json] {
    body.get(name).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// The status of an object.
pub(super) fn status(body: &Body) -> &str {
    text(body, "status").unwrap_or_default()
}

/// The id of an object.
pub(super) fn id(body: &Body) -> &str {
    text(body, "id").unwrap_or_default()
}

/// Sets a member.
pub(super) fn set(body: &mut Body, name: &str, value: impl Into<Json>) {
    body.insert(name.to_owned(), value.into());
}

/// Sets a member of an object inside an object, which it makes when there is none.
pub(super) fn set_inner(body: &mut Body, outer: &str, name: &str, value: impl Into<Json>) {
    let slot = body.entry(outer).or_insert(Json::Null);
    if !slot.is_object() {
        *slot = Json::Object(Body::new());
    }
    if let Some(members) = slot.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
}

/// A member, null where there is none.
pub(super) fn member(body: &Body, name: &str) -> Json {
    body.get(name).cloned().unwrap_or(Json::Null)
}

/// Copies members; those that are not there become null.
pub(super) fn copy(to: &mut Body, from: &Body, names: &[&str]) {
    for name in names {
        set(to, name, member(from, name));
    }
}
