//! The defaults and transitions of objects that need no code: reads and applies `lifecycle.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::catalog::embedded::embedded_table;
use crate::catalog::{Entity, Kind, Member, OperationKind, find};
use crate::sandbox::call::{Call, moment};
use crate::sandbox::error::ApiResult;
use crate::sandbox::fields::{self, Body, all_have, set, status};
use crate::sandbox::{identifier, message, shape, state};

/// The content of `lifecycle.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    new: BTreeMap<String, Body>,
    new_if: BTreeMap<String, Vec<Conditional>>,
    apart: BTreeMap<String, Vec<String>>,
    verbs: BTreeMap<String, Body>,
    actions: BTreeMap<String, Transition>,
    missing: BTreeMap<String, BTreeMap<OperationKind, String>>,
}

/// Defaults of a new object that has the values in `when`, and not all of those in `unless`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Conditional {
    when: BTreeMap<String, Json>,
    unless: BTreeMap<String, Json>,
    set: Body,
}

/// The effect of one action.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Transition {
    /// The states that allow it; every state if the list is empty.
    pub when: Vec<String>,
    /// The error in any other state; `{status}` and `{id}` are replaced with those of the object.
    pub message: Option<String>,
    /// The code of that error.
    pub code: Option<String>,
    /// The members that it sets.
    pub set: Body,
    /// What it does, and to which object.
    pub does: TransitionKind,
    /// The type of object that is created, if it is a different type.
    pub of: Option<String>,
    /// Why the sandbox does not implement it.
    pub missing: Option<String>,
}

/// What an action does, and to which object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TransitionKind {
    /// Changes the object in the path.
    #[default]
    Change,
    /// Creates a new object.
    Make,
    /// Shows the object that matches the params.
    Find,
    /// Deletes the object that matches the params.
    Delete,
}

/// The seconds in a day.
const DAY: i64 = 24 * 60 * 60;

static TABLE: LazyLock<Table> = LazyLock::new(|| embedded_table!("sandbox/lifecycle.toml"));

impl Transition {
    /// Refuses the action in a state that does not allow it.
    pub fn check(&self, call: &Call<'_>, body: &Body, path: &str) -> ApiResult<()> {
        if self.when.is_empty() || self.when.iter().any(|state| state == status(body)) {
            return Ok(());
        }
        let Some(message) = &self.message else {
            let verb = path.rsplit('/').next().unwrap_or_default().replace('_', " ");
            return Err(state::not_in_state(call, body, &verb));
        };
        let message = message.replace("{states}", &self.when.join(", "));
        Err(state::refusal(body, &message, self.code.as_deref()))
    }
}

/// Why the sandbox does not implement an operation, if that is so.
pub(super) fn missing(entity: &Entity, kind: OperationKind) -> Option<&'static str> {
    TABLE.missing.get(&entity.key)?.get(&kind).map(String::as_str)
}

/// Returns the effect of an action: its own entry, or else that of its verb. Returns `None` if neither fits
/// the type of object.
pub(super) fn transition(entity: &Entity, action: &str, path: &str) -> Option<Transition> {
    let own = TABLE.actions.get(action).cloned();
    if own
        .as_ref()
        .is_some_and(|own| !own.set.is_empty() || own.does != TransitionKind::Change || own.missing.is_some())
    {
        return own;
    }
    let verb = path.rsplit('/').next().and_then(|verb| TABLE.verbs.get(verb));
    let fitting = verb.into_iter().flatten().filter(|(path, value)| takes(&entity.fields, path, value));
    let set: Body = fitting.map(|(path, value)| (path.clone(), value.clone())).collect();
    if set.is_empty() { own } else { Some(Transition { set, ..own.unwrap_or_default() }) }
}

/// Returns the states that allow an action and the error in all others, if the table has them.
pub(super) fn states(action: &str) -> Option<&'static Transition> {
    TABLE.actions.get(action).filter(|transition| !transition.when.is_empty())
}

/// Whether an object has the field, and the field accepts the value.
fn takes(fields: &[Member], path: &str, value: &Json) -> bool {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let Some(field) = find(fields, name) else { return false };
    match (&field.shape.kind, rest, value) {
        (Kind::Object(inner), Some(rest), value) => takes(inner, rest, value),
        (_, Some(_), _) => false,
        (_, None, Json::String(text)) if text.is_empty() => !field.shape.is_required(),
        (Kind::Enum(values), None, Json::String(text)) => values.contains(text) || text.contains('{'),
        (_, None, Json::String(text)) if text.contains('{') => true,
        (kind, None, value) => shape::holds(kind, value),
    }
}

/// The params that do more than set the field of their name.
pub(super) fn apart(entity: &Entity) -> &'static [String] {
    TABLE.apart.get(&entity.key).map_or(&[], Vec::as_slice)
}

/// Applies the defaults of a new object for which there are no params; an object that can be active is
/// active.
pub(super) fn apply_defaults(call: &Call<'_>, body: &mut Body) {
    if body.get("active").is_some_and(Json::is_boolean) && !call.params.contains_key("active") {
        set(body, "active", true);
    }
    for (path, value) in TABLE.new.get(&call.entity.key).into_iter().flatten() {
        write_unsaid(call, body, path, value);
    }
    for Conditional { when, unless, set } in TABLE.new_if.get(&call.entity.key).into_iter().flatten() {
        let nothing = Body::new();
        if all_have(body, when, &nothing) && (unless.is_empty() || !all_have(body, unless, &nothing)) {
            set.iter().for_each(|(path, value)| write_unsaid(call, body, path, value));
        }
    }
}

/// Writes the defaults of an object that exists without being created.
pub(super) fn write_new(entity: &Entity, body: &mut Body) {
    for (path, value) in TABLE.new.get(&entity.key).into_iter().flatten() {
        write_at(entity, body, path, value.clone());
    }
}

/// Writes a value unless the params set it.
fn write_unsaid(call: &Call<'_>, body: &mut Body, path: &str, value: &Json) {
    if fields::at(&call.params, path).is_none_or(|given| *given == "") {
        write(call, body, path, value);
    }
}

/// Sets the members of a transition.
pub(super) fn apply_transition(call: &Call<'_>, body: &mut Body, transition: &Transition) {
    for (path, value) in &transition.set {
        write(call, body, path, value);
    }
}

/// Writes a value; missing objects along the path are created with all their fields.
fn write(call: &Call<'_>, body: &mut Body, path: &str, value: &Json) {
    let Some(field) = call.entity.field_at(path) else { return };
    let Some(value) = resolve_value(call, body, &field.kind, value) else { return };
    write_at(call.entity, body, path, value);
}

fn write_at(entity: &Entity, body: &mut Body, path: &str, value: Json) {
    let mut fields = entity.fields.as_slice();
    let mut at = body;
    let mut rest = path;
    while let Some((name, further)) = rest.split_once('.') {
        let Some(outer) = find(fields, name) else { return };
        let slot = at.entry(name).or_insert(Json::Null);
        if !slot.is_object() {
            *slot = shape::least(&outer.shape.kind);
        }
        let (Kind::Object(inner), Some(members)) = (&outer.shape.kind, slot.as_object_mut()) else { return };
        (fields, at, rest) = (inner, members, further);
    }
    at.insert(rest.to_owned(), value);
}

/// Returns the value with its placeholders filled in, or `None` if one of them has no value.
fn resolve_value(call: &Call<'_>, body: &Body, kind: &Kind, value: &Json) -> Option<Json> {
    let Json::String(text) = value else { return Some(value.clone()) };
    if text.is_empty() {
        return Some(Json::Null);
    }
    let alone =
        text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).filter(|name| !name.is_empty());
    if let Some(name) = alone.filter(|name| !name.contains('{')) {
        let found = named(call, body, kind, name)?;
        return shape::holds(kind, &found).then_some(found);
    }
    let plain = |found: Json| found.as_str().map_or_else(|| found.to_string(), str::to_owned);
    message::filled(text, |name| named(call, body, kind, name).map(plain)).map(Json::from)
}

fn named(call: &Call<'_>, body: &Body, kind: &Kind, name: &str) -> Option<Json> {
    let seconds =
        |later: &str| later.strip_prefix('+').and_then(|later| later.parse::<i64>().ok()).unwrap_or(0);
    if let Some(later) = name.strip_prefix("now") {
        return Some(moment(kind, call.now + seconds(later)));
    }
    if let Some(later) = name.strip_prefix("end_of_day") {
        let at = call.now + seconds(later);
        return Some(moment(kind, at - at.rem_euclid(DAY) + DAY - 1));
    }
    if let Some(length) = name.strip_prefix("random") {
        return Some(identifier::random("", length.parse().unwrap_or(24)).into());
    }
    if let Some(length) = name.strip_prefix("capitals") {
        return Some(identifier::capitals(length.parse().ok()?).into());
    }
    match name {
        "account" => Some(call.caller.account.as_str().into()),
        "livemode" => Some(call.caller.livemode.into()),
        "version" => Some(crate::catalog::API_VERSION.into()),
        "id" if !call.id.is_empty() => Some(call.id.as_str().into()),
        path => [&call.params, body].into_iter().find_map(|from| call.resolve_path(from, path).ok()?),
    }
}

#[cfg(test)]
mod tests;
