//! What time does to a subscription: the trial ends, a period begins, the end comes.

use crate::sandbox::behaviour::invoice;
use crate::sandbox::behaviour::prelude::*;

use super::bill::HOUR;
use super::item::{self, Item};
use super::{bill, ending, pending, trial, upcoming};

/// A first payment may be made this long.
const FIRST_PAYMENT: i64 = 23 * HOUR;
/// When time next does something to the subscription or to its latest invoice.
pub fn due_at(call: &Call<'_>, body: &Body) -> Outcome<Option<i64>> {
    let latest = call.session.linked(body, "latest_invoice", "invoice")?;
    let of_invoice = latest.as_ref().and_then(invoice::due_at);
    let own = match status(body) {
        "incomplete" => Some(needed_number(body, "start_date")? + FIRST_PAYMENT),
        "active" | "trialing" | "past_due" => {
            let next = item::period_ends(body).map(|(next, _)| next);
            let others = ["cancel_at", "pause_collection.resumes_at", "pending_update.expires_at"];
            let others = others.map(|at| given_number(body, at));
            let announced = [trial::announced_at(body), upcoming::due_at(body)];
            next.into_iter().chain(others.into_iter().chain(announced).flatten()).min()
        }
        _ => None,
    };
    Ok(own.into_iter().chain(of_invoice).min())
}

/// The time two of the shortest intervals later, of the subscriptions under a clock; none where it has none.
pub fn two_intervals(call: &Call<'_>, clock: &str, now: i64) -> Outcome<Option<i64>> {
    let mut first: Option<i64> = None;
    for owner in call.session.having("subscription", "test_clock", clock)? {
        for own in item::of(call, id(&owner))?.iter().filter(|_| !ending::ENDED.contains(&status(&owner))) {
            let cycle = item::cycle(own)?;
            let later = cycle.after(cycle.after(now));
            first = Some(first.map_or(later, |first| first.min(later)));
        }
    }
    Ok(first)
}

/// Does what is due at the time of the call.
pub fn turn(call: &Call<'_>, subscription: &str) -> Outcome<()> {
    let mut body = call.session.named("subscription", subscription)?;
    let latest = call.session.linked(&body, "latest_invoice", "invoice")?;
    if let Some(latest) = latest.filter(|latest| invoice::due_at(latest).is_some_and(|due| due <= call.now)) {
        return collect(call, &body, latest);
    }
    if trial::announce(call, &mut body) {
        return call.session.put(&body);
    }
    if status(&body) == "incomplete" {
        return ending::close(call, id(&body));
    }
    if upcoming::due_at(&body).is_some_and(|at| at <= call.now) {
        return upcoming::announce(call, body);
    }
    if given_number(&body, "pending_update.expires_at").is_some_and(|at| at <= call.now) {
        return pending::give_up(call, &body);
    }
    if given_number(&body, "pause_collection.resumes_at").is_some_and(|at| at <= call.now) {
        return call.alter(&mut body, body! {"pause_collection": null});
    }
    if given_number(&body, "cancel_at").is_some_and(|at| at <= call.now) {
        bill::last(call, &body, "subscription_cycle", "past_due")?;
        return ending::close(call, id(&body));
    }
    if status(&body) == "trialing" && !trial::goes_on(call, &mut body)? {
        return Ok(());
    }
    renew(call, body)
}

/// The next period of every item whose last is over, on one draft.
fn renew(call: &Call<'_>, mut body: Body) -> Outcome<()> {
    let mut draft = next(call, &body)?;
    let attempt =
        (text(&draft, "collection_method") == Some("charge_automatically")).then_some(call.now + HOUR);
    call.alter(
        &mut draft,
        body! {
            "automatically_finalizes_at": call.now + HOUR, "next_payment_attempt": attempt,
        },
    )?;
    bill::drop_ended_discounts(call, &mut body)?;
    call.alter(&mut body, body! {"latest_invoice": id(&draft)})
}

/// The draft with which the next periods begin, not yet kept.
pub(super) fn next(call: &Call<'_>, body: &Body) -> Outcome<Body> {
    let mut draft = bill::draft(call, body, "subscription_cycle")?;
    let mut renewed = Vec::new();
    for mut own in item::of(call, id(body))? {
        let Item { quantity, period: (start, end), .. } = Item::of(&own, body)?;
        if end > call.now {
            continue;
        }
        // the invoice of a renewal is dated by the period that is over
        let since = needed_number(&draft, "period_start")?.min(start);
        set(&mut draft, "period_start", since);
        let was_trial = given_number(body, "trial_end") == Some(end);
        if quantity.is_none() && !was_trial {
            bill::used(call, body, &own, end, &mut draft)?;
        }
        item::set_period(&mut own, body, end)?;
        call.session.put(&own)?;
        renewed.extend(quantity.map(|_| own));
    }
    bill::ahead(call, body, renewed, &mut draft)?;
    bill::gather(call, body, &mut draft)?;
    Ok(draft)
}

/// Finalizes the latest invoice, or tries again to have it paid.
fn collect(call: &Call<'_>, body: &Body, mut latest: Body) -> Outcome<()> {
    let paused = text(body, "pause_collection.behavior");
    if status(&latest) == "draft" && paused == Some("keep_as_draft") {
        return call.alter(
            &mut latest,
            body! {
                "automatically_finalizes_at": null, "auto_advance": false, "next_payment_attempt": null,
            },
        );
    }
    if status(&latest) == "draft" {
        invoice::open(call, &mut latest)?;
        call.session.put(&latest)?;
    }
    if let (Some(paused), "open") = (paused, status(&latest)) {
        return give_up(call, &latest, paused);
    }
    if invoice::overdue_at(&latest).is_some_and(|due| due <= call.now) {
        call.alter(&mut latest, body! {"_overdue": true})?;
        return set_past_due(call, body);
    }
    let automatic = text(&latest, "collection_method") == Some("charge_automatically");
    if status(&latest) != "open" || !automatic {
        return call.alter(&mut latest, body! {"next_payment_attempt": Json::Null});
    }
    take(call, body, latest)
}

/// While the collection is paused, what would be collected is void or uncollectible.
fn give_up(call: &Call<'_>, latest: &Body, how: &str) -> Outcome<()> {
    let about = call.on("invoice", id(latest), Body::new())?;
    match how {
        "void" => invoice::void(&about),
        _ => invoice::mark_uncollectible(&about),
    }
    .map(drop)
}

/// Takes what is due; what cannot be taken is tried again, and in the end given up.
fn take(call: &Call<'_>, body: &Body, mut latest: Body) -> Outcome<()> {
    if invoice::take(call, &mut latest)? {
        return Ok(());
    }
    if given_number(&latest, "next_payment_attempt").is_none() {
        let mut body = call.session.named("subscription", id(body))?;
        set_inner(&mut body, "cancellation_details", "reason", "payment_failed");
        call.session.put(&body)?;
        return ending::close(call, id(&body));
    }
    set_past_due(call, body)
}

fn set_past_due(call: &Call<'_>, body: &Body) -> Outcome<()> {
    let mut body = call.session.named("subscription", id(body))?;
    call.alter(&mut body, body! {"status": "past_due"})
}
