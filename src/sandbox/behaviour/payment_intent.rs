//! Payment intents, and their states up to a payment.
//!
//! ```text
//! requires_payment_method → requires_confirmation → (requires_action) → (requires_capture) → succeeded
//! ```
//! A declined payment goes back to the first state; every state except the last can be canceled.

use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{intent, money};

mod confirm;
mod settle;

pub(super) use confirm::{PaymentAttempt, attempt};
pub(super) use settle::cancel_intent;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Update, update)],
    actions: &[
        ("CancelPaymentIntent", settle::cancel),
        ("CapturePaymentIntent", settle::capture),
        ("ConfirmPaymentIntent", confirm::confirm),
    ],
    authenticate: Some(settle::authenticate),
    ..Behaviour::of(&["payment_intent"])
}];

/// How many characters of an invoice id are sent to the card network.
const REFERENCE: usize = 25;

/// `POST /v1/payment_intents`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    money::check_payable(needed_number(&call.params, "amount")?, call.required_param("currency")?, "amount")?;
    intent::create(call, confirm::run)
}

/// `POST /v1/payment_intents/{intent}`.
fn update(call: &Call<'_>) -> ApiResult<Json> {
    if let Some(amount) = given_number(&call.params, "amount") {
        money::check_payable(amount, needed(&call.named()?, "currency")?, "amount")?;
    }
    intent::update(call)
}

/// Builds the intent of an invoice without storing it.
pub(super) fn for_invoice(call: &Call<'_>, invoice: &Body, amount: i64) -> ApiResult<Body> {
    let mut body = for_amount(call, invoice, amount)?;
    let what = match text(invoice, "billing_reason") {
        Some("subscription_create") => "Subscription creation",
        Some("subscription_cycle" | "subscription_update") => "Subscription update",
        _ => "Payment for Invoice",
    };
    // The payment of a first invoice sets up the later payments.
    let is_first = text(invoice, "billing_reason") == Some("subscription_create");
    let types = items(invoice, "payment_settings.payment_method_types");
    let types = if types.is_empty() { vec!["card".into(), "link".into()] } else { types.to_vec() };
    let reference: String = id(invoice).chars().take(REFERENCE).collect();
    body.extend(body! {
        "description": what, "_invoice": id(invoice), "statement_descriptor": member(invoice, "statement_descriptor"),
        "setup_future_usage": is_first.then_some("off_session"),
        "payment_details": {"customer_reference": null, "order_reference": reference},
    });
    intent::offer(&mut body, types);
    Ok(body)
}

/// Builds an intent for an amount of an object, in the object's currency and for its customer.
pub(super) fn for_amount(call: &Call<'_>, owed: &Body, amount: i64) -> ApiResult<Body> {
    let params =
        json!({"amount": amount, "currency": needed(owed, "currency")?, "customer": owed.get("customer")});
    let mut body = call.about("payment_intent", members(params))?.build()?;
    set(&mut body, "capture_method", "automatic");
    intent::offer(&mut body, vec!["card".into()]);
    Ok(body)
}
