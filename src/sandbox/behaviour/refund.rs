//! Refunds: never more than what was taken.

use super::ledger::{self, Movement};
use super::money;
use super::prelude::*;

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { operations: &[(Create, create)], ..Behaviour::of(&["refund"]) }];

/// `POST /v1/refunds`.
pub(super) fn create(call: &Call<'_>) -> Outcome<Json> {
    let mut charge = refunded_charge(call)?;
    let amount = refundable(call, &charge)?;
    let mut call = call.clone();
    set(&mut call.params, "charge", id(&charge));
    let mut body = call.build()?;
    copy(&mut body, &charge, &["currency", "payment_intent", "customer", "payment_method"]);
    set(&mut body, "amount", amount);
    let currency = needed(&charge, "currency")?;
    let at_once = flag(&charge, "_at_once");
    let movement = Movement { amount: -amount, fee: 0, currency, kind: "refund", at_once };
    let entry = ledger::enter(&call, &body, movement)?;
    set(&mut body, "balance_transaction", entry);
    let refunded = number(&charge, "amount_refunded") + amount;
    set(&mut charge, "amount_refunded", refunded);
    let all = refunded == number(&charge, "amount_captured");
    set(&mut charge, "refunded", all);
    call.session.put(&charge)?;
    call.keep(body)
}

/// The charge that `charge` or `payment_intent` names.
fn refunded_charge(call: &Call<'_>) -> Outcome<Body> {
    match (text(&call.params, "charge"), text(&call.params, "payment_intent")) {
        (Some(charge), _) => call.session.referred("charge", charge, "charge"),
        (None, Some(intent)) => {
            let intent = call.session.referred("payment_intent", intent, "payment_intent")?;
            let latest = text(&intent, "latest_charge").filter(|_| status(&intent) == "succeeded");
            let Some(charge) = latest else {
                let message = format!(
                    "This PaymentIntent ({}) does not have a successful charge to refund.",
                    id(&intent)
                );
                return Err(Failure::state(message).param("payment_intent"));
            };
            call.session.referred("charge", charge, "payment_intent")
        }
        (None, None) => Err(missing("charge")),
    }
}

fn refundable(call: &Call<'_>, charge: &Body) -> Outcome<i64> {
    if flag(charge, "refunded") {
        let message = format!("Charge {} has already been refunded.", id(charge));
        return Err(Failure::state(message).code("charge_already_refunded"));
    }
    if flag(charge, "disputed") {
        let message = format!("Charge {} has been charged back; cannot issue a refund.", id(charge));
        return Err(Failure::state(message).code("charge_disputed"));
    }
    if !flag(charge, "paid") || !flag(charge, "captured") {
        let message = format!("Charge {} was not captured, so there is nothing to refund.", id(charge));
        return Err(Failure::state(message).code("charge_not_refundable"));
    }
    let left = number(charge, "amount_captured") - number(charge, "amount_refunded");
    let amount = given_number(&call.params, "amount").unwrap_or(left);
    if amount > left {
        let currency = needed(charge, "currency")?;
        let message = format!(
            "Refund amount ({}) is greater than unrefunded amount on charge ({})",
            money::written(amount, currency),
            money::written(left, currency)
        );
        return Err(Failure::state(message).param("amount"));
    }
    Ok(amount)
}
