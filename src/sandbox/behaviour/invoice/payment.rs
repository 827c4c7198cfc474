//! Invoice payments: which payment pays for which invoice.

use serde_json::{Value as Json, json};

use crate::sandbox::behaviour::transition::not_in_state;
use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{id, inner, number, set, set_inner, status, text};
use crate::sandbox::page;
use crate::sandbox::store::Body;

use super::settle;

/// The payment that an invoice waits for, kept.
pub(super) fn requested(
    call: &Call<'_>,
    invoice: &Body,
    intent: &str,
    amount: i64,
    is_default: bool,
) -> Outcome<Body> {
    let mut body = call.about("invoice_payment", Body::new())?.fresh();
    set(&mut body, "amount_requested", amount);
    set(&mut body, "currency", invoice.get("currency").cloned().unwrap_or_default());
    set(&mut body, "invoice", id(invoice));
    set(&mut body, "is_default", is_default);
    set(&mut body, "payment", json!({"payment_intent": intent, "type": "payment_intent"}));
    set(&mut body, "status", "open");
    call.session.put(&body)?;
    Ok(body)
}

/// The payments of an invoice that are still open have come to this end.
pub(super) fn ended(call: &Call<'_>, invoice: &Body, state: &str) -> Outcome<()> {
    for mut body in call.session.having("invoice_payment", "invoice", id(invoice))? {
        if status(&body) != "open" {
            continue;
        }
        set(&mut body, "status", state);
        if state == "paid" {
            let amount = number(&body, "amount_requested");
            set(&mut body, "amount_paid", amount);
        }
        set_inner(&mut body, "status_transitions", &format!("{state}_at"), call.now);
        call.session.put(&body)?;
    }
    Ok(())
}

/// `POST /v1/invoices/{id}/attach_payment`: a payment made elsewhere pays for the invoice.
pub(in crate::sandbox::behaviour) fn attach(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    if status(&body) != "open" {
        return Err(not_in_state(call, &body, "attach a payment to"));
    }
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
    let mut payment = requested(call, &body, id(&intent), amount, false)?;
    if status(&intent) == "succeeded" {
        set(&mut payment, "status", "paid");
        set(&mut payment, "amount_paid", amount);
        set_inner(&mut payment, "status_transitions", "paid_at", call.now);
        call.session.put(&payment)?;
        let paid = number(&body, "amount_paid") + amount;
        set(&mut body, "amount_paid", paid);
        super::total::due(&mut body);
        if number(&body, "amount_remaining") == 0 {
            settle::paid(call, &mut body)?;
            settle::end_intent(call, &body)?;
        }
    }
    call.keep(body)
}

/// `GET /v1/invoice_payments`.
pub(in crate::sandbox::behaviour) fn list(call: &Call<'_>) -> Outcome<Json> {
    let mut call = call.clone();
    let wanted = inner(&call.params, "payment").cloned();
    call.params.shift_remove("payment");
    page::of_objects(&call, "invoice_payment", |body| {
        let payment = inner(body, "payment").cloned().unwrap_or_default();
        wanted
            .as_ref()
            .is_none_or(|wanted| wanted.iter().all(|(name, value)| payment.get(name) == Some(value)))
    })
}
