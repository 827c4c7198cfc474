//! Automatic collection: invoices are finalized, paid and overdue as time passes.

use crate::sandbox::behaviour::invoice::finalize_and_pay::{
    collect, finalize_draft, mark_uncollectible, method_of, subscription_of, void,
};
use crate::sandbox::behaviour::order::Invoice;
use crate::sandbox::behaviour::payment_intent::PaymentAttempt;
use crate::sandbox::behaviour::prelude::*;

const HOUR: i64 = 60 * 60;
/// The pauses between payment attempts; after the last one, collection stops.
const RETRIES: [i64; 3] = [3 * 24 * HOUR, 5 * 24 * HOUR, 7 * 24 * HOUR];

/// Schedules the finalization of a draft that advances automatically, one hour after it was created.
pub(super) fn schedule(call: &Call<'_>, body: &mut Body) {
    let advances = flag(body, "auto_advance") && status(body) == "draft";
    let known = given_number(body, "automatically_finalizes_at").unwrap_or(call.now + HOUR);
    set(body, "automatically_finalizes_at", advances.then_some(known));
}

/// Returns when the next timed change of an invoice is due.
pub fn due_at(body: &Body) -> Option<i64> {
    match status(body) {
        "draft" => given_number(body, "automatically_finalizes_at"),
        "open" => given_number(body, "next_payment_attempt").or_else(|| overdue_at(body)),
        _ => None,
    }
}

/// Returns when a sent invoice becomes overdue, or `None` if it already is.
fn overdue_at(body: &Body) -> Option<i64> {
    let is_sent = text(body, "collection_method") == Some("send_invoice") && !flag(body, "_overdue");
    given_number(body, "due_date").filter(|_| is_sent)
}

/// Makes the timed change of an invoice; returns whether it remains unpaid, which its subscription has to
/// know.
pub fn turn(call: &Call<'_>, invoice: &str) -> ApiResult<bool> {
    let mut body = call.session.named("invoice", invoice)?;
    if status(&body) == "draft" && !finalize_or_keep(call, &mut body)? {
        return Ok(false);
    }
    if overdue_at(&body).is_some_and(|due| due <= call.now) {
        call.update(&mut body, body! {"_overdue": true})?;
        return Ok(true);
    }
    if status(&body) != "open" || text(&body, "collection_method") != Some("charge_automatically") {
        call.update(&mut body, body! {"next_payment_attempt": null})?;
        return Ok(false);
    }
    Ok(!try_collect(call, &mut body)?)
}

/// Finalizes a draft; returns whether it should be collected. With `pause_collection`, it stays a draft, is
/// voided or is marked uncollectible.
fn finalize_or_keep(call: &Call<'_>, body: &mut Body) -> ApiResult<bool> {
    let owner = subscription_of(call, body)?;
    let paused = owner.as_ref().and_then(|owner| text(owner, "pause_collection.behavior"));
    if paused == Some("keep_as_draft") {
        let kept = body! {
            "automatically_finalizes_at": null, "auto_advance": false, "next_payment_attempt": null,
        };
        return call.update(body, kept).map(|()| false);
    }
    finalize_draft(call, body)?;
    call.session.put(body)?;
    let Some(how) = paused.filter(|_| status(body) == "open") else { return Ok(true) };
    let about = call.on("invoice", id(body), Body::new())?;
    if how == "void" { void(&about) } else { mark_uncollectible(&about) }.map(|_| false)
}

/// Tries to collect the amount due, and schedules the next attempt; returns whether it is paid.
fn try_collect(call: &Call<'_>, body: &mut Body) -> ApiResult<bool> {
    let paid = if let Ok(method) = method_of(call, body) {
        matches!(collect(call, body, method, true)?, PaymentAttempt::Paid)
    } else {
        count(body, "attempt_count");
        count(body, "_failed");
        false
    };
    if !paid {
        let Invoice { attempt_count, .. } = typed(body)?;
        let pause = usize::try_from(attempt_count - 1).ok().and_then(|tried| RETRIES.get(tried));
        set(body, "next_payment_attempt", pause.map(|pause| call.now + pause));
    }
    call.session.put(body)?;
    Ok(paid)
}
