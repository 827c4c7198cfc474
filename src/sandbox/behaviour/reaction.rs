//! Reactions: what a change of one object changes in others. A table, run over the steps of a call until nothing
//! changes any more.

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
    /// The change that matters.
    when: ReactionTrigger,
    /// What follows for other objects; it is given the object that changed.
    then: fn(&Call<'_>, &Body) -> ApiResult<()>,
}

/// A change that a reaction follows.
enum ReactionTrigger {
    /// The member that a path leads to changed so.
    Member(&'static str, FieldTrigger<'static>),
    /// The object was deleted.
    Deleted,
}

const REACTIONS: &[Reaction] = &[
    Reaction { of: "charge", when: ReactionTrigger::Member("_contested", Set), then: dispute::raise },
    Reaction {
        of: "charge",
        when: ReactionTrigger::Member("captured", Is("true")),
        then: destination_charge::captured,
    },
    Reaction { of: "coupon", when: ReactionTrigger::Deleted, then: promotion_code::coupon_deleted },
    Reaction {
        of: "invoice",
        when: ReactionTrigger::Member("_failed", Set),
        then: delinquency::payment_failed,
    },
    Reaction {
        of: "invoice",
        when: ReactionTrigger::Member("status", Is("paid")),
        then: delinquency::settled,
    },
    Reaction {
        of: "invoice",
        when: ReactionTrigger::Member("status", Is("uncollectible")),
        then: delinquency::settled,
    },
    Reaction {
        of: "invoice",
        when: ReactionTrigger::Member("status", Is("paid")),
        then: subscription::invoice_paid,
    },
    Reaction {
        of: "invoice",
        when: ReactionTrigger::Member("status", Is("void")),
        then: subscription::invoice_voided,
    },
    Reaction {
        of: "payment_intent",
        when: ReactionTrigger::Member("status", Is("succeeded")),
        then: invoice::intent_succeeded,
    },
    Reaction {
        of: "payment_intent",
        when: ReactionTrigger::Member("status", Is("succeeded")),
        then: invoice::attached_succeeded,
    },
    Reaction {
        of: "payment_intent",
        when: ReactionTrigger::Member("status", Is("succeeded")),
        then: checkout::captured,
    },
    Reaction { of: "subscription", when: ReactionTrigger::Member("items", Set), then: entitlement::changed },
    Reaction { of: "subscription", when: ReactionTrigger::Member("status", Set), then: entitlement::changed },
    Reaction {
        of: "subscription",
        when: ReactionTrigger::Member("_upcoming", Set),
        then: subscription::tell_upcoming,
    },
    Reaction {
        of: "subscription",
        when: ReactionTrigger::Member("status", Is("canceled")),
        then: schedule::subscription_canceled,
    },
    Reaction {
        of: "setup_intent",
        when: ReactionTrigger::Member("status", Is("succeeded")),
        then: subscription::set_up,
    },
];

/// More steps than any call takes before the others are let react.
const MOST: usize = 10_000;

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

/// Lets the other objects react to the steps of a call, and to those of their own reactions.
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

/// The answer of a call, with what the reactions changed in the object that it shows.
pub(super) fn seen(answer: Json, reacted: &[Body]) -> Json {
    let shows = |body: &&Body| {
        answer.get("id").and_then(Json::as_str) == Some(id(body))
            && answer.get("object").and_then(Json::as_str) == text(body, "object")
    };
    reacted.iter().rev().find(shows).cloned().map_or(answer, Json::Object)
}
