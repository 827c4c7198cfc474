//! Invoice payments: which payment pays for which invoice.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::error::Outcome;
use crate::sandbox::fields::{id, inner, member, number, set, set_inner, status};
use crate::sandbox::page;
use crate::sandbox::store::Body;

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
    set(&mut body, "currency", member(invoice, "currency"));
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
