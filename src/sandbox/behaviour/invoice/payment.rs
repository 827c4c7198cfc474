//! Invoice payments, which record which payment pays for which invoice.

use crate::sandbox::behaviour::prelude::*;

/// Stores the open payment of an invoice.
pub(super) fn create(
    call: &Call<'_>,
    invoice: &Body,
    intent: &str,
    amount: i64,
    is_default: bool,
) -> ApiResult<Body> {
    let mut body = call.fresh_of("invoice_payment")?;
    call.update(&mut body, body! {
        "amount_requested": amount, "currency": member(invoice, "currency"), "invoice": id(invoice),
        "is_default": is_default, "payment": {"payment_intent": intent, "type": "payment_intent"}, "status": "open",
    })?;
    Ok(body)
}

/// Sets the final status of a payment.
pub(super) fn end(call: &Call<'_>, mut body: Body, state: &str) -> ApiResult<()> {
    set(&mut body, "status", state);
    if state == "paid" {
        let amount = needed_number(&body, "amount_requested")?;
        set(&mut body, "amount_paid", amount);
    }
    set_inner(&mut body, "status_transitions", &format!("{state}_at"), call.now);
    call.session.put(&body)
}

/// The open payments of an invoice.
pub(super) fn open(call: &Call<'_>, invoice: &Body) -> ApiResult<Vec<Body>> {
    let mut all = call.session.having("invoice_payment", "invoice", id(invoice))?;
    all.retain(|body| status(body) == "open");
    Ok(all)
}

/// Ends the open payments of an invoice, as paid if the intent succeeded, and as canceled otherwise.
pub(super) fn end_all(call: &Call<'_>, invoice: &Body) -> ApiResult<()> {
    for body in open(call, invoice)? {
        let intent = call.session.linked(&body, "payment.payment_intent", "payment_intent")?;
        let is_paid = intent.is_some_and(|intent| status(&intent) == "succeeded");
        end(call, body, if is_paid { "paid" } else { "canceled" })?;
    }
    Ok(())
}
