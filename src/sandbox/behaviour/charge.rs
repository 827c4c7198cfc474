//! Charges: what a payment intent or a legacy call took from a payment method.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome, Stage};
use crate::sandbox::fields::{flag, given_number, id, inner, member, needed, number, set, text};
use crate::sandbox::identifier;
use crate::sandbox::shape;
use crate::sandbox::store::Body;

use super::card::{Decline, Verdict};
use super::definition::{Behaviour, Create, Page};
use super::ledger::{self, Movement};
use super::money;
use super::payment_method;

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create)],
    actions: &[("CaptureCharge", capture)],
    pages: &[Page { field: "refunds", of: "refund", by: "charge", oldest_first: false, canceled: true }],
    ..Behaviour::of(&["charge"])
}];

/// Kept with a charge: its cardholder disputes it.
const CONTESTED: &str = "_contested";
/// Kept with an intent: the customer authenticated before it was paid.
pub(super) const AUTHENTICATED: &str = "_authenticated";

/// How long a card network holds what is not captured: seven days.
const HELD_FOR: i64 = 7 * 24 * 60 * 60;

/// The charge of an intent, kept; refused when there is a reason.
pub(super) fn for_intent(
    call: &Call<'_>,
    intent: &Body,
    method: &Body,
    refused: Option<Decline>,
    captured: bool,
) -> Outcome<Body> {
    let mut params = Body::new();
    for name in [
        "amount",
        "currency",
        "customer",
        "description",
        "metadata",
        "receipt_email",
        "shipping",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_group",
    ] {
        if let Some(value) = intent.get(name).filter(|value| !value.is_null()) {
            params.insert(name.to_owned(), value.clone());
        }
    }
    let call = call.about("charge", params)?;
    let mut body = call.build()?;
    set(&mut body, "payment_intent", id(intent));
    write_result(&call, &mut body, method, refused, captured)?;
    if let Some(card) = card(&mut body).filter(|_| flag(intent, AUTHENTICATED)) {
        set(card, "electronic_commerce_indicator", "05");
        set(card, "three_d_secure", authentication());
    }
    call.session.put(&body)?;
    Ok(body)
}

fn write_result(
    call: &Call<'_>,
    body: &mut Body,
    method: &Body,
    refused: Option<Decline>,
    captured: bool,
) -> Outcome<()> {
    let amount = number(body, "amount");
    let kind = text(method, "type").unwrap_or("card").to_owned();
    set(body, "payment_method", id(method));
    set(body, "billing_details", member(method, "billing_details"));
    let mut details = Body::new();
    set(&mut details, &kind, method.get(&kind).cloned().unwrap_or_default());
    set(&mut details, "type", kind);
    shape::keep_known(body, "payment_method_details", &mut details);
    if let Some(card) = details.get_mut("card").and_then(Json::as_object_mut).filter(|_| refused.is_none()) {
        authorized(call, card, amount, captured);
    }
    set(body, "payment_method_details", details);
    set(body, "calculated_statement_descriptor", "SANDBOX");
    set(body, "fraud_details", json!({}));
    set(body, "paid", refused.is_none());
    set(body, "captured", refused.is_none() && captured);
    set(body, "status", if refused.is_none() { "succeeded" } else { "failed" });
    set(body, "outcome", outcome(refused));
    if let Some(why) = refused {
        set(body, "failure_code", why.code);
        set(body, "failure_message", why.message);
        return Ok(());
    }
    set(body, "_at_once", payment_method::is_at_once(method));
    if captured {
        take(call, body, amount)?;
    }
    if payment_method::is_disputed(method) {
        set(body, CONTESTED, true);
    }
    let receipt = format!("https://pay.stripe.com/receipts/payment/{}", identifier::fingerprint(id(body)));
    set(body, "receipt_url", receipt);
    set(body, "_taken_at", call.now);
    Ok(())
}

/// The card that was charged.
fn card(body: &mut Body) -> Option<&mut Body> {
    body.get_mut("payment_method_details")?.get_mut("card")?.as_object_mut()
}

/// What the bank says of a customer who authenticated.
fn authentication() -> Json {
    json!({
        "authentication_flow": "challenge", "electronic_commerce_indicator": "05", "result": "authenticated",
        "transaction_id": identifier::uuid(), "version": "2.2.0",
    })
}

/// What the network says of a payment that it let pass.
fn authorized(call: &Call<'_>, card: &mut Body, amount: i64, captured: bool) {
    set(card, "amount_authorized", amount);
    set(card, "authorization_code", identifier::digits(6));
    set(card, "electronic_commerce_indicator", "07");
    set(card, "network", text(card, "brand").map(str::to_owned));
    set(card, "network_transaction_id", identifier::digits(15));
    set(card, "overcapture", json!({"maximum_amount_capturable": amount, "status": "unavailable"}));
    if !captured {
        set(card, "capture_before", call.now + HELD_FOR);
    }
}

fn outcome(refused: Option<Decline>) -> Json {
    match refused {
        None => json!({
            "advice_code": null, "network_advice_code": null, "network_decline_code": null,
            "network_status": "approved_by_network", "reason": null, "risk_level": "normal", "risk_score": 20,
            "seller_message": "Payment complete.", "type": "authorized",
        }),
        Some(why) => json!({
            "advice_code": null, "network_advice_code": null, "network_decline_code": null,
            "network_status": "declined_by_network", "reason": why.reason, "risk_level": "normal",
            "risk_score": 20, "seller_message": "The bank did not return any further details with this decline.",
            "type": "issuer_declined",
        }),
    }
}

/// Takes an amount that was held.
pub(super) fn take(call: &Call<'_>, body: &mut Body, amount: i64) -> Outcome<()> {
    set(body, "amount_captured", amount);
    set(body, "captured", true);
    if let Some(card) = card(body) {
        card.shift_remove("capture_before");
    }
    let currency = needed(body, "currency")?.to_owned();
    let is_card = body.get("payment_method_details").and_then(|details| details.get("card")).is_some();
    let movement = Movement {
        amount,
        fee: ledger::fee(amount),
        currency: &currency,
        kind: if is_card { "charge" } else { "payment" },
        at_once: flag(body, "_at_once"),
    };
    let entry = ledger::enter(call, body, movement)?;
    set(body, "balance_transaction", entry);
    Ok(())
}

/// `POST /v1/charges`, the way before payment intents.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let mut call = call.clone();
    let amount = given_number(&call.params, "amount").ok_or_else(|| missing("amount"))?;
    let currency = money::currency(&call.params)?;
    money::payable(amount, &currency, "amount")?;
    let method = source(&call)?;
    call.params.shift_remove("source");
    let mut body = call.build()?;
    set(&mut body, "currency", currency.as_str());
    let captured = call.params.get("capture").and_then(Json::as_bool).unwrap_or(true);
    let refused = match payment_method::verdict(&method) {
        Verdict::Decline(why) => Some(why),
        Verdict::Approve | Verdict::Authenticate => None,
    };
    write_result(&call, &mut body, &method, refused, captured)?;
    call.session.put(&body)?;
    let Some(why) = refused else { return Ok(Json::Object(body)) };
    let failure = Failure::new(402, "card_error", why.message).code(why.code);
    Err(failure.with("decline_code", why.reason).with("charge", id(&body)).at(Stage::Done))
}

/// The method behind `source`, or the default method of `customer`.
fn source(call: &Call<'_>) -> Outcome<Body> {
    if let Some(token) = text(&call.params, "source") {
        return payment_method::resolve(call, token, "source");
    }
    let Some(customer) = text(&call.params, "customer") else {
        return Err(Failure::invalid("Must provide source or customer.").code("parameter_missing"));
    };
    let owner = call.session.referred("customer", customer, "customer")?;
    let settings = inner(&owner, "invoice_settings");
    if let Some(method) = settings.and_then(|settings| text(settings, "default_payment_method")) {
        return call.session.referred("payment_method", method, "customer");
    }
    let message = "Cannot charge a customer that has no active card";
    Err(Failure::new(402, "card_error", message).code("missing").param("card").at(Stage::Undone))
}

/// `POST /v1/charges/{charge}/capture`.
fn capture(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    if flag(&body, "captured") {
        let message = format!("Charge {} has already been captured.", id(&body));
        return Err(Failure::state(message).code("charge_already_captured"));
    }
    if flag(&body, "refunded") || !flag(&body, "paid") {
        let message = format!("Charge {} cannot be captured.", id(&body));
        return Err(Failure::state(message).code("charge_already_refunded"));
    }
    if text(&body, "payment_intent").is_some() {
        let message = "This charge was made by a PaymentIntent. Capture the PaymentIntent instead.";
        return Err(Failure::state(message));
    }
    let most = number(&body, "amount");
    let amount = given_number(&call.params, "amount").unwrap_or(most);
    if !(1..=most).contains(&amount) {
        let message = "The amount to capture must be between 1 and the amount of the charge.";
        return Err(Failure::state(message).code("amount_too_large").param("amount"));
    }
    take(call, &mut body, amount)?;
    call.keep(body)
}
