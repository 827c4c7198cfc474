//! Confirming a setup intent: the method is tried, and what comes of it is written down.

use serde_json::{Value as Json, json};

use crate::sandbox::behaviour::card::{Decline, Verdict};
use crate::sandbox::behaviour::intent::{check_return_url, unexpected_state};
use crate::sandbox::behaviour::payment_method;
use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome, Stage};
use crate::sandbox::fields::{id, inner, items, needed, set, status, text};
use crate::sandbox::store::Body;

/// The two deposits that a bank account of the sandbox gets.
const DEPOSITS: [i64; 2] = [32, 45];

/// `POST /v1/setup_intents/{id}/confirm`.
pub(in crate::sandbox::behaviour) fn confirm(call: &Call<'_>) -> Outcome<Json> {
    let mut call = call.clone();
    payment_method::take(&mut call)?;
    let body = call.revise()?;
    check_owner(&call, &body)?;
    run(&call, body)
}

/// Confirms an intent whose params are laid over.
pub(super) fn run(call: &Call<'_>, body: Body) -> Outcome<Json> {
    let Some(method) = text(&body, "payment_method") else {
        let message = "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent \
            with a payment method and then confirm it again.";
        return Err(unexpected_state(message, &body));
    };
    let method = call.session.referred("payment_method", method, "payment_method")?;
    check_return_url(call, &body)?;
    if text(&method, "type") == Some("us_bank_account") {
        return wait(call, body, &method, deposits(call));
    }
    match payment_method::verdict(&method) {
        Verdict::Decline(why) if why.at_once => refuse(call, body, &method, why),
        Verdict::Authenticate => {
            let page = format!("/_sandbox/setup_intents/{}/authenticate", id(&body));
            let action = match text(&call.params, "return_url") {
                Some(url) => {
                    json!({"redirect_to_url": {"return_url": url, "url": page}, "type": "redirect_to_url"})
                }
                None => {
                    json!({"type": "use_stripe_sdk", "use_stripe_sdk": {"stripe_js": page, "type": "three_d_secure_redirect"}})
                }
            };
            wait(call, body, &method, action)
        }
        _ => succeed(call, body, method),
    }
}

/// A method that is saved to a customer may be set up for that customer only.
pub(super) fn check_owner(call: &Call<'_>, body: &Body) -> Outcome<()> {
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

fn deposits(call: &Call<'_>) -> Json {
    json!({
        "type": "verify_with_microdeposits",
        "verify_with_microdeposits": {
            "arrival_date": call.now, "hosted_verification_url": "https://payments.stripe.com/microdeposit/sandbox",
            "microdeposit_type": "amounts",
        },
    })
}

/// One try, kept: how it went.
fn attempt(call: &Call<'_>, body: &mut Body, method: &Body, how: &str, error: Json) -> Outcome<()> {
    let mut tried = call.about("setup_attempt", Body::new())?.fresh();
    for name in ["customer", "on_behalf_of", "usage"] {
        set(&mut tried, name, body.get(name).cloned().unwrap_or_default());
    }
    let kind = text(method, "type").unwrap_or("card");
    set(&mut tried, "payment_method", id(method));
    set(&mut tried, "payment_method_details", json!({(kind): {}, "type": kind}));
    set(&mut tried, "setup_intent", id(body));
    set(&mut tried, "setup_error", error);
    set(&mut tried, "status", how);
    set(body, "latest_attempt", id(&tried));
    call.session.put(&tried)
}

fn wait(call: &Call<'_>, mut body: Body, method: &Body, action: Json) -> Outcome<Json> {
    attempt(call, &mut body, method, "requires_action", Json::Null)?;
    set(&mut body, "next_action", action);
    set(&mut body, "status", "requires_action");
    call.keep(body)
}

fn succeed(call: &Call<'_>, mut body: Body, mut method: Body) -> Outcome<Json> {
    if let Some(customer) = text(&body, "customer") {
        payment_method::attach_to(call, &mut method, customer)?;
    }
    attempt(call, &mut body, &method, "succeeded", Json::Null)?;
    set(&mut body, "last_setup_error", Json::Null);
    set(&mut body, "next_action", Json::Null);
    set(&mut body, "status", "succeeded");
    call.keep(body)
}

fn refuse(call: &Call<'_>, mut body: Body, method: &Body, why: Decline) -> Outcome<Json> {
    let failure =
        Failure::new(402, "card_error", why.message).code(why.code).with("decline_code", why.reason);
    attempt(call, &mut body, method, "failed", Json::Object(failure.error.clone()))?;
    set(&mut body, "last_setup_error", failure.error.clone());
    set(&mut body, "payment_method", Json::Null);
    set(&mut body, "next_action", Json::Null);
    set(&mut body, "status", "requires_payment_method");
    call.session.put(&body)?;
    Err(failure.with("setup_intent", body).at(Stage::Done))
}

/// `POST /v1/setup_intents/{id}/verify_microdeposits`: 32 and 45, or the code `SM11AA`.
pub(in crate::sandbox::behaviour) fn verify(call: &Call<'_>) -> Outcome<Json> {
    let body = call.named()?;
    let waits = inner(&body, "next_action").and_then(|action| text(action, "type"))
        == Some("verify_with_microdeposits");
    if !waits {
        return Err(unexpected_state("This SetupIntent is not waiting for microdeposits.", &body));
    }
    let amounts: Vec<i64> = items(&call.params, "amounts").iter().filter_map(Json::as_i64).collect();
    if amounts != DEPOSITS && text(&call.params, "descriptor_code") != Some("SM11AA") {
        let message = "The amounts provided do not match the amounts that were sent to the bank account.";
        return Err(Failure::state(message).code("payment_method_microdeposit_verification_amounts_mismatch"));
    }
    let method = call.session.named("payment_method", needed(&body, "payment_method")?)?;
    succeed(call, body, method)
}

/// What the customer does on the page that `next_action` names: authenticates, or fails to.
pub(in crate::sandbox::behaviour) fn authenticate(call: &Call<'_>, succeeds: bool) -> Outcome<Json> {
    let mut body = call.named()?;
    if status(&body) != "requires_action" {
        let message = format!("This SetupIntent has a status of {} and waits for nobody.", status(&body));
        return Err(unexpected_state(message, &body));
    }
    let method = call.session.named("payment_method", needed(&body, "payment_method")?)?;
    if succeeds {
        return succeed(call, body, method);
    }
    let message = "The latest attempt to set up the payment method has failed because authentication failed.";
    let failure =
        Failure::new(402, "invalid_request_error", message).code("setup_intent_authentication_failure");
    attempt(call, &mut body, &method, "failed", Json::Object(failure.error.clone()))?;
    set(&mut body, "last_setup_error", failure.error);
    set(&mut body, "payment_method", Json::Null);
    set(&mut body, "next_action", Json::Null);
    set(&mut body, "status", "requires_payment_method");
    call.keep(body)
}
