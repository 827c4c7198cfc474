//! Typed access to the fields of an object.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::sandbox::error::{ApiError, ApiResult};

/// A stored object; names with a leading underscore are never shown.
pub(super) type Body = Map<String, Json>;

/// An object literal, like `json!`.
macro_rules! body {
    ($($members:tt)*) => { $crate::sandbox::fields::members(serde_json::json!({ $($members)* })) };
}
pub(super) use body;

/// Returns the value at a path: a name, or names joined by dots that lead into nested objects.
pub(super) fn at<'a>(body: &'a Body, path: &str) -> Option<&'a Json> {
    let mut names = path.split('.');
    let first = body.get(names.next()?)?;
    names.try_fold(first, |found, name| found.get(name))
}

/// Like [`at`], but mutable.
pub(super) fn at_mut<'a>(body: &'a mut Body, path: &str) -> Option<&'a mut Json> {
    let mut names = path.split('.');
    let first = body.get_mut(names.next()?)?;
    names.try_fold(first, |found, name| found.get_mut(name))
}

/// Removes the value at a path.
pub(super) fn take_out(body: &mut Body, path: &str) {
    match path.rsplit_once('.') {
        None => drop(body.shift_remove(path)),
        Some((outer, name)) => {
            if let Some(Json::Object(members)) = at_mut(body, outer) {
                members.shift_remove(name);
            }
        }
    }
}

/// Returns the text at a path, or `None` if it is absent, null, empty or not text.
pub(super) fn text<'a>(body: &'a Body, path: &str) -> Option<&'a str> {
    at(body, path).and_then(Json::as_str).filter(|text| !text.is_empty())
}

/// Returns the integer at a path, or zero if there is none.
pub(super) fn number(body: &Body, path: &str) -> i64 {
    given_number(body, path).unwrap_or(0)
}

/// Returns the integer at a path, if there is one.
pub(super) fn given_number(body: &Body, path: &str) -> Option<i64> {
    at(body, path).and_then(Json::as_i64)
}

/// Returns the boolean at a path, or false if there is none.
pub(super) fn flag(body: &Body, path: &str) -> bool {
    at(body, path).and_then(Json::as_bool).unwrap_or(false)
}

/// Returns the text of a required member; a missing one is an internal error.
pub(super) fn needed<'a>(body: &'a Body, name: &str) -> ApiResult<&'a str> {
    text(body, name).ok_or_else(|| lacking(body, name))
}

/// Returns the integer of a required member.
pub(super) fn needed_number(body: &Body, name: &str) -> ApiResult<i64> {
    given_number(body, name).ok_or_else(|| lacking(body, name))
}

/// Returns the object in a required member.
pub(super) fn needed_inner<'a>(body: &'a Body, name: &str) -> ApiResult<&'a Body> {
    inner(body, name).ok_or_else(|| lacking(body, name))
}

/// Deserializes an object into a view with its required members.
pub(super) fn typed<'b, V: Deserialize<'b>>(body: &'b Body) -> ApiResult<V> {
    let wrong = |error| format!("The {} {} cannot be read: {error}.", object(body), id(body));
    V::deserialize(body).map_err(|error: serde_json::Error| ApiError::internal(wrong(error)))
}

fn lacking(body: &Body, name: &str) -> ApiError {
    let object = text(body, "object").unwrap_or("object");
    ApiError::internal(format!("The {object} {} is kept without its {name}.", id(body)))
}

/// Returns the members of the object at a path.
pub(super) fn inner<'a>(body: &'a Body, path: &str) -> Option<&'a Body> {
    at(body, path).and_then(Json::as_object)
}

/// Returns a copy of the object at a path, or an empty one if there is none.
pub(super) fn members_at(body: &Body, path: &str) -> Body {
    at(body, path).cloned().map_or_else(Body::new, members)
}

/// Returns the members of a value; empty if it is not an object.
pub(super) fn members(value: Json) -> Body {
    if let Json::Object(members) = value { members } else { Body::new() }
}

/// Returns the elements of the list at a path; empty if there is no list.
pub(super) fn items<'a>(body: &'a Body, path: &str) -> &'a [Json] {
    at(body, path).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// Iterates over the objects of the list at a path.
pub(super) fn objects<'a>(body: &'a Body, path: &str) -> impl Iterator<Item = &'a Body> + use<'a> {
    items(body, path).iter().filter_map(Json::as_object)
}

/// Joins `recurring` and `interval` to `recurring[interval]`.
pub(super) fn child(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}[{name}]") }
}

/// Iterates over the objects in a nested list param, each with its name in a form: `phases[0][items][1]`.
pub(super) fn entries<'a>(
    params: &'a Body,
    name: &str,
    path: &str,
) -> impl Iterator<Item = (String, &'a Body)> + use<'a> {
    let list = child(path, name);
    objects(params, name).enumerate().map(move |(at, entry)| (format!("{list}[{at}]"), entry))
}

/// The type of an object.
pub(super) fn object(body: &Body) -> &str {
    text(body, "object").unwrap_or_default()
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

/// Sets a member of a nested object, which is created if it does not exist.
pub(super) fn set_inner(body: &mut Body, outer: &str, name: &str, value: impl Into<Json>) {
    let slot = body.entry(outer).or_insert(Json::Null);
    if !slot.is_object() {
        *slot = Json::Object(Body::new());
    }
    if let Some(members) = slot.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
}

/// Increments a counter, so that each call is a change and has an event.
pub(super) fn count(body: &mut Body, name: &str) {
    let counted = number(body, name) + 1;
    set(body, name, counted);
}

/// Returns a member, or null if there is none.
pub(super) fn member(body: &Body, name: &str) -> Json {
    body.get(name).cloned().unwrap_or(Json::Null)
}

/// Copies members; missing ones become null.
pub(super) fn copy(to: &mut Body, from: &Body, names: &[&str]) {
    for name in names {
        set(to, name, member(from, name));
    }
}

/// Copies members that are present and not null.
pub(super) fn copy_given(to: &mut Body, from: &Body, names: &[&str]) {
    for (name, value) in names.iter().filter_map(|name| from.get_key_value(*name)) {
        if !value.is_null() {
            set(to, name, value.clone());
        }
    }
}

/// Whether the members have these values. A list means one of its values, an empty text means no value, and a
/// name in braces means the value of that param.
pub(super) fn all_have(members: &Body, values: &BTreeMap<String, Json>, known: &Body) -> bool {
    let has = |path: &str, value: &Json| {
        let named = value.as_str().and_then(|text| text.strip_prefix('{')?.strip_suffix('}'));
        let value = named.map_or(Some(value), |name| said(known, name));
        said(members, path) == value.filter(|value| *value != "")
    };
    values.iter().all(|(path, value)| match value {
        Json::Array(several) => several.iter().any(|one| has(path, one)),
        one => has(path, one),
    })
}

/// Returns the value at a path, or `None` if it is null, an empty text or an empty list.
pub(super) fn said<'p>(params: &'p Body, path: &str) -> Option<&'p Json> {
    at(params, path)
        .filter(|found| !found.is_null() && *found != "" && !found.as_array().is_some_and(Vec::is_empty))
}

/// Returns an object without its hidden members, as shown in an error.
pub(super) fn visible(body: &Body) -> Body {
    body.clone().into_iter().filter(|(name, _)| !name.starts_with('_')).collect()
}
