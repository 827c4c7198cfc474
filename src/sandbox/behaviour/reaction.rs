//! Reactions: a change of one object changes others. A table of them is applied to the changes of a call, and
//! to the changes that these cause, until there are no more.

use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{
    checkout, delinquency, destination_charge, dispute, entitlement, invoice, promotion_code, schedule,
    subscription,
};
use crate::sandbox::store::ObjectChange;
use crate::sandbox::trigger::FieldTrigger::{self, Is, Set};

/// One row of the table.
struct Reaction {
    /// The type of the object that changed.
    of: &'static str,
    /// The change that triggers it.
    when: ReactionTrigger,
    /// The function that it runs.
    then: Then,
}

/// Changes other objects; receives the object that changed.
type Then = fn(&Call<'_>, &Body) -> ApiResult<()>;

/// A change that triggers a reaction.
enum ReactionTrigger {
    /// A field changed: its path, and how it changed.
    Member(&'static str, FieldTrigger<'static>),
    /// The object was deleted.
    Deleted,
}

const REACTIONS: &[Reaction] = &[
    on("charge", "_contested", Set, dispute::raise),
    on("charge", "captured", Is("true"), destination_charge::captured),
    on_deleted("coupon", promotion_code::coupon_deleted),
    on("invoice", "_failed", Set, delinquency::payment_failed),
    on("invoice", "status", Is("paid"), delinquency::mark_not_delinquent),
    on("invoice", "status", Is("uncollectible"), delinquency::mark_not_delinquent),
    on("invoice", "status", Is("paid"), subscription::invoice_paid),
    on("invoice", "status", Is("void"), subscription::invoice_voided),
    on("payment_intent", "status", Is("succeeded"), invoice::intent_succeeded),
    on("payment_intent", "status", Is("succeeded"), invoice::attached_succeeded),
    on("payment_intent", "status", Is("succeeded"), checkout::intent_succeeded),
    on("subscription", "items", Set, entitlement::changed),
    on("subscription", "status", Set, entitlement::changed),
    on("subscription", "_upcoming", Set, subscription::announce_upcoming),
    on("subscription", "status", Is("canceled"), schedule::subscription_canceled),
    on("setup_intent", "status", Is("succeeded"), subscription::setup_succeeded),
];

/// More changes than any call makes, so that reactions cannot loop forever.
const MOST: usize = 10_000;

/// Declares a reaction to a change of a field.
const fn on(of: &'static str, path: &'static str, trigger: FieldTrigger<'static>, then: Then) -> Reaction {
    Reaction { of, when: ReactionTrigger::Member(path, trigger), then }
}

/// Declares a reaction to the deletion of an object.
const fn on_deleted(of: &'static str, then: Then) -> Reaction {
    Reaction { of, when: ReactionTrigger::Deleted, then }
}

impl Reaction {
    fn fits(&self, change: &ObjectChange) -> bool {
        text(&change.after, "object") == Some(self.of)
            && match self.when {
                ReactionTrigger::Deleted => change.gone,
                ReactionTrigger::Member(path, trigger) => {
                    !change.gone && trigger.happened(change.before.as_ref(), &change.after, path)
                }
            }
    }
}

/// Runs the reactions to the changes of a call, and to the changes that these reactions make. Returns the
/// objects that the reactions changed.
pub(super) fn run(call: &Call<'_>) -> ApiResult<Vec<Body>> {
    let mut first = call.session.steps_left();
    let mut reacted = Vec::new();
    for _ in 0..MOST {
        let Some(change) = call.session.next_step() else { return Ok(reacted) };
        for reaction in REACTIONS.iter().filter(|reaction| reaction.fits(&change)) {
            (reaction.then)(call, &change.after)?;
        }
        if first == 0 {
            reacted.push(change.after);
        }
        first = first.saturating_sub(1);
    }
    Err(ApiError::internal("The reactions to this call come to no end."))
}

/// Returns the answer of a call with its object as the reactions left it.
pub(super) fn with_changes(answer: Json, reacted: &[Body]) -> Json {
    let shows = |body: &&Body| {
        answer.get("id").and_then(Json::as_str) == Some(id(body))
            && answer.get("object").and_then(Json::as_str) == text(body, "object")
    };
    reacted.iter().rev().find(shows).cloned().map_or(answer, Json::Object)
}
