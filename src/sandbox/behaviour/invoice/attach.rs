//! A payment that was made elsewhere pays for an invoice.

use serde_json::Value as Json;

use crate::sandbox::behaviour::order;
use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{id, number, set, set_inner, status, text};

use super::{finalize_and_pay, payment};

/// `POST /v1/invoices/{id}/attach_payment`: a payment made elsewhere pays for the invoice.
pub(in crate::sandbox::behaviour) fn attach(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    let Some(intent) = text(&call.params, "payment_intent") else {
        return match text(&call.params, "payment_record") {
            Some(_) => Err(Failure::unsupported("payment records that pay invoices")),
            None => Err(missing("payment_intent")),
        };
    };
    let intent = call.session.referred("payment_intent", intent, "payment_intent")?;
    if text(&intent, "customer").is_some_and(|owner| Some(owner) != text(&body, "customer")) {
        let message = "The customer of the payment and of the invoice must be the same.";
        return Err(Failure::state(message).param("payment_intent"));
    }
    let amount = number(&intent, "amount").min(number(&body, "amount_remaining"));
    let mut payment = payment::requested(call, &body, id(&intent), amount, false)?;
    if status(&intent) == "succeeded" {
        set(&mut payment, "status", "paid");
        set(&mut payment, "amount_paid", amount);
        set_inner(&mut payment, "status_transitions", "paid_at", call.now);
        call.session.put(&payment)?;
        let paid = number(&body, "amount_paid") + amount;
        set(&mut body, "amount_paid", paid);
        order::due(&mut body);
        if number(&body, "amount_remaining") == 0 {
            finalize_and_pay::paid(call, &mut body)?;
            finalize_and_pay::end_intent(call, &body)?;
        }
    }
    call.keep(body)
}
