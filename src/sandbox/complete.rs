//! Completes objects for an answer: every required field is present, an object or a list is never missing,
//! and there is no null where Stripe leaves a field out.
//!
//! The facts say which fields are never null. For the others, `answers.toml` has what Stripe answers. A field
//! that is not in the table is null, or left out if it is optional.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::catalog::embedded::embedded_table;
use crate::catalog::{Entity, Kind, Member, NumberRange, Presence, Shape, catalog, find};
use crate::sandbox::fields::{members, text};
use crate::sandbox::shape;
use crate::sandbox::store::Body;

/// The whole table, by type of object.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    answers: BTreeMap<String, Body>,
    left_out: BTreeMap<String, BTreeSet<String>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| embedded_table!("sandbox/answers.toml"));

/// The default values in answers of one type of object.
struct AnswerDefaults<'e> {
    entity: &'e Entity,
    answers: Option<&'static Body>,
    left_out: Option<&'static BTreeSet<String>>,
}

impl<'e> AnswerDefaults<'e> {
    fn of(entity: &'e Entity) -> Self {
        let (answers, left_out) = (TABLE.answers.get(&entity.object), TABLE.left_out.get(&entity.object));
        Self { entity, answers, left_out }
    }

    /// Returns the default of a field, or `None` if Stripe leaves it out.
    fn standing(&self, field: &Shape, path: &str) -> Option<Json> {
        if let Some(value) = self.answers.and_then(|answers| answers.get(path)) {
            return Some(with_all_fields(field, value));
        }
        let left_out = self.left_out.is_some_and(|paths| paths.contains(path));
        let (outer, name) = path.rsplit_once('.').unwrap_or(("", path));
        match (field.presence, &field.kind) {
            (Presence::Optional, _) => None,
            _ if left_out => None,
            (_, Kind::Map(_)) if name == "metadata" => Some(json!({})),
            // An empty map is left out, because SDKs do not expect null in its place.
            (Presence::Nullable, Kind::Map(_)) if !outer.is_empty() => None,
            (Presence::Nullable, _) => Some(Json::Null),
            (Presence::Required, Kind::Integer) => {
                Some(json!(NumberRange::of(name).map_or(0, |range| range.least)))
            }
            (Presence::Required, kind) => Some(shape::least(kind)),
        }
    }

    /// Completes the members and sorts them by name, with `id` and `object` first.
    fn members(&self, fields: &[Member], body: &mut Body, outer: &str) {
        for field in fields {
            if body.get(&field.name).is_some_and(is_whole) {
                continue;
            }
            let path = if outer.is_empty() { field.name.clone() } else { format!("{outer}.{}", field.name) };
            self.member(field, body, &path);
            if let Some(value) = body.get_mut(&field.name) {
                self.within(&field.shape, value, &path);
            }
        }
        body.sort_keys();
        for name in ["object", "id"] {
            if let Some(value) = body.shift_remove(name) {
                body.shift_insert(0, name.to_owned(), value);
            }
        }
    }

    fn member(&self, field: &Member, body: &mut Body, path: &str) {
        let name = field.name.as_str();
        if body.get(name).is_some_and(|value| !value.is_null()) {
            return;
        }
        match self.standing(&field.shape, path) {
            None => drop(body.shift_remove(name)),
            Some(_) if !body.contains_key(name) && shape::is_includable(&self.entity.object, path) => {}
            Some(value) => drop(body.insert(name.to_owned(), value)),
        }
    }

    /// Completes nested values; objects that have a type of their own are completed by that type.
    fn within(&self, shape: &Shape, value: &mut Json, path: &str) {
        match (&shape.kind, value) {
            (Kind::Object(fields), Json::Object(members)) => self.members(fields, members, path),
            (Kind::List(inner) | Kind::Set(inner), Json::Array(items)) => {
                for item in items {
                    self.within(inner, item, path);
                }
            }
            (Kind::Map(inner), Json::Object(members)) => {
                for member in members.values_mut() {
                    self.within(inner, member, path);
                }
            }
            _ => {}
        }
    }
}

/// Whether a value is present and contains no others.
fn is_whole(value: &Json) -> bool {
    !value.is_null() && !value.is_object() && !value.is_array()
}

/// The members that remain of a deleted object.
const STUB: &[&str] = &["id", "object", "deleted"];

/// Completes an object; deleted objects and those of unknown types stay as they are.
pub(super) fn complete(body: &mut Body) {
    let is_stub = body.keys().all(|name| STUB.contains(&name.as_str()));
    let entity = text(body, "object").and_then(|object| catalog().by_key(object));
    if let Some(entity) = entity.filter(|_| !is_stub) {
        complete_as(entity, body);
    }
}

/// Completes an object as one of this type.
pub(super) fn complete_as(entity: &Entity, body: &mut Body) {
    AnswerDefaults::of(entity).members(&entity.fields, body, "");
}

/// Creates a blank object, in which each field has its default.
pub(super) fn blank(entity: &Entity) -> Body {
    let mut body = Body::new();
    if entity.field("id").is_some() {
        body.insert("id".into(), Json::Null);
    }
    body.insert("object".into(), Json::from(entity.object.as_str()));
    complete_as(entity, &mut body);
    body
}

/// Returns the default of a field, or null if Stripe leaves it out.
pub(super) fn usual(object: &str, name: &str) -> Json {
    let entity = catalog().by_key(object);
    let found = entity.and_then(|entity| AnswerDefaults::of(entity).standing(entity.field(name)?, name));
    found.unwrap_or_default()
}

/// Returns a value of the table; an object gets all of its fields.
fn with_all_fields(shape: &Shape, value: &Json) -> Json {
    let (Kind::Object(fields), Json::Object(given)) = (&shape.kind, value) else { return value.clone() };
    let mut members = members(shape::least(&shape.kind));
    for (name, value) in given {
        let field = find(fields, name);
        members.insert(
            name.clone(),
            field.map_or_else(|| value.clone(), |field| with_all_fields(&field.shape, value)),
        );
    }
    Json::Object(members)
}

#[cfg(test)]
mod tests;
