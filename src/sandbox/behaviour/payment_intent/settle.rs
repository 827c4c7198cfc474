//! The ends of a payment intent: captured, canceled, or authenticated by the customer.

use serde_json::Value as Json;

use crate::sandbox::behaviour::charge;
use crate::sandbox::behaviour::intent::unexpected_state;
use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{given_number, number, set, status, text};
use crate::sandbox::store::Body;

use super::confirm::{Attempt, attempt};

/// `POST /v1/payment_intents/{intent}/capture`.
pub(in crate::sandbox::behaviour) fn capture(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    let most = number(&body, "amount_capturable");
    let amount = given_number(&call.params, "amount_to_capture").unwrap_or(most);
    if amount > most {
        let message =
            "The amount to capture is larger than the amount that can be captured on this PaymentIntent.";
        return Err(Failure::state(message).code("amount_too_large").param("amount_to_capture"));
    }
    if let Some(mut held) = latest_charge(call, &body)? {
        charge::take(call, &mut held, amount)?;
        call.session.put(&held)?;
    }
    crate::sandbox::shape::lay_over(call.entity, &mut body, &call.params)?;
    set(&mut body, "amount_capturable", 0);
    set(&mut body, "amount_received", amount);
    set(&mut body, "status", "succeeded");
    call.keep(body)
}

fn latest_charge(call: &Call<'_>, body: &Body) -> Outcome<Option<Body>> {
    match text(body, "latest_charge") {
        Some(charge) => call.session.alive("charge", charge),
        None => Ok(None),
    }
}

/// `POST /v1/payment_intents/{intent}/cancel`.
pub(in crate::sandbox::behaviour) fn cancel(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    if let Some(invoice) = text(&body, "_invoice") {
        let message = format!(
            "You cannot cancel this PaymentIntent because it was created by the invoice {invoice}. Void the invoice instead."
        );
        return Err(unexpected_state(message, &body));
    }
    end(call, &mut body, text(&call.params, "cancellation_reason"))?;
    Ok(Json::Object(body))
}

/// Cancels an intent; what was held is let go.
pub(in crate::sandbox::behaviour) fn end(
    call: &Call<'_>,
    body: &mut Body,
    reason: Option<&str>,
) -> Outcome<()> {
    if status(body) == "requires_capture"
        && let Some(mut held) = latest_charge(call, body)?
    {
        let amount = number(&held, "amount");
        set(&mut held, "amount_refunded", amount);
        set(&mut held, "refunded", true);
        call.session.put(&held)?;
    }
    set(body, "amount_capturable", 0);
    set(body, "canceled_at", call.now);
    set(body, "cancellation_reason", reason.map_or(Json::Null, Json::from));
    set(body, "next_action", Json::Null);
    set(body, "status", "canceled");
    call.session.put(body)
}

/// What the customer does on the page that `next_action` names: authenticates, or fails to.
pub(in crate::sandbox::behaviour) fn authenticate(call: &Call<'_>, succeeds: bool) -> Outcome<Json> {
    let mut body = call.named()?;
    if status(&body) != "requires_action" {
        let message = format!("This PaymentIntent has a status of {} and waits for nobody.", status(&body));
        return Err(unexpected_state(message, &body));
    }
    let method = text(&body, "payment_method").ok_or_else(|| missing("payment_method"))?;
    let method = call.session.referred("payment_method", method, "payment_method")?;
    if !succeeds {
        let failure = Failure::new(
            402,
            "invalid_request_error",
            "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new \
             PaymentMethod to attempt to fulfill this PaymentIntent again.",
        )
        .code("payment_intent_authentication_failure");
        set(&mut body, "last_payment_error", failure.error);
        set(&mut body, "payment_method", Json::Null);
        set(&mut body, "next_action", Json::Null);
        set(&mut body, "status", "requires_payment_method");
        return call.keep(body);
    }
    match attempt(call, &mut body, method, true)? {
        Attempt::Failed(failure) => Err(*failure),
        Attempt::Paid | Attempt::Waits => call.keep(body),
    }
}
