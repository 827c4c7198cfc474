//! Refunds, up to the amount that was charged.

use crate::sandbox::behaviour::charge::REFUND;
use crate::sandbox::behaviour::destination_charge;
use crate::sandbox::behaviour::ledger::{self, Movement};
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::constraint;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { operations: &[(Create, create)], ..Behaviour::of(&["refund"]) }];

/// Creates a refund that another call causes.
pub(super) fn made(call: &Call<'_>) -> ApiResult<Json> {
    constraint::check(call, "refund.Create")?;
    create(call)
}

/// `POST /v1/refunds`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    let mut charge = refunded_charge(call)?;
    let left = needed_number(&charge, "amount_captured")? - needed_number(&charge, "amount_refunded")?;
    let amount = given_number(&call.params, "amount").unwrap_or(left);
    let mut call = call.clone();
    set(&mut call.params, "charge", id(&charge));
    let mut body = call.build()?;
    copy(&mut body, &charge, &["currency", "payment_intent", "customer", "payment_method"]);
    set(&mut body, "amount", amount);
    match text(&charge, REFUND) {
        // A failed refund returns nothing.
        Some("failed") => {
            body.extend(body! {"status": "failed", "failure_reason": "unknown"});
            return call.keep(body);
        }
        Some(state) => set(&mut body, "status", state),
        None => {}
    }
    let is_card = text(&charge, "payment_method_details.type") == Some("card");
    let (kind, at_once) = (if is_card { "refund" } else { "payment_refund" }, flag(&charge, "_at_once"));
    ledger::post(&call, &mut body, Movement { amount: -amount, fee: 0, kind, at_once })?;
    let refunded = needed_number(&charge, "amount_refunded")? + amount;
    let all = refunded == needed_number(&charge, "amount_captured")?;
    call.session.put(&body)?;
    call.update(&mut charge, body! {"amount_refunded": refunded, "refunded": all})?;
    destination_charge::refunded(&call, &charge, &mut body)?;
    call.keep(body)
}

/// Returns the charge that `charge` or `payment_intent` names.
fn refunded_charge(call: &Call<'_>) -> ApiResult<Body> {
    if let Some(charge) = call.referred_by("charge", "charge")? {
        return Ok(charge);
    }
    let intent = call.required_object("payment_intent", "payment_intent")?;
    call.session.referred("charge", needed(&intent, "latest_charge")?, "payment_intent")
}
