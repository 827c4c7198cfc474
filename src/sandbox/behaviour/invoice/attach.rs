//! A payment that was made elsewhere pays for an invoice.

use super::{finalize_and_pay, payment};
use crate::sandbox::behaviour::order::Invoice;
use crate::sandbox::behaviour::prelude::*;

/// `POST /v1/invoices/{id}/attach_payment`: a payment made elsewhere pays for the invoice.
pub fn attach(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    if call.params.contains_key("payment_record") {
        return Err(Failure::unsupported("payment records that pay invoices"));
    }
    let intent = call.demanded_object("payment_intent", "payment_intent")?;
    if text(&intent, "customer").is_some_and(|owner| Some(owner) != text(&body, "customer")) {
        return Err(Failure::of("payment_of_other_customer", &[]));
    }
    let Invoice { amount_paid, amount_remaining, .. } = typed(&body)?;
    let amount = needed_number(&intent, "amount")?.min(amount_remaining);
    let payment = payment::requested(call, &body, id(&intent), amount, false)?;
    if status(&intent) == "succeeded" {
        payment::end(call, payment, "paid")?;
        set(&mut body, "amount_paid", amount_paid + amount);
        finalize_and_pay::due_now(call, &mut body)?;
    }
    call.keep(body)
}
