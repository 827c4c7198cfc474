//! Which events a change is: `customer.created`, `invoice.paid`, `payment_method.attached`.

use serde_json::Value as Json;

use crate::catalog::{OperationKind, Shape, catalog};
use crate::sandbox::store::{Body, Change};

use super::state;

/// Objects whose events bear another name.
const PREFIXES: &[(&str, &str)] = &[
    ("bank_account", "customer.source"),
    ("card", "customer.source"),
    ("discount", "customer.discount"),
    ("dispute", "charge.dispute"),
    ("source", "customer.source"),
    ("subscription", "customer.subscription"),
    ("tax_id", "customer.tax_id"),
    ("scheduled_query_run", "sigma.scheduled_query_run"),
];

/// How a member changed.
#[derive(Debug, Clone, Copy)]
enum Turn {
    /// It has a value that it had not.
    Set,
    /// It had a value and has none.
    Unset,
    /// It has this value and had another.
    Is(&'static str),
    /// It had this value and has another.
    Was(&'static str),
}

/// Moments that no rule covers: object, member, turn, event.
const MOMENTS: &[(&str, &str, Turn, &str)] = &[
    ("billing.meter", "/status", Turn::Is("inactive"), "billing.meter.deactivated"),
    ("billing.meter", "/status", Turn::Was("inactive"), "billing.meter.reactivated"),
    ("charge", "/amount_refunded", Turn::Set, "charge.refunded"),
    ("charge", "/captured", Turn::Was("false"), "charge.captured"),
    ("checkout.session", "/status", Turn::Is("complete"), "checkout.session.completed"),
    ("credit_note", "/status", Turn::Is("void"), "credit_note.voided"),
    ("dispute", "/_withdrawn", Turn::Set, "charge.dispute.funds_withdrawn"),
    ("dispute", "/status", Turn::Is("lost"), "charge.dispute.closed"),
    ("dispute", "/status", Turn::Is("won"), "charge.dispute.closed"),
    ("invoice", "/status_transitions/finalized_at", Turn::Set, "invoice.finalized"),
    ("invoice", "/status", Turn::Is("paid"), "invoice.payment_succeeded"),
    ("invoice", "/status", Turn::Is("void"), "invoice.voided"),
    ("invoice", "/status", Turn::Is("uncollectible"), "invoice.marked_uncollectible"),
    ("invoice", "/_failed", Turn::Set, "invoice.payment_failed"),
    ("invoice", "/_waits", Turn::Set, "invoice.payment_action_required"),
    ("invoice", "/_sent", Turn::Set, "invoice.sent"),
    ("payment_intent", "/amount_capturable", Turn::Set, "payment_intent.amount_capturable_updated"),
    ("payment_intent", "/last_payment_error", Turn::Set, "payment_intent.payment_failed"),
    ("payment_method", "/customer", Turn::Set, "payment_method.attached"),
    ("payment_method", "/customer", Turn::Unset, "payment_method.detached"),
    ("quote", "/status", Turn::Is("open"), "quote.finalized"),
    ("setup_intent", "/last_setup_error", Turn::Set, "setup_intent.setup_failed"),
    ("subscription", "/status", Turn::Is("canceled"), "customer.subscription.deleted"),
    ("subscription", "/status", Turn::Was("paused"), "customer.subscription.resumed"),
    ("transfer", "/amount_reversed", Turn::Set, "transfer.reversed"),
];

/// Moments after which Stripe does not say that the object was updated too.
const INSTEAD: &[&str] =
    &["customer.subscription.deleted", "payment_method.attached", "payment_method.detached"];

/// The kinds of event of a change, in the order in which they happened.
pub(super) fn of(change: &Change) -> Vec<String> {
    let object = change.after.get("object").and_then(Json::as_str).unwrap_or_default();
    let prefix = PREFIXES.iter().find(|(name, _)| *name == object).map(|(_, prefix)| (*prefix).to_owned());
    let prefix = prefix.unwrap_or_else(|| object.replace("issuing.", "issuing_"));
    let mut kinds = Vec::new();
    if change.gone {
        kinds.push(format!("{prefix}.deleted"));
    } else {
        let moments = moments(object, &prefix, change);
        match &change.before {
            None => kinds.push(format!("{prefix}.created")),
            Some(before) if differs(before, &change.after) => {
                if !moments.iter().any(|moment| INSTEAD.contains(&moment.as_str())) {
                    kinds.push(format!("{prefix}.updated"));
                }
            }
            Some(_) => {}
        }
        kinds.extend(moments);
    }
    kinds.retain(|kind| known().contains(kind));
    kinds
}

fn differs(before: &Body, after: &Body) -> bool {
    after
        .iter()
        .any(|(name, new)| !name.starts_with('_') && name != "updated" && before.get(name) != Some(new))
}

/// The events that the members tell of, and the state that an event is named after.
fn moments(object: &str, prefix: &str, change: &Change) -> Vec<String> {
    let before = change.before.as_ref();
    let mut found: Vec<String> = MOMENTS
        .iter()
        .filter(|(of, pointer, turn, _)| *of == object && happened(before, &change.after, pointer, *turn))
        .map(|(_, _, _, kind)| (*kind).to_owned())
        .collect();
    if let Some(reached) = state(&change.after).filter(|now| before.and_then(state) != Some(now)) {
        let kind = format!("{prefix}.{reached}");
        if !found.contains(&kind) {
            found.push(kind);
        }
    }
    found
}

fn happened(before: Option<&Body>, after: &Body, pointer: &str, turn: Turn) -> bool {
    let (old, new) = (before.and_then(|body| member(body, pointer)), member(after, pointer));
    match turn {
        Turn::Set => new.as_deref().is_some_and(|new| new != "0") && old != new,
        Turn::Unset => old.is_some() && new.is_none(),
        Turn::Is(value) => new.as_deref() == Some(value) && old != new,
        Turn::Was(value) => old.as_deref() == Some(value) && old != new,
    }
}

/// A member as text; none when it is absent or null.
fn member(body: &Body, pointer: &str) -> Option<String> {
    let mut parts = pointer.trim_start_matches('/').split('/');
    let first = body.get(parts.next()?)?;
    let found = parts.try_fold(first, |at, part| at.get(part))?;
    match found {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Every kind of event that Stripe has: what a webhook endpoint may ask for.
pub(super) fn known() -> &'static [String] {
    let endpoint = catalog().by_object("webhook_endpoint");
    let create = endpoint.and_then(|entity| entity.operation(OperationKind::Create));
    create.and_then(|create| create.param("enabled_events")).map(Shape::values).unwrap_or_default()
}
