//! Cancels, pauses and resumes a subscription.

use crate::sandbox::behaviour::generic;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::subscription::termination::{ENDED, FinalBilling, end_now};
use crate::sandbox::behaviour::subscription::{bill, change, item, proration};

/// `DELETE /v1/subscriptions/{id}`.
pub fn cancel(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.named()?;
    if ENDED.contains(&status(&body)) {
        return Err(ApiError::absent("subscription", id(&body)));
    }
    for (name, value) in inner(&call.params, "cancellation_details").into_iter().flatten() {
        set_inner(&mut body, "cancellation_details", name, value.clone());
    }
    set_inner(&mut body, "cancellation_details", "reason", "cancellation_requested");
    call.session.put(&body)?;
    let (prorate, invoice_now) = (flag(&call.params, "prorate"), flag(&call.params, "invoice_now"));
    end_now(call, id(&body), FinalBilling::AsAsked { prorate, invoice_now })?;
    call.named().map(Json::Object)
}

/// `POST /v1/subscriptions/{id}/pause`.
pub fn pause(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.named()?;
    if text(&call.params, "bill_for.unused_time_from.type") == Some("now") {
        proration::credit_unused(call, &body, &item::of(call, id(&body))?)?;
        if text(&call.params, "invoicing_behavior") == Some("invoice") {
            bill::invoice_remaining(call, &body, "subscription_update", "active")?;
            body = call.named()?;
        }
    }
    let kind = text(&call.params, "type").unwrap_or("subscription");
    let paused =
        json!({"subscription": {"type": "pause_requested"}, "transitioned_at": call.now, "type": kind});
    body.extend(body! {"status": "paused", "status_details": {"paused": paused}});
    call.keep(body)
}

/// `POST /v1/subscriptions/{id}/resume`: starts new periods now, unless the old ones continue.
pub fn resume(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.named()?;
    call.update(&mut body, body! {"status": "active", "status_details": null})?;
    if text(&call.params, "billing_cycle_anchor.type") != Some("unchanged") {
        let mut anew = call.without(&["payment_behavior"]);
        // Paused time was not used, so there is nothing to credit.
        set(&mut anew.params, "proration_behavior", "none");
        change::restart(&anew, &body, &[])?;
    }
    generic::get(call)
}
