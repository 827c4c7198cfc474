//! Event types of changes: `customer.created`, `invoice.paid`, `payment_method.attached`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::catalog::embedded::embedded_table;
use crate::catalog::{OperationKind, Shape, catalog};
use crate::sandbox::fields::{object, status, text};
use crate::sandbox::store::{Body, ObjectChange};
use crate::sandbox::trigger::FieldTrigger;

/// The content of `kind.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    moments: Vec<FieldEvent>,
    prefixes: Vec<EventPrefix>,
    not_of_new: Vec<String>,
    unsaid: BTreeMap<String, Vec<String>>,
}

/// The prefix of the event types of an object.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventPrefix {
    of: String,
    /// Applies only if this member has a value.
    has: Option<String>,
    prefix: String,
}

/// A change of a field that has an event of its own.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct FieldEvent {
    of: String,
    member: String,
    event: String,
    is: Option<String>,
    was: Option<String>,
    unset: bool,
    instead: bool,
    former: bool,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| embedded_table!("sandbox/event/kind.toml"));

impl FieldEvent {
    fn happened(&self, object: &str, change: &ObjectChange) -> bool {
        let trigger = match (&self.is, &self.was) {
            (Some(value), _) => FieldTrigger::Is(value),
            (_, Some(value)) => FieldTrigger::Was(value),
            _ if self.unset => FieldTrigger::Unset,
            _ => FieldTrigger::Set,
        };
        self.of == object && trigger.happened(change.before.as_ref(), &change.after, &self.member)
    }
}

/// Returns the event types of a change, in the order in which they happened.
pub(super) fn of(change: &ObjectChange) -> Vec<String> {
    let object = object(&change.after);
    let prefix = prefix(object, &change.after);
    let mut kinds = match (&change.before, change.gone) {
        // Created and deleted in the same turn: nobody has seen it.
        (None, true) => Vec::new(),
        (Some(_), true) => vec![format!("{prefix}.deleted")],
        _ => event_names(object, &prefix, change),
    };
    kinds.retain(|kind| known().contains(kind));
    kinds
}

/// Whether a change has an event of its own, besides created, updated and deleted.
pub(super) fn is_moment(change: &ObjectChange) -> bool {
    let object = object(&change.after);
    !change.gone && !own(object, &prefix(object, &change.after), change).is_empty()
}

/// Whether events of this type have `previous_attributes`.
pub(super) fn tells_former(kind: &str) -> bool {
    kind.ends_with(".updated") || TABLE.moments.iter().any(|moment| moment.former && moment.event == kind)
}

/// Returns the prefix of an object's event types: its type, unless the table says otherwise.
fn prefix(object: &str, body: &Body) -> String {
    let fits = |row: &&EventPrefix| {
        row.of == object && row.has.as_ref().is_none_or(|member| text(body, member).is_some())
    };
    let row = TABLE.prefixes.iter().find(fits);
    row.map_or_else(|| object.replace("issuing.", "issuing_"), |row| row.prefix.clone())
}

/// Returns the event types of a change that did not delete the object.
fn event_names(object: &str, prefix: &str, change: &ObjectChange) -> Vec<String> {
    let mut kinds = match &change.before {
        None => vec![format!("{prefix}.created")],
        Some(before)
            if differs(before, &change.after) && moments(object, change).all(|moment| !moment.instead) =>
        {
            vec![format!("{prefix}.updated")]
        }
        Some(_) => Vec::new(),
    };
    kinds.extend(own(object, prefix, change));
    kinds
}

fn moments(object: &str, change: &ObjectChange) -> impl Iterator<Item = &'static FieldEvent> {
    TABLE.moments.iter().filter(move |moment| moment.happened(object, change))
}

/// Returns the event types for changed fields and for the new state.
fn own(object: &str, prefix: &str, change: &ObjectChange) -> Vec<String> {
    let mut kinds: Vec<String> = moments(object, change).map(|moment| moment.event.clone()).collect();
    let state = |body| Some(status(body)).filter(|state| !state.is_empty());
    let reached = state(&change.after).filter(|now| change.before.as_ref().and_then(state) != Some(now));
    let reached = reached.map(|state| format!("{prefix}.{state}"));
    let is_new = change.before.is_none();
    kinds.extend(reached.filter(|kind| !(kinds.contains(kind) || is_new && TABLE.not_of_new.contains(kind))));
    kinds.retain(|kind| known().contains(kind));
    kinds
}

fn differs(before: &Body, after: &Body) -> bool {
    let of = object(after);
    after.iter().any(|(name, new)| before.get(name) != Some(new) && !is_unsaid(of, name))
}

/// Whether changes of this field have no events.
pub(super) fn is_unsaid(object: &str, name: &str) -> bool {
    let own = TABLE.unsaid.get(object).into_iter().flatten();
    name.starts_with('_') || name == "updated" || own.into_iter().any(|unsaid| unsaid == name)
}

/// Returns all of Stripe's event types, which a webhook endpoint may ask for.
pub(super) fn known() -> &'static [String] {
    let endpoint = catalog().by_key("webhook_endpoint");
    let create = endpoint.and_then(|entity| entity.operation(OperationKind::Create));
    create.and_then(|create| create.param("enabled_events")).map(Shape::values).unwrap_or_default()
}

#[cfg(test)]
mod tests;
