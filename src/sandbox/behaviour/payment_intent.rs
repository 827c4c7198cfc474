//! Payment intents: from a wish to pay to a payment, through Stripe's states.
//!
//! ```text
//! requires_payment_method → requires_confirmation → (requires_action) → (requires_capture) → succeeded
//! ```
//! A declined payment goes back to the first state; every state but the last may be canceled.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::Outcome;
use crate::sandbox::fields::{flag, id, inner, items, needed, set, set_inner, status, text};
use crate::sandbox::identifier;
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Create, Update};
use super::intent::{self, OPEN, unexpected_state};
use super::money;
use super::payment_method;

mod confirm;
mod settle;

use confirm::check_owner;

pub(super) use confirm::{Attempt, attempt};
pub(super) use settle::end;

/// What this module answers.
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

/// `POST /v1/payment_intents`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let mut call = call.clone();
    let amount = call.params.get("amount").and_then(Json::as_i64).ok_or_else(|| missing("amount"))?;
    let currency = money::currency(&call.params)?;
    money::payable(amount, &currency, "amount")?;
    let confirms = flag(&call.params, "confirm");
    payment_method::take(&mut call)?;
    let mut body = call.build()?;
    set(&mut body, "currency", currency.as_str());
    for (name, usual) in [("capture_method", "automatic_async"), ("confirmation_method", "automatic")] {
        set(&mut body, name, text(&call.params, name).unwrap_or(usual));
    }
    ways_to_pay(&call, &mut body);
    let secret = identifier::random(&format!("{}_secret_", id(&body)), 25);
    set(&mut body, "client_secret", secret);
    check_owner(&call, &body)?;
    let has_method = text(&body, "payment_method").is_some();
    set(&mut body, "status", if has_method { "requires_confirmation" } else { "requires_payment_method" });
    call.session.put(&body)?;
    if confirms { confirm::run(&call, body) } else { Ok(Json::Object(body)) }
}

/// What is offered to pay with, and the options of each type.
fn ways_to_pay(call: &Call<'_>, body: &mut Body) {
    intent::offer_methods(call, body);
    let mut options = inner(&call.params, "payment_method_options").cloned().unwrap_or_default();
    for kind in items(body, "payment_method_types").iter().filter_map(Json::as_str) {
        let given = options.get(kind).and_then(Json::as_object).cloned().unwrap_or_default();
        let mut shown = usual_options(kind);
        shown.extend(given);
        set(&mut options, kind, shown);
    }
    set(body, "payment_method_options", options);
}

fn usual_options(kind: &str) -> Body {
    let usual = match kind {
        "card" => json!({
            "installments": null, "mandate_options": null, "network": null, "request_three_d_secure": "automatic",
        }),
        "link" => json!({"persistent_token": null}),
        _ => json!({}),
    };
    usual.as_object().cloned().unwrap_or_default()
}

/// `POST /v1/payment_intents/{intent}`.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let mut call = call.clone();
    let before = call.named()?;
    let always =
        ["description", "metadata", "receipt_email", "shipping", "transfer_group", "statement_descriptor"];
    let locked = call.params.keys().find(|name| !always.contains(&name.as_str()));
    if let Some(name) = locked.filter(|_| !OPEN.contains(&status(&before))) {
        let message = format!(
            "This PaymentIntent's {name} could not be updated because it has a status of {}. You may only update the \
             {name} of a PaymentIntent with one of the following statuses: {}.",
            status(&before),
            OPEN.join(", ")
        );
        return Err(unexpected_state(message, &before).param(name.as_str()));
    }
    if let Some(amount) = call.params.get("amount").and_then(Json::as_i64) {
        money::payable(amount, needed(&before, "currency")?, "amount")?;
    }
    payment_method::take(&mut call)?;
    let mut body = call.revise()?;
    if call.params.contains_key("currency") {
        set(&mut body, "currency", money::currency(&call.params)?);
    }
    if call.params.contains_key("allowed_payment_method_types") {
        ways_to_pay(&call, &mut body);
    }
    check_owner(&call, &body)?;
    if call.params.contains_key("payment_method") && OPEN.contains(&status(&body)) {
        set(&mut body, "status", "requires_confirmation");
        set(&mut body, "next_action", Json::Null);
    }
    call.keep(body)
}

/// An intent for what an invoice is owed, not yet kept.
pub(super) fn for_invoice(call: &Call<'_>, invoice: &Body, amount: i64) -> Outcome<Body> {
    let mut body = for_amount(call, invoice, amount)?;
    let what = match text(invoice, "billing_reason") {
        Some("subscription_create") => "Subscription creation",
        Some("subscription_cycle" | "subscription_update") => "Subscription update",
        _ => "Payment for Invoice",
    };
    set(&mut body, "description", what);
    set(&mut body, "_invoice", id(invoice));
    Ok(body)
}

/// An intent for an amount that something is to bring, in its currency and of its customer.
pub(super) fn for_amount(call: &Call<'_>, owed: &Body, amount: i64) -> Outcome<Body> {
    let mut params = Body::new();
    set(&mut params, "amount", amount);
    set(&mut params, "currency", text(owed, "currency").unwrap_or("usd"));
    if let Some(customer) = text(owed, "customer") {
        set(&mut params, "customer", customer);
    }
    let call = call.about("payment_intent", params)?;
    let mut body = call.build()?;
    for (name, value) in [
        ("capture_method", "automatic"),
        ("confirmation_method", "automatic"),
        ("setup_future_usage", ""),
        ("status", "requires_payment_method"),
    ] {
        set(&mut body, name, if value.is_empty() { Json::Null } else { Json::from(value) });
    }
    set(&mut body, "payment_method_types", json!(["card"]));
    set_inner(&mut body, "payment_method_options", "card", usual_options("card"));
    let secret = identifier::random(&format!("{}_secret_", id(&body)), 25);
    set(&mut body, "client_secret", secret);
    Ok(body)
}
