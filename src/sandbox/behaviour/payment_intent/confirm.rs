//! Confirms a payment intent: tries the payment and records the result.

use crate::sandbox::behaviour::card::{self, CardOutcome, Decline};
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{charge, intent, payment_method};
use crate::sandbox::fields::visible;

/// The error text if there is no payment method.
const ADVICE: &str = "You can either update the PaymentIntent with a payment method and then confirm it again, or \
    confirm it again directly with a payment method or ConfirmationToken.";

/// Stored with a manually confirmed intent: the payment method with which the customer authenticated.
pub(super) const AUTHENTICATED_WITH: &str = "_authenticated_with";

/// `POST /v1/payment_intents/{intent}/confirm`.
pub(in crate::sandbox::behaviour) fn confirm(call: &Call<'_>) -> ApiResult<Json> {
    intent::confirm(call, run)
}

/// Confirms an intent to which the params have been applied.
pub(super) fn run(call: &Call<'_>, mut body: Body) -> ApiResult<Json> {
    let method = intent::confirming_method(call, &body, ADVICE)?;
    payment_method::check_usable(&method)?;
    let authenticated = text(&body, AUTHENTICATED_WITH) == Some(id(&method));
    match attempt(call, &mut body, method, authenticated)? {
        PaymentAttempt::Failed(failure) => Err(*failure),
        PaymentAttempt::Paid | PaymentAttempt::Waits => call.keep(body),
    }
}

/// The result of a payment.
#[derive(Debug)]
pub(in crate::sandbox::behaviour) enum PaymentAttempt {
    /// The amount was captured or held.
    Paid,
    /// The customer must act first.
    Waits,
    /// The payment was declined; the stored intent says why.
    Failed(Box<ApiError>),
}

/// Tries the payment with a payment method and writes the result to the intent.
pub(in crate::sandbox::behaviour) fn attempt(
    call: &Call<'_>,
    body: &mut Body,
    mut method: Body,
    authenticated: bool,
) -> ApiResult<PaymentAttempt> {
    card::check(&mut method);
    let verdict = card::charge_outcome(&method);
    let refused = match verdict {
        CardOutcome::Decline(why) => Some(why),
        CardOutcome::Authenticate if authenticated || is_off_session(call) && card::is_set_up(&method) => {
            card::decline_after_authentication(&method)
        }
        CardOutcome::Authenticate if is_customer_absent(call) => Some(card::unauthenticated()),
        CardOutcome::Authenticate => {
            intent::ask_to_authenticate(call, body, &method);
            return Ok(PaymentAttempt::Waits);
        }
        CardOutcome::Approve => None,
    };
    if let Some(why) = refused {
        return decline(call, body, &method, why).map(|failure| PaymentAttempt::Failed(Box::new(failure)));
    }
    set(body, charge::AUTHENTICATED, verdict == CardOutcome::Authenticate);
    if authenticated && text(body, "setup_future_usage") == Some("off_session") {
        set(&mut method, card::AUTHENTICATED, true);
    }
    pay(call, body, &mut method)?;
    Ok(PaymentAttempt::Paid)
}

/// Whether the customer is absent.
fn is_customer_absent(call: &Call<'_>) -> bool {
    is_off_session(call) || flag(&call.params, "error_on_requires_action")
}

fn is_off_session(call: &Call<'_>) -> bool {
    let off_session = call.params.get("off_session");
    off_session.is_some_and(|given| *given != Json::Bool(false) && *given != "")
}

fn pay(call: &Call<'_>, body: &mut Body, method: &mut Body) -> ApiResult<()> {
    let held = text(body, "capture_method") == Some("manual");
    let charge = charge::for_intent(call, body, method, None, !held)?;
    let amount = needed_number(body, "amount")?;
    body.extend(members(json!({
        "latest_charge": id(&charge), "next_action": null, "last_payment_error": null,
        "amount_capturable": if held { amount } else { 0 }, "amount_received": if held { 0 } else { amount },
        "status": if held { "requires_capture" } else { "succeeded" },
    })));
    match text(body, "customer").filter(|_| text(body, "setup_future_usage").is_some()) {
        Some(customer) => payment_method::attach_to(call, method, customer)?,
        None => payment_method::mark_used(call, method)?,
    }
    call.session.put(body)?;
    charge::book(call, &charge)
}

/// Writes a declined payment to the intent, stores both, and returns the error.
fn decline(call: &Call<'_>, body: &mut Body, method: &Body, why: &'static Decline) -> ApiResult<ApiError> {
    let charge = charge::for_intent(call, body, method, Some(why), true)?;
    let failure = why.failure().with("charge", id(&charge)).with("payment_method", visible(method));
    intent::fail(body, "last_payment_error", &failure);
    set(body, "latest_charge", id(&charge));
    call.session.put(body)?;
    Ok(failure.with("payment_intent", visible(body)).at(Stage::Done))
}
