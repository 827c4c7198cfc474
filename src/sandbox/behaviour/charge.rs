//! Charges, created by payment intents or by the legacy call.

use crate::sandbox::behaviour::card::{self, CardOutcome, Decline};
use crate::sandbox::behaviour::ledger::{self, Movement};
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{money, payment_method};

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create)],
    actions: &[("CaptureCharge", capture)],
    pages: &[PageField { canceled: true, ..PageField::of("refunds", "refund", "charge") }],
    ..Behaviour::of(&["charge"])
}];

/// Stored with a charge: how its cardholder disputes it.
pub(super) const CONTESTED: &str = "_contested";
/// Stored with a charge: the outcome of a refund that does not succeed at once.
pub(super) const REFUND: &str = "_refund";
/// Stored with a charge whose balance transaction is created after the event of its payment.
const BOOKED: &str = "_booked";
/// Stored with an intent whose customer authenticated before the payment.
pub(super) const AUTHENTICATED: &str = "_authenticated";

/// How long an uncaptured amount is held: seven days.
const HELD_FOR: i64 = 7 * 24 * 60 * 60;

/// Fields that a charge copies from its intent.
const OF_INTENT: &[&str] = &[
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
];

/// Stores the charge of an intent; it is a failed one if `refused` has a reason. With asynchronous capture,
/// the balance transaction is shown later, by `book`.
pub(super) fn for_intent(
    call: &Call<'_>,
    intent: &Body,
    method: &Body,
    refused: Option<&Decline>,
    captured: bool,
) -> ApiResult<Body> {
    let mut params = Body::new();
    copy(&mut params, intent, OF_INTENT);
    params.retain(|_, value| !value.is_null());
    let call = call.about("charge", params)?;
    let mut body = call.build()?;
    set(&mut body, "payment_intent", id(intent));
    write_result(&call, &mut body, method, refused, captured)?;
    if let Some(card) = card(&mut body).filter(|_| flag(intent, AUTHENTICATED)) {
        set(card, "electronic_commerce_indicator", "05");
        set(card, "three_d_secure", authentication());
    }
    if let Some(receipt) = text(&body, "receipt_url").filter(|_| text(intent, "_invoice").is_some()) {
        let of_invoice = format!("{}?s=ap", receipt.replace("/payment/", "/invoices/"));
        set(&mut body, "receipt_url", of_invoice);
    }
    let is_async = text(intent, "capture_method") == Some("automatic_async");
    let entry = member(&body, "balance_transaction").clone();
    if is_async && !entry.is_null() {
        set(&mut body, "balance_transaction", Json::Null);
        call.session.put(&body)?;
        body.extend(body! {"balance_transaction": entry, (BOOKED): true});
    } else {
        call.session.put(&body)?;
    }
    Ok(body)
}

/// Shows the balance transaction of a charge that was captured asynchronously.
pub(super) fn book(call: &Call<'_>, charge: &Body) -> ApiResult<()> {
    if flag(charge, BOOKED) { call.session.put(charge) } else { Ok(()) }
}

fn write_result(
    call: &Call<'_>,
    body: &mut Body,
    method: &Body,
    refused: Option<&Decline>,
    captured: bool,
) -> ApiResult<()> {
    let (amount, paid) = (needed_number(body, "amount")?, refused.is_none());
    let kind = needed(method, "type")?;
    let mut details = members(json!({kind: method.get(kind), "type": kind}));
    shape::keep_known(body, "payment_method_details", &mut details);
    body.extend(members(json!({
        "payment_method": id(method), "payment_method_details": details, "paid": paid, "captured": paid && captured,
        "billing_details": method.get("billing_details"), "status": if paid { "succeeded" } else { "failed" },
        "outcome": card::outcome(method, refused), "failure_code": refused.map(|why| &why.code),
        "failure_message": refused.map(|why| &why.message),
    })));
    let is_sent = text(body, "outcome.network_status") != Some("not_sent_to_network");
    if let Some(card) = card(body).filter(|_| is_sent) {
        add_network_answer(card, amount, paid);
    }
    if !paid {
        return Ok(());
    }
    if let Some(card) = card(body).filter(|_| !captured) {
        set(card, "capture_before", call.now + HELD_FOR);
    }
    set(body, "_at_once", card::is_at_once(method));
    if captured {
        capture_held(call, body, amount)?;
    }
    set(body, CONTESTED, card::dispute(method));
    set(body, REFUND, card::refund(method));
    let receipt = format!("https://pay.stripe.com/receipts/payment/{}", identifier::fingerprint(id(body)));
    set(body, "receipt_url", receipt);
    set(body, "_taken_at", call.now);
    Ok(())
}

/// Returns the card that was charged.
fn card(body: &mut Body) -> Option<&mut Body> {
    at_mut(body, "payment_method_details.card")?.as_object_mut()
}

/// The 3D Secure result for a customer who authenticated.
pub(super) fn authentication() -> Json {
    json!({
        "authentication_flow": "challenge", "electronic_commerce_indicator": "05", "result": "authenticated",
        "transaction_id": identifier::uuid(), "version": "2.2.0",
    })
}

/// Adds the answer of the card network.
fn add_network_answer(card: &mut Body, amount: i64, paid: bool) {
    let network = member(card, "brand");
    card.extend(body! {
        "amount_authorized": paid.then_some(amount), "authorization_code": identifier::digits(6),
        "electronic_commerce_indicator": paid.then_some("07"), "network": network,
        "network_transaction_id": identifier::digits(15),
        "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
    });
}

/// Captures an amount that was held.
pub(super) fn capture_held(call: &Call<'_>, body: &mut Body, amount: i64) -> ApiResult<()> {
    set(body, "amount_captured", amount);
    set(body, "captured", true);
    let is_card = card(body).map(|card| card.shift_remove("capture_before")).is_some();
    let kind = if is_card { "charge" } else { "payment" };
    let at_once = flag(body, "_at_once");
    ledger::post(call, body, Movement { amount, fee: ledger::fee(amount), kind, at_once })
}

/// `POST /v1/charges`, the legacy form of a payment.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    money::check_payable(needed_number(&call.params, "amount")?, call.required_param("currency")?, "amount")?;
    let method = source(call)?;
    let call = with_current_params(call);
    let mut body = call.build()?;
    let captured = call.params.get("capture").and_then(Json::as_bool).unwrap_or(true);
    let refused = match card::charge_outcome(&method) {
        CardOutcome::Decline(why) => Some(why),
        CardOutcome::Authenticate => card::decline_after_authentication(&method),
        CardOutcome::Approve => None,
    };
    write_result(&call, &mut body, &method, refused, captured)?;
    call.session.put(&body)?;
    let Some(why) = refused else { return Ok(Json::Object(body)) };
    Err(why.failure().with("charge", id(&body)).at(Stage::Done))
}

/// Returns the same call with its legacy params renamed to today's.
fn with_current_params<'a>(call: &Call<'a>) -> Call<'a> {
    let mut call = call.clone();
    if let Some(fee) = call.params.shift_remove("application_fee") {
        set(&mut call.params, "application_fee_amount", fee);
    }
    if let Some(given) = call.params.shift_remove("destination").map(members) {
        let data = body! {"amount": given.get("amount"), "destination": member(&given, "account")};
        set(&mut call.params, "transfer_data", data);
    }
    call
}

/// Returns the payment method behind `source`, or the default one of `customer`.
fn source(call: &Call<'_>) -> ApiResult<Body> {
    if let Some(token) = text(&call.params, "source") {
        let method = payment_method::of_source_param(call, token)?;
        let strange = |owner| text(&call.params, "customer").is_some_and(|given| given != owner);
        if text(&method, "customer").is_some_and(strange) {
            return Err(payment_method::not_attached(token, "source"));
        }
        return Ok(method);
    }
    let owner = call.required_object("customer", "customer")?;
    if let Some(source) = payment_method::of_source(call, &owner)? {
        return Ok(source);
    }
    if let Some(method) = text(&owner, "invoice_settings.default_payment_method") {
        return call.session.referred("payment_method", method, "customer");
    }
    Err(ApiError::of("no_active_card", &[]).at(Stage::Undone))
}

/// `POST /v1/charges/{charge}/capture`.
fn capture(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.named()?;
    let amount = given_number(&call.params, "amount").unwrap_or(needed_number(&body, "amount")?);
    shape::lay_over(
        call.entity,
        &mut body,
        &with_current_params(call).without(&["amount", "transfer_data"]).params,
    )?;
    capture_held(call, &mut body, amount)?;
    call.keep(body)
}
