//! When a subscription is to end by itself, its end, and the states from which none comes back.

use super::{item, pending};
use crate::sandbox::behaviour::invoice;
use crate::sandbox::behaviour::prelude::*;

/// States from which no subscription comes back.
pub(super) const ENDED: &[&str] = &["canceled", "incomplete_expired"];

/// When the subscription is to end by itself.
pub(super) fn ending(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    let at_period_end = call.params.get("cancel_at_period_end").and_then(Json::as_bool);
    let at = call.params.get("cancel_at").filter(|at| !at.is_null());
    if at_period_end.is_none() && at.is_none() {
        return Ok(());
    }
    let ends = item::period_ends(body);
    let (first, last) = (ends.map(|(first, _)| first), ends.map(|(_, last)| last));
    let until = match (at_period_end, at) {
        (Some(true), _) => last,
        (_, Some(Json::String(word))) if word == "min_period_end" => first,
        (_, Some(Json::String(word))) if !word.is_empty() => last,
        (_, Some(at)) => at.as_i64(),
        _ => None,
    };
    if until.is_some_and(|until| until <= call.now) {
        return Err(Failure::not_in_future("cancel_at"));
    }
    body.extend(body! {
        "cancel_at": until, "cancel_at_period_end": at_period_end == Some(true),
        "canceled_at": until.map(|_| call.now),
    });
    set_inner(body, "cancellation_details", "reason", until.map(|_| "cancellation_requested"));
    Ok(())
}

/// The subscription is over now; what is open of it is collected no more.
pub fn close(call: &Call<'_>, subscription: &str) -> Outcome<()> {
    pending::give_up(call, &call.session.named("subscription", subscription)?)?;
    let mut body = call.session.named("subscription", subscription)?;
    let never_began = status(&body) == "incomplete";
    let state = if never_began { "incomplete_expired" } else { "canceled" };
    body.extend(body! {"status": state, "cancel_at_period_end": false, "ended_at": call.now});
    if given_number(&body, "canceled_at").is_none() {
        set(&mut body, "canceled_at", call.now);
    }
    call.session.put(&body)?;
    match call.session.linked(&body, "latest_invoice", "invoice")? {
        Some(latest) if never_began && status(&latest) == "open" => {
            invoice::void(&call.on("invoice", id(&latest), Body::new())?).map(drop)
        }
        Some(mut latest) if matches!(status(&latest), "draft" | "open") => {
            latest.extend(body! {"auto_advance": false, "next_payment_attempt": null});
            call.session.put(&latest)
        }
        _ => Ok(()),
    }
}
