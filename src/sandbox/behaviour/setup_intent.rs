//! Setup intents: a payment method is made ready for later, without a payment.
//!
//! ```text
//! requires_payment_method → requires_confirmation → (requires_action) → succeeded
//! ```

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{flag, id, inner, items, set, set_inner, status, text};
use crate::sandbox::identifier;
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Create, Update};
use super::payment_method;

mod confirm;

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Update, update)],
    actions: &[
        ("CancelSetupIntent", cancel),
        ("ConfirmSetupIntent", confirm::confirm),
        ("VerifySetupIntentMicrodeposits", confirm::verify),
    ],
    authenticate: Some(confirm::authenticate),
    ..Behaviour::of(&["setup_intent"])
}];

/// States in which an intent may be changed, confirmed and canceled.
const OPEN: &[&str] = &["requires_payment_method", "requires_confirmation", "requires_action"];

/// `POST /v1/setup_intents`.
pub(super) fn create(call: &Call<'_>) -> Outcome<Json> {
    let body = made(call)?;
    call.session.put(&body)?;
    if flag(&call.params, "confirm") { confirm::run(call, body) } else { Ok(Json::Object(body)) }
}

/// An intent of params, not yet kept.
pub(super) fn made(call: &Call<'_>) -> Outcome<Body> {
    let mut call = call.clone();
    if !flag(&call.params, "confirm")
        && let Some(name) =
            ["mandate_data", "return_url"].into_iter().find(|name| call.params.contains_key(*name))
    {
        let message = format!("You cannot set `{name}` unless `confirm` is `true`.");
        return Err(Failure::invalid(message).param(name));
    }
    payment_method::take(&mut call)?;
    let mut body = call.build()?;
    set(&mut body, "usage", text(&call.params, "usage").unwrap_or("off_session"));
    ways(&call, &mut body);
    let secret = identifier::random(&format!("{}_secret_", id(&body)), 25);
    set(&mut body, "client_secret", secret);
    check_owner(&call, &body)?;
    let ready = text(&body, "payment_method").is_some();
    set(&mut body, "status", if ready { "requires_confirmation" } else { "requires_payment_method" });
    Ok(body)
}

fn ways(call: &Call<'_>, body: &mut Body) {
    let types = items(&call.params, "allowed_payment_method_types");
    let automatic = inner(&call.params, "automatic_payment_methods");
    set(body, "payment_method_configuration_details", Json::Null);
    if !types.is_empty() {
        set(body, "payment_method_types", types.to_vec());
        set(body, "automatic_payment_methods", Json::Null);
    } else if automatic.is_some_and(|automatic| !flag(automatic, "enabled")) {
        set(body, "payment_method_types", json!(["card"]));
        set(body, "automatic_payment_methods", Json::Null);
    } else {
        let redirects =
            automatic.and_then(|automatic| text(automatic, "allow_redirects")).unwrap_or("always");
        set(body, "automatic_payment_methods", json!({"allow_redirects": redirects, "enabled": true}));
        set(body, "payment_method_types", json!(["card", "link"]));
        set(body, "payment_method_configuration_details", payment_method::configuration(&call.account));
    }
    card_options(body);
}

/// How cards are set up, where they may be.
fn card_options(body: &mut Body) {
    if !items(body, "payment_method_types").contains(&json!("card")) {
        return;
    }
    let given = inner(body, "payment_method_options").and_then(|options| inner(options, "card"));
    let asks = given.and_then(|card| text(card, "request_three_d_secure"));
    if asks.is_none() {
        let mut card = given.cloned().unwrap_or_default();
        set(&mut card, "request_three_d_secure", "automatic");
        set_inner(body, "payment_method_options", "card", card);
    }
}

fn check_owner(call: &Call<'_>, body: &Body) -> Outcome<()> {
    let Some(method) = text(body, "payment_method") else { return Ok(()) };
    let method = call.session.referred("payment_method", method, "payment_method")?;
    match (text(&method, "customer"), text(body, "customer")) {
        (Some(owner), customer) if Some(owner) != customer => {
            let message =
                "The payment method is attached to a customer; the SetupIntent must be of the same customer.";
            Err(Failure::state(message).param("payment_method"))
        }
        _ => Ok(()),
    }
}

/// `POST /v1/setup_intents/{id}`.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let before = call.named()?;
    let locked = call.params.keys().find(|name| !matches!(name.as_str(), "description" | "metadata"));
    if let (Some(name), false) = (locked, OPEN.contains(&status(&before))) {
        let message = format!(
            "You cannot update {name} of this SetupIntent because it has a status of {}.",
            status(&before)
        );
        return Err(unexpected(message, &before));
    }
    let mut call = call.clone();
    payment_method::take(&mut call)?;
    let mut body = call.revise()?;
    if call.params.contains_key("allowed_payment_method_types") {
        ways(&call, &mut body);
    }
    check_owner(&call, &body)?;
    if call.params.contains_key("payment_method") {
        set(&mut body, "status", "requires_confirmation");
        set(&mut body, "next_action", Json::Null);
    }
    call.keep(body)
}

fn unexpected(message: impl Into<String>, body: &Body) -> Failure {
    let shown: Body = body.clone().into_iter().filter(|(name, _)| !name.starts_with('_')).collect();
    Failure::state(message).code("setup_intent_unexpected_state").with("setup_intent", shown)
}

/// `POST /v1/setup_intents/{id}/cancel`.
fn cancel(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    if !OPEN.contains(&status(&body)) {
        let message = format!(
            "You cannot cancel this SetupIntent because it has a status of {}. Only a SetupIntent with one of the \
             following statuses may be canceled: {}.",
            status(&body),
            OPEN.join(", ")
        );
        return Err(unexpected(message, &body));
    }
    set(
        &mut body,
        "cancellation_reason",
        call.params.get("cancellation_reason").cloned().unwrap_or_default(),
    );
    set(&mut body, "next_action", Json::Null);
    set(&mut body, "status", "canceled");
    call.keep(body)
}
