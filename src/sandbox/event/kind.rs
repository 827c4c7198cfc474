//! Which events a change is: `customer.created`, `invoice.paid`, `payment_method.attached`.

use crate::catalog::{OperationKind, Shape, catalog};
use crate::sandbox::fields::{object, status};
use crate::sandbox::store::{Body, Change};
use crate::sandbox::trigger::FieldTrigger;

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

/// Moments that no rule covers: object, member, turn, event.
const MOMENTS: &[(&str, &str, FieldTrigger, &str)] = &[
    ("billing.meter", "status", FieldTrigger::Is("inactive"), "billing.meter.deactivated"),
    ("billing.meter", "status", FieldTrigger::Was("inactive"), "billing.meter.reactivated"),
    ("charge", "amount_refunded", FieldTrigger::Set, "charge.refunded"),
    ("charge", "captured", FieldTrigger::Was("false"), "charge.captured"),
    ("checkout.session", "status", FieldTrigger::Is("complete"), "checkout.session.completed"),
    ("credit_note", "status", FieldTrigger::Is("void"), "credit_note.voided"),
    ("dispute", "_withdrawn", FieldTrigger::Set, "charge.dispute.funds_withdrawn"),
    ("dispute", "_reinstated", FieldTrigger::Set, "charge.dispute.funds_reinstated"),
    ("dispute", "status", FieldTrigger::Is("lost"), "charge.dispute.closed"),
    ("dispute", "status", FieldTrigger::Is("won"), "charge.dispute.closed"),
    ("invoice", "status_transitions.finalized_at", FieldTrigger::Set, "invoice.finalized"),
    ("invoice", "status", FieldTrigger::Is("paid"), "invoice.payment_succeeded"),
    ("invoice", "status", FieldTrigger::Is("void"), "invoice.voided"),
    ("invoice", "status", FieldTrigger::Is("uncollectible"), "invoice.marked_uncollectible"),
    ("invoice", "_failed", FieldTrigger::Set, "invoice.payment_failed"),
    ("invoice", "_waits", FieldTrigger::Set, "invoice.payment_action_required"),
    ("invoice", "_overdue", FieldTrigger::Set, "invoice.overdue"),
    ("invoice", "_sent", FieldTrigger::Set, "invoice.sent"),
    ("payment_intent", "amount_capturable", FieldTrigger::Set, "payment_intent.amount_capturable_updated"),
    ("payment_intent", "last_payment_error", FieldTrigger::Set, "payment_intent.payment_failed"),
    ("payment_method", "customer", FieldTrigger::Set, "payment_method.attached"),
    ("payment_method", "customer", FieldTrigger::Unset, "payment_method.detached"),
    ("quote", "status", FieldTrigger::Is("open"), "quote.finalized"),
    ("setup_intent", "last_setup_error", FieldTrigger::Set, "setup_intent.setup_failed"),
    ("subscription", "_pending_applied", FieldTrigger::Set, "customer.subscription.pending_update_applied"),
    ("subscription", "_pending_expired", FieldTrigger::Set, "customer.subscription.pending_update_expired"),
    ("subscription", "status", FieldTrigger::Is("canceled"), "customer.subscription.deleted"),
    ("subscription", "status", FieldTrigger::Was("paused"), "customer.subscription.resumed"),
    ("transfer", "amount_reversed", FieldTrigger::Set, "transfer.reversed"),
];

/// Moments after which Stripe does not say that the object was updated too.
const INSTEAD: &[&str] = &[
    "charge.captured",
    "charge.refunded",
    "customer.subscription.deleted",
    "payment_method.attached",
    "payment_method.detached",
];

/// The kinds of event of a change, in the order in which they happened.
pub(super) fn of(change: &Change) -> Vec<String> {
    let object = object(&change.after);
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
        .filter(|(of, path, trigger, _)| *of == object && trigger.happened(before, &change.after, path))
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

/// Every kind of event that Stripe has: what a webhook endpoint may ask for.
pub(super) fn known() -> &'static [String] {
    let endpoint = catalog().by_object("webhook_endpoint");
    let create = endpoint.and_then(|entity| entity.operation(OperationKind::Create));
    create.and_then(|create| create.param("enabled_events")).map(Shape::values).unwrap_or_default()
}

/// The state of an object, where it has one.
fn state(body: &Body) -> Option<&str> {
    Some(status(body)).filter(|state| !state.is_empty())
}
