//! Trials of a subscription.

use crate::sandbox::behaviour::invoice;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::subscription::bill;
use crate::sandbox::behaviour::subscription::termination::{self, FinalBilling};

const DAY: i64 = 24 * 60 * 60;
/// How long before its end a trial is announced; a shorter trial is announced at once.
const ANNOUNCED: i64 = 3 * DAY;

/// Starts the trial that the params of a new subscription ask for.
pub(super) fn begin(call: &Call<'_>, body: &mut Body) {
    let days = given_number(&call.params, "trial_period_days");
    let end = days.filter(|days| *days > 0).map(|days| call.now + days * DAY);
    let end = end.or(given_number(&call.params, "trial_end"));
    if let Some(end) = end.filter(|end| *end > call.now) {
        set_end(call, body, end);
    }
}

/// Sets the end of the trial, and starts the trial if it is not running.
pub(super) fn set_end(call: &Call<'_>, body: &mut Body, end: i64) {
    if given_number(body, "trial_start").is_none() || status(body) != "trialing" {
        set(body, "trial_start", call.now);
    }
    body.extend(body! {"trial_end": end, "billing_cycle_anchor": end, "status": "trialing"});
    announce(call, body);
}

/// Returns when the end of the trial should be announced, or `None` if that was already done.
pub(super) fn announced_at(body: &Body) -> Option<i64> {
    let end = given_number(body, "trial_end").filter(|_| status(body) == "trialing");
    end.filter(|end| given_number(body, "_will_end") != Some(*end)).map(|end| end - ANNOUNCED)
}

/// Announces the end of the trial if it is time; returns whether it did.
pub(super) fn announce(call: &Call<'_>, body: &mut Body) -> bool {
    let is_time = announced_at(body).is_some_and(|at| at <= call.now);
    if is_time {
        let end = member(body, "trial_end");
        set(body, "_will_end", end);
    }
    is_time
}

/// Ends the trial now.
pub(super) fn end_early(call: &Call<'_>, body: &mut Body) {
    if given_number(body, "trial_end").is_some_and(|end| end > call.now) {
        set(body, "trial_end", call.now);
    }
    set(body, "status", "active");
}

/// Ends the trial; without a payment method, the subscription follows its `trial_settings`. Returns whether
/// it is active.
pub(super) fn end_trial(call: &Call<'_>, body: &mut Body) -> ApiResult<bool> {
    let behaviour = text(body, "trial_settings.end_behavior.missing_payment_method");
    let behaviour = behaviour.filter(|_| text(body, "collection_method") == Some("charge_automatically"));
    let lacks = invoice::method_of(call, &bill::draft(call, body, "subscription_cycle")?).is_err();
    match behaviour.filter(|_| lacks) {
        Some("cancel") => {
            termination::end_now(call, id(body), FinalBilling::Nothing)?;
            return Ok(false);
        }
        Some("pause") => set(body, "status", "paused"),
        _ => set(body, "status", "active"),
    }
    call.session.put(body)?;
    Ok(status(body) == "active")
}
