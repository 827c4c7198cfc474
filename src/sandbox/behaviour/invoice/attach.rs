//! Attaches a payment that was made elsewhere to an invoice.

use crate::sandbox::behaviour::invoice::{finalize_and_pay, payment};
use crate::sandbox::behaviour::order::Invoice;
use crate::sandbox::behaviour::prelude::*;

/// Stored with an intent: the invoice to which it is attached.
const ATTACHED: &str = "_attached";

/// `POST /v1/invoices/{id}/attach_payment`: lets a payment made elsewhere pay for the invoice.
pub fn attach(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.named()?;
    if call.params.contains_key("payment_record") {
        return Err(ApiError::unsupported("payment records that pay invoices"));
    }
    let mut intent = call.required_object("payment_intent", "payment_intent")?;
    check(&body, &intent)?;
    call.update(&mut intent, body! {(ATTACHED): id(&body)})?;
    let Invoice { amount_remaining, .. } = typed(&body)?;
    let amount = needed_number(&intent, "amount")?.min(amount_remaining);
    let payment = payment::create(call, &body, id(&intent), amount, false)?;
    if status(&intent) == "succeeded" {
        credit(call, &mut body, payment)?;
    }
    call.keep(body)
}

/// Refuses a payment for another invoice, customer or currency.
fn check(invoice: &Body, intent: &Body) -> ApiResult<()> {
    let refusal = |name: &str| Err(ApiError::of(name, &[("intent", &id(intent))]));
    if text(intent, "customer").is_some_and(|owner| Some(owner) != text(invoice, "customer")) {
        return refusal("payment_of_other_customer");
    }
    if text(intent, "currency") != text(invoice, "currency") {
        return refusal("payment_in_other_currency");
    }
    if text(intent, ATTACHED).is_some() || text(intent, "_invoice").is_some() {
        return refusal("payment_of_other_invoice");
    }
    if status(intent) == "canceled" { refusal("payment_canceled") } else { Ok(()) }
}

/// Credits a succeeded intent to the invoice to which it is attached.
pub fn succeeded(call: &Call<'_>, intent: &Body) -> ApiResult<()> {
    let Some(mut body) = call.session.linked(intent, ATTACHED, "invoice")? else { return Ok(()) };
    let mut open = payment::open(call, &body)?.into_iter();
    match open.find(|payment| text(payment, "payment.payment_intent") == Some(id(intent))) {
        Some(payment) if status(&body) == "open" => {
            credit(call, &mut body, payment)?;
            call.session.put(&body)
        }
        _ => Ok(()),
    }
}

/// Credits a payment to the invoice, up to the amount remaining, without storing the invoice.
fn credit(call: &Call<'_>, body: &mut Body, mut payment: Body) -> ApiResult<()> {
    let Invoice { amount_paid, amount_remaining, .. } = typed(body)?;
    let amount = needed_number(&payment, "amount_requested")?.min(amount_remaining);
    set(&mut payment, "amount_requested", amount);
    payment::end(call, payment, "paid")?;
    set(body, "amount_paid", amount_paid + amount);
    finalize_and_pay::update_amount_due(call, body)
}
