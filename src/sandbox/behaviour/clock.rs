//! Test clocks: the time of their customers, moved by a call.

use super::prelude::*;
use super::{generic, schedule, subscription};

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Delete, delete)],
    actions: &[("AdvanceTestHelpersTestClock", advance)],
    ..Behaviour::of(&["test_helpers.test_clock"])
}];

/// More turns than any two years hold.
const MOST_TURNS: usize = 20_000;

/// `DELETE /v1/test_helpers/test_clocks/{id}`: its customers go with it, and all that is theirs.
fn delete(call: &Call<'_>) -> Outcome<Json> {
    let body = call.named()?;
    for customer in call.session.having("customer", "test_clock", id(&body))? {
        super::customer::delete(&call.on("customer", id(&customer), Body::new())?)?;
    }
    generic::remove(call, &body)
}

/// `POST /v1/test_helpers/test_clocks/{id}/advance`: everything that is due on the way happens at
/// its time.
fn advance(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    let target = needed_number(&call.params, "frozen_time")?;
    let now = needed_number(&body, "frozen_time")?;
    call.alter(&mut body, body! {"status": "advancing"})?;
    for _ in 0..MOST_TURNS {
        let Some((at, what, named)) = next(call, id(&body))?.filter(|(at, ..)| *at <= target) else { break };
        call.session.end_turn();
        let timed = Call { now: at.max(now), ..call.clone() };
        // whoever asks for the time of a customer is told this one
        call.alter(&mut body, body! {"frozen_time": timed.now})?;
        match what {
            What::Schedule => schedule::turn(&timed, &named)?,
            What::Subscription => subscription::turn(&timed, &named)?,
        }
        timed.react()?;
    }
    call.session.end_turn();
    body.extend(body! {"frozen_time": target, "status": "ready"});
    call.keep(body)
}

/// What has something due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Schedule,
    Subscription,
}

/// What is due first under a clock, and when.
fn next(call: &Call<'_>, clock: &str) -> Outcome<Option<(i64, What, String)>> {
    let mut first: Option<(i64, What, String)> = None;
    let mut offer = |at: Option<i64>, what: What, body: &Body| {
        if let Some(at) = at {
            let found = (at, what, id(body).to_owned());
            first = Some(first.take().map_or(found.clone(), |known| known.min(found)));
        }
    };
    for body in call.session.having("subscription_schedule", "test_clock", clock)? {
        offer(schedule::due_at(&body), What::Schedule, &body);
    }
    for body in call.session.having("subscription", "test_clock", clock)? {
        if !matches!(status(&body), "canceled" | "incomplete_expired")
            || text(&body, "latest_invoice").is_some()
        {
            offer(subscription::due_at(call, &body)?, What::Subscription, &body);
        }
    }
    Ok(first)
}
