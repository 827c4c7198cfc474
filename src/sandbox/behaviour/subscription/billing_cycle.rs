//! Moves a subscription forward in time: ends its trial, renews it, or ends it.

use crate::sandbox::behaviour::invoice;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::subscription::bill::{self, HOUR};
use crate::sandbox::behaviour::subscription::item::{self, Item};
use crate::sandbox::behaviour::subscription::termination::{self, FinalBilling};
use crate::sandbox::behaviour::subscription::{pending, trial, upcoming, views};

/// How long the first payment may take.
const FIRST_PAYMENT: i64 = 23 * HOUR;

/// Returns when the next timed change of the subscription is due.
pub fn due_at(body: &Body) -> ApiResult<Option<i64>> {
    Ok(match status(body) {
        "incomplete" => Some(needed_number(body, "start_date")? + FIRST_PAYMENT),
        "active" | "trialing" | "past_due" => {
            let next = item::period_ends(body).map(|(next, _)| next);
            let others = ["cancel_at", "pause_collection.resumes_at", "pending_update.expires_at"];
            let others = others.map(|at| given_number(body, at));
            let announced = [trial::announced_at(body), upcoming::due_at(body)];
            next.into_iter().chain(others.into_iter().chain(announced).flatten()).min()
        }
        _ => None,
    })
}

/// Returns `now` plus two of the shortest billing intervals of the subscriptions under a clock, or `None` if
/// there are no subscriptions.
pub fn two_intervals(call: &Call<'_>, clock: &str, now: i64) -> ApiResult<Option<i64>> {
    let mut first: Option<i64> = None;
    for owner in call.session.having("subscription", "test_clock", clock)? {
        for own in
            item::of(call, id(&owner))?.iter().filter(|_| !termination::ENDED.contains(&status(&owner)))
        {
            let cycle = item::cycle(own)?;
            let later = cycle.after(cycle.after(now));
            first = Some(first.map_or(later, |first| first.min(later)));
        }
    }
    Ok(first)
}

/// Makes the change that is due at the time of the call.
pub fn turn(call: &Call<'_>, subscription: &str) -> ApiResult<()> {
    let mut body = call.session.named("subscription", subscription)?;
    if trial::announce(call, &mut body) {
        return call.session.put(&body);
    }
    if status(&body) == "incomplete" {
        return termination::end_now(call, id(&body), FinalBilling::Nothing);
    }
    if upcoming::due_at(&body).is_some_and(|at| at <= call.now) {
        return upcoming::announce(call, body);
    }
    if given_number(&body, "pending_update.expires_at").is_some_and(|at| at <= call.now) {
        return pending::discard(call, &body);
    }
    if given_number(&body, "pause_collection.resumes_at").is_some_and(|at| at <= call.now) {
        return call.update(&mut body, body! {"pause_collection": null});
    }
    if given_number(&body, "cancel_at").is_some_and(|at| at <= call.now) {
        return termination::end_now(call, id(&body), FinalBilling::AsPlanned);
    }
    if status(&body) == "trialing" && !trial::end_trial(call, &mut body)? {
        return Ok(());
    }
    renew(call, body)
}

/// Starts the next period of each item whose current period has ended, on one draft invoice.
fn renew(call: &Call<'_>, mut body: Body) -> ApiResult<()> {
    let mut draft = next(call, &body)?;
    let attempt =
        (text(&draft, "collection_method") == Some("charge_automatically")).then_some(call.now + HOUR);
    call.update(
        &mut draft,
        body! {
            "automatically_finalizes_at": call.now + HOUR, "next_payment_attempt": attempt,
        },
    )?;
    bill::drop_ended_discounts(call, &mut body)?;
    call.update(&mut body, body! {"latest_invoice": id(&draft)})
}

/// Builds the draft invoice for the next periods without storing it.
pub(super) fn next(call: &Call<'_>, body: &Body) -> ApiResult<Body> {
    let mut draft = bill::draft(call, body, "subscription_cycle")?;
    let mut renewed = Vec::new();
    for mut own in item::of(call, id(body))? {
        let Item { quantity, period: (start, end), .. } = Item::of(&own, body)?;
        if end > call.now {
            continue;
        }
        // A renewal invoice shows the period that has ended.
        let since = needed_number(&draft, "period_start")?.min(start);
        set(&mut draft, "period_start", since);
        let was_trial = given_number(body, "trial_end") == Some(end);
        if quantity.is_none() && !was_trial {
            bill::add_usage_line(call, body, &own, end, &mut draft)?;
        }
        item::set_period(&mut own, body, end)?;
        call.session.put(&own)?;
        renewed.extend(quantity.map(|_| own));
    }
    bill::add_advance_lines(call, body, renewed, &mut draft)?;
    bill::complete_draft(call, body, &mut draft)?;
    Ok(draft)
}

/// Handles an invoice that stayed unpaid: if it is the latest, its subscription becomes past due, and is
/// canceled after the last attempt.
pub fn invoice_unpaid(call: &Call<'_>, named: &str) -> ApiResult<()> {
    let unpaid = call.session.named("invoice", named)?;
    let Some(mut body) = invoice::subscription_of(call, &unpaid)? else { return Ok(()) };
    if text(&body, "latest_invoice") != Some(named) || !views::is_running(&body) {
        return Ok(());
    }
    let is_tried = text(&unpaid, "collection_method") == Some("charge_automatically");
    if is_tried && given_number(&unpaid, "next_payment_attempt").is_none() {
        set_inner(&mut body, "cancellation_details", "reason", "payment_failed");
        call.session.put(&body)?;
        return termination::end_now(call, id(&body), FinalBilling::Nothing);
    }
    call.update(&mut body, body! {"status": "past_due"})
}
