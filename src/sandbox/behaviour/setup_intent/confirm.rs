//! Confirms a setup intent: tries the payment method and records the result.

use crate::sandbox::behaviour::card::{self, CardOutcome};
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{charge, intent, payment_method};

/// The error text if there is no payment method.
const ADVICE: &str = "Update the SetupIntent with a payment method and then confirm it again.";

/// The two microdeposits to one of the sandbox's bank accounts.
const DEPOSITS: [i64; 2] = [32, 45];

/// `POST /v1/setup_intents/{id}/confirm`.
pub(in crate::sandbox::behaviour) fn confirm(call: &Call<'_>) -> ApiResult<Json> {
    intent::confirm(call, run)
}

/// Confirms an intent to which the params have been applied.
pub(super) fn run(call: &Call<'_>, mut body: Body) -> ApiResult<Json> {
    let method = intent::confirming_method(call, &body, ADVICE)?;
    if text(&method, "type") == Some("us_bank_account") {
        set(&mut body, "next_action", deposits(call));
        set(&mut body, "status", "requires_action");
        return wait(call, body, &method);
    }
    match card::save_outcome(&method) {
        CardOutcome::Approve => succeed(call, body, method),
        CardOutcome::Authenticate => {
            intent::ask_to_authenticate(call, &mut body, &method);
            wait(call, body, &method)
        }
        CardOutcome::Decline(why) => {
            let failure = why.failure();
            fail(call, &mut body, &method, &failure)?;
            Err(failure.with("setup_intent", body).at(Stage::Done))
        }
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

/// Stores a setup attempt and its outcome.
fn attempt(
    call: &Call<'_>,
    body: &mut Body,
    method: &Body,
    how: &str,
    error: Option<&ApiError>,
) -> ApiResult<()> {
    let mut tried = call.fresh_of("setup_attempt")?;
    copy(&mut tried, body, &["customer", "on_behalf_of", "usage"]);
    let kind = needed(method, "type")?;
    let mut details = body! {(kind): method.get(kind), "type": kind};
    shape::keep_known(&tried, "payment_method_details", &mut details);
    if let Some(Json::Object(card)) = details.get_mut("card") {
        let network = member(card, "brand");
        set(card, "network", network);
        if how == "succeeded" && card::save_outcome(method) == CardOutcome::Authenticate {
            set(card, "three_d_secure", charge::authentication());
        }
    }
    tried.extend(body! {
        "payment_method": id(method), "payment_method_details": details, "setup_intent": id(body),
        "setup_error": error.map(|failure| &failure.error), "status": how,
    });
    set(body, "latest_attempt", id(&tried));
    call.session.put(&tried)
}

fn wait(call: &Call<'_>, mut body: Body, method: &Body) -> ApiResult<Json> {
    attempt(call, &mut body, method, "requires_action", None)?;
    call.keep(body)
}

fn succeed(call: &Call<'_>, mut body: Body, mut method: Body) -> ApiResult<Json> {
    if let Some(customer) = text(&body, "customer") {
        payment_method::attach_to(call, &mut method, customer)?;
    }
    attempt(call, &mut body, &method, "succeeded", None)?;
    body.extend(members(json!({"last_setup_error": null, "next_action": null, "status": "succeeded"})));
    call.keep(body)
}

fn fail(call: &Call<'_>, body: &mut Body, method: &Body, failure: &ApiError) -> ApiResult<()> {
    attempt(call, body, method, "failed", Some(failure))?;
    intent::fail(body, "last_setup_error", failure);
    call.session.put(body)
}

/// `POST /v1/setup_intents/{id}/verify_microdeposits`: expects 32 and 45, or the code `SM11AA`.
pub(in crate::sandbox::behaviour) fn verify(call: &Call<'_>) -> ApiResult<Json> {
    let body = call.named()?;
    let amounts: Vec<i64> = items(&call.params, "amounts").iter().filter_map(Json::as_i64).collect();
    if amounts != DEPOSITS && text(&call.params, "descriptor_code") != Some("SM11AA") {
        return Err(ApiError::of("microdeposits_mismatch", &[]));
    }
    let method = call.session.named("payment_method", needed(&body, "payment_method")?)?;
    succeed(call, body, method)
}

/// Authenticates, or fails to authenticate, as the customer on the page of `next_action`.
pub(in crate::sandbox::behaviour) fn authenticate(call: &Call<'_>, succeeds: bool) -> ApiResult<Json> {
    let (mut body, mut method) = intent::returning_intent(call)?;
    if succeeds {
        if text(&body, "usage") == Some("off_session") {
            call.update(&mut method, body! {(card::AUTHENTICATED): true})?;
        }
        return succeed(call, body, method);
    }
    fail(call, &mut body, &method, &ApiError::of("setup_authentication_failed", &[]))?;
    Ok(Json::Object(body))
}
