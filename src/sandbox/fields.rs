//! Reading members of an object without asking twice whether they are there.

use serde_json::{Map, Value as Json};

use super::error::{Failure, Outcome};

/// An object as it is kept; names with a leading underscore are never shown.
pub(super) type Body = Map<String, Json>;

/// An object that is written out, in the manner of `json!`.
macro_rules! object {
    ($($members:tt)*) => {
        match serde_json::json!({ $($members)* }) {
            serde_json::Value::Object(members) => members,
            _ => serde_json::Map::new(),
        }
    };
}
pub(super) use object;

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
    text(body, name).ok_or_else(|| lacking(body, name))
}

fn lacking(body: &Body, name: &str) -> Failure {
    let object = text(body, "object").unwrap_or("object");
    Failure::internal(format!("The {object} {} is kept without its {name}.", id(body)))
}

/// The members of an object inside an object.
pub(super) fn inner<'a>(body: &'a Body, name: &str) -> Option<&'a Body> {
    body.get(name).and_then(Json::as_object)
}

/// The elements of a list; none when there is no list.
pub(super) fn items<'a>(body: &'a Body, name: &str) -> &'a [Json] {
    body.get(name).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// The objects of a list.
pub(super) fn objects<'a>(body: &'a Body, name: &str) -> impl Iterator<Item = &'a Body> + use<'a> {
    items(body, name).iter().filter_map(Json::as_object)
}

/// `recurring` and `interval` are `recurring[interval]`.
pub(super) fn child(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}[{name}]") }
}

/// The objects of a list param inside another, each with what a form calls it: `phases[0][items][1]`.
pub(super) fn entries<'a>(
    params: &'a Body,
    name: &str,
    path: &str,
) -> impl Iterator<Item = (String, &'a Body)> + use<'a> {
    let list = child(path, name);
    objects(params, name).enumerate().map(move |(at, entry)| (format!("{list}[{at}]"), entry))
}

/// What a path leads to, dots leading into objects: `parent.quote_details.quote`.
pub(super) fn at<'a>(body: &'a Body, path: &str) -> Option<&'a Json> {
    let mut parts = path.split('.');
    let first = body.get(parts.next()?)?;
    parts.try_fold(first, |found, part| found.get(part))
}

/// The text that a path leads to; none when it is absent or empty.
pub(super) fn text_at<'a>(body: &'a Body, path: &str) -> Option<&'a str> {
    at(body, path).and_then(Json::as_str).filter(|text| !text.is_empty())
}

/// The whole number of a member that every object of its type has.
pub(super) fn needed_number(body: &Body, name: &str) -> Outcome<i64> {
    given_number(body, name).ok_or_else(|| lacking(body, name))
}

/// The object that every object of its type holds under that name.
pub(super) fn needed_inner<'a>(body: &'a Body, name: &str) -> Outcome<&'a Body> {
    inner(body, name).ok_or_else(|| lacking(body, name))
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
