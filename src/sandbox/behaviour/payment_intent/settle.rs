//! Captures, cancels or authenticates a payment intent.

use crate::sandbox::behaviour::payment_intent::confirm::{AUTHENTICATED_WITH, PaymentAttempt, attempt};
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{charge, intent};

/// `POST /v1/payment_intents/{intent}/capture`.
pub(in crate::sandbox::behaviour) fn capture(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.named()?;
    let all = needed_number(&body, "amount_capturable")?;
    let amount = given_number(&call.params, "amount_to_capture").unwrap_or(all);
    if let Some(mut held) = call.session.linked(&body, "latest_charge", "charge")? {
        charge::capture_held(call, &mut held, amount)?;
        call.session.put(&held)?;
    }
    shape::lay_over(call.entity, &mut body, &call.params)?;
    body.extend(members(json!({"amount_capturable": 0, "amount_received": amount, "status": "succeeded"})));
    call.keep(body)
}

/// `POST /v1/payment_intents/{intent}/cancel`.
pub(in crate::sandbox::behaviour) fn cancel(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.named()?;
    cancel_intent(call, &mut body, text(&call.params, "cancellation_reason"))?;
    Ok(Json::Object(body))
}

/// Cancels an intent and releases the held amount.
pub(in crate::sandbox::behaviour) fn cancel_intent(
    call: &Call<'_>,
    body: &mut Body,
    reason: Option<&str>,
) -> ApiResult<()> {
    if status(body) == "requires_capture"
        && let Some(mut held) = call.session.linked(body, "latest_charge", "charge")?
    {
        let amount = needed_number(&held, "amount")?;
        call.update(&mut held, body! {"amount_refunded": amount, "refunded": true})?;
    }
    body.extend(members(json!({
        "amount_capturable": 0, "canceled_at": call.now, "cancellation_reason": reason, "next_action": null,
        "status": "canceled",
    })));
    call.session.put(body)
}

/// Authenticates, or fails to authenticate, as the customer on the page of `next_action`.
pub(in crate::sandbox::behaviour) fn authenticate(call: &Call<'_>, succeeds: bool) -> ApiResult<Json> {
    let (mut body, method) = intent::returning_intent(call)?;
    if !succeeds {
        let failure = ApiError::of("payment_authentication_failed", &[]);
        intent::fail(&mut body, "last_payment_error", &failure);
        return call.keep(body);
    }
    if text(&body, "confirmation_method") == Some("manual") {
        // The seller must confirm it again.
        body.extend(body! {
            "next_action": null, "status": "requires_confirmation", (AUTHENTICATED_WITH): id(&method),
        });
        return call.keep(body);
    }
    match attempt(call, &mut body, method, true)? {
        PaymentAttempt::Failed(failure) => Err(*failure),
        PaymentAttempt::Paid | PaymentAttempt::Waits => call.keep(body),
    }
}
