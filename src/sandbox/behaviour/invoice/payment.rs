//! Invoice payments: which payment pays for which invoice.

use super::finalize_and_pay;
use crate::sandbox::behaviour::order::Invoice;
use crate::sandbox::behaviour::prelude::*;

/// `POST /v1/invoices/{id}/attach_payment`: a payment made elsewhere pays for the invoice.
pub(super) fn attach(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    if call.params.contains_key("payment_record") {
        return Err(Failure::unsupported("payment records that pay invoices"));
    }
    let intent = call.demanded_object("payment_intent", "payment_intent")?;
    if text(&intent, "customer").is_some_and(|owner| Some(owner) != text(&body, "customer")) {
        let message = "The customer of the payment and of the invoice must be the same.";
        return Err(Failure::state(message).param("payment_intent"));
    }
    let Invoice { amount_paid, amount_remaining, .. } = typed(&body)?;
    let amount = needed_number(&intent, "amount")?.min(amount_remaining);
    let payment = requested(call, &body, id(&intent), amount, false)?;
    if status(&intent) == "succeeded" {
        end(call, payment, "paid")?;
        set(&mut body, "amount_paid", amount_paid + amount);
        finalize_and_pay::due_now(call, &mut body)?;
    }
    call.keep(body)
}

/// The payment that an invoice waits for, kept.
pub(super) fn requested(
    call: &Call<'_>,
    invoice: &Body,
    intent: &str,
    amount: i64,
    is_default: bool,
) -> Outcome<Body> {
    let mut body = call.fresh_of("invoice_payment")?;
    call.alter(&mut body, body! {
        "amount_requested": amount, "currency": member(invoice, "currency"), "invoice": id(invoice),
        "is_default": is_default, "payment": {"payment_intent": intent, "type": "payment_intent"}, "status": "open",
    })?;
    Ok(body)
}

/// A payment has come to this end.
pub(super) fn end(call: &Call<'_>, mut body: Body, state: &str) -> Outcome<()> {
    set(&mut body, "status", state);
    if state == "paid" {
        let amount = needed_number(&body, "amount_requested")?;
        set(&mut body, "amount_paid", amount);
    }
    set_inner(&mut body, "status_transitions", &format!("{state}_at"), call.now);
    call.session.put(&body)
}

/// The payments of an invoice that are still open have come to this end.
pub(super) fn ended(call: &Call<'_>, invoice: &Body, state: &str) -> Outcome<()> {
    let all = call.session.having("invoice_payment", "invoice", id(invoice))?;
    all.into_iter().filter(|body| status(body) == "open").try_for_each(|body| end(call, body, state))
}
