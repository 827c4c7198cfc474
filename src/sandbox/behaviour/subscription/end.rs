//! The end of a subscription, and its pauses.

use serde_json::{Value as Json, json};

use crate::sandbox::behaviour::{customer_time, generic};
use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{flag, id, inner, number, set, set_inner, status, text};
use crate::sandbox::store::Body;

use super::ending::ENDED;
use super::{bill, change, item};

/// The same call at the customer's time.
fn timed<'a>(call: &Call<'a>, body: &Body) -> Outcome<Call<'a>> {
    match call.session.linked(body, "customer", "customer")? {
        Some(customer) => customer_time::of(call, &customer),
        None => Ok(call.clone()),
    }
}

/// `DELETE /v1/subscriptions/{id}`.
pub(in crate::sandbox::behaviour) fn cancel(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    if ENDED.contains(&status(&body)) {
        return Err(Failure::absent("subscription", id(&body)));
    }
    let call = &timed(call, &body)?;
    for (name, value) in inner(&call.params, "cancellation_details").into_iter().flatten() {
        set_inner(&mut body, "cancellation_details", name, value.clone());
    }
    set_inner(&mut body, "cancellation_details", "reason", "cancellation_requested");
    call.session.put(&body)?;
    let was_paid = status(&body) == "active";
    if flag(&call.params, "prorate") && was_paid {
        change::credit_rest(call, &body)?;
    }
    if flag(&call.params, "invoice_now") {
        last_invoice(call, &body)?;
    }
    close(call, id(&body))?;
    call.named().map(Json::Object)
}

/// What waits, and what was used and not yet charged, is charged with the end.
fn last_invoice(call: &Call<'_>, body: &Body) -> Outcome<()> {
    let mut draft = bill::draft(call, body, "subscription_update")?;
    for item in item::of(call, id(body))? {
        if item::is_metered(&item) {
            bill::used(call, body, &item, (number(&item, "current_period_start"), call.now), &mut draft)?;
        }
    }
    bill::gather(call, &mut draft)?;
    bill::settle(call, body, draft, "active")
}

/// The subscription is over now; what is open of it is collected no more.
pub(in crate::sandbox::behaviour) fn close(call: &Call<'_>, subscription: &str) -> Outcome<()> {
    let mut body = call.session.named("subscription", subscription)?;
    let never_began = status(&body) == "incomplete";
    set(&mut body, "status", if never_began { "incomplete_expired" } else { "canceled" });
    set(&mut body, "cancel_at_period_end", false);
    set(&mut body, "ended_at", call.now);
    if body.get("canceled_at").is_none_or(Json::is_null) {
        set(&mut body, "canceled_at", call.now);
    }
    if let Some(mut latest) = call.session.linked(&body, "latest_invoice", "invoice")?
        && matches!(status(&latest), "draft" | "open")
    {
        set(&mut latest, "auto_advance", false);
        set(&mut latest, "next_payment_attempt", Json::Null);
        call.session.put(&latest)?;
    }
    call.session.put(&body)
}

/// `POST /v1/subscriptions/{id}/pause`.
pub(in crate::sandbox::behaviour) fn pause(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    let call = &timed(call, &body)?;
    let from = inner(&call.params, "bill_for").and_then(|bill| inner(bill, "unused_time_from")).cloned();
    if from.as_ref().is_some_and(|from| text(from, "type") == Some("now")) {
        change::credit_rest(call, &body)?;
        if text(&call.params, "invoicing_behavior") == Some("invoice") {
            last_invoice(call, &body)?;
            body = call.named()?;
        }
    }
    set(&mut body, "status", "paused");
    let kind = text(&call.params, "type").unwrap_or("subscription");
    let paused =
        json!({"subscription": {"type": "pause_requested"}, "transitioned_at": call.now, "type": kind});
    set(&mut body, "status_details", json!({"paused": paused}));
    call.keep(body)
}

/// `POST /v1/subscriptions/{id}/resume`: from now on, unless the old periods go on.
pub(in crate::sandbox::behaviour) fn resume(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    let call = &timed(call, &body)?;
    set(&mut body, "status", "active");
    set(&mut body, "status_details", Json::Null);
    call.session.put(&body)?;
    let anchor = inner(&call.params, "billing_cycle_anchor").and_then(|anchor| text(anchor, "type"));
    if anchor != Some("unchanged") {
        let mut anew = call.clone();
        // what was paused is not used, so there is nothing to credit
        set(&mut anew.params, "proration_behavior", "none");
        anew.params.shift_remove("payment_behavior");
        change::restart(&anew, &body, &[])?;
    }
    generic::get(call)
}
