//! Confirming a payment intent: the payment is tried, and what comes of it is written down.

use serde_json::{Value as Json, json};

use crate::sandbox::behaviour::card::{Decline, Verdict};
use crate::sandbox::behaviour::intent::{check_return_url, shown, unexpected_state};
use crate::sandbox::behaviour::{charge, payment_method};
use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome, Stage};
use crate::sandbox::fields::{flag, id, number, set, status, text};
use crate::sandbox::identifier;
use crate::sandbox::store::Body;

/// `POST /v1/payment_intents/{intent}/confirm`.
pub(in crate::sandbox::behaviour) fn confirm(call: &Call<'_>) -> Outcome<Json> {
    let mut call = call.clone();
    let before = call.named()?;
    check_state(&before)?;
    payment_method::take(&mut call)?;
    let mut body = call.revise()?;
    for name in ["capture_method", "confirmation_method"] {
        let kept = before.get(name).cloned().unwrap_or_default();
        if !call.params.contains_key(name) {
            set(&mut body, name, kept);
        }
    }
    check_owner(&call, &body)?;
    run(&call, body)
}

fn check_state(body: &Body) -> Outcome<()> {
    let message = match status(body) {
        "requires_payment_method" | "requires_confirmation" | "requires_action" => return Ok(()),
        "succeeded" | "requires_capture" => {
            "You cannot confirm this PaymentIntent because it has already succeeded \
             after being previously confirmed."
                .to_owned()
        }
        other => format!(
            "You cannot confirm this PaymentIntent because it has a status of {other}. Only a PaymentIntent with one \
             of the following statuses may be confirmed: requires_confirmation, requires_action."
        ),
    };
    Err(unexpected_state(message, body))
}

/// Confirms an intent whose params are laid over.
pub(super) fn run(call: &Call<'_>, mut body: Body) -> Outcome<Json> {
    let Some(method) = text(&body, "payment_method").map(str::to_owned) else {
        let message = "You cannot confirm this PaymentIntent because it's missing a payment method. You can either \
             update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly \
             with a payment method or ConfirmationToken.";
        return Err(unexpected_state(message, &body));
    };
    check_return_url(call, &body)?;
    let method = call.session.referred("payment_method", &method, "payment_method")?;
    payment_method::check_usable(&method)?;
    match attempt(call, &mut body, method, false)? {
        Attempt::Failed(failure) => Err(*failure),
        Attempt::Paid | Attempt::Waits => call.keep(body),
    }
}

/// A method that is saved to a customer may be used for that customer only.
pub(super) fn check_owner(call: &Call<'_>, body: &Body) -> Outcome<()> {
    let Some(method) = text(body, "payment_method") else { return Ok(()) };
    let method = call.session.referred("payment_method", method, "payment_method")?;
    let Some(owner) = text(&method, "customer") else { return Ok(()) };
    let message = match text(body, "customer") {
        Some(customer) if customer == owner => return Ok(()),
        Some(_) => format!(
            "The customer does not have a payment method with the ID {}. The payment method must be attached to the \
             customer.",
            id(&method)
        ),
        None => format!(
            "The payment method {} belongs to a Customer. Please include the Customer in the `customer` parameter on \
             the PaymentIntent.",
            id(&method)
        ),
    };
    Err(Failure::state(message).param("payment_method"))
}

/// What came of a payment.
#[derive(Debug)]
pub(in crate::sandbox::behaviour) enum Attempt {
    /// The money is taken or held.
    Paid,
    /// The customer has to do something first.
    Waits,
    /// The payment was refused; the intent says why and is kept.
    Failed(Box<Failure>),
}

/// Tries the payment with a method and writes the result on the intent.
pub(in crate::sandbox::behaviour) fn attempt(
    call: &Call<'_>,
    body: &mut Body,
    mut method: Body,
    authenticated: bool,
) -> Outcome<Attempt> {
    let off_session =
        call.params.get("off_session").is_some_and(|given| *given != Json::Bool(false) && *given != "");
    let verdict = payment_method::verdict(&method);
    match verdict {
        Verdict::Decline(why) => {
            refuse(call, body, &method, why).map(|failure| Attempt::Failed(Box::new(failure)))
        }
        Verdict::Authenticate
            if !authenticated && (off_session || flag(&call.params, "error_on_requires_action")) =>
        {
            let why = Decline {
                code: "authentication_required",
                reason: "authentication_required",
                message: "Your card was declined. This transaction requires authentication.",
                at_once: false,
            };
            refuse(call, body, &method, why).map(|failure| Attempt::Failed(Box::new(failure)))
        }
        Verdict::Authenticate if !authenticated => {
            ask_to_authenticate(call, body);
            Ok(Attempt::Waits)
        }
        Verdict::Approve | Verdict::Authenticate => {
            set(body, charge::AUTHENTICATED, verdict == Verdict::Authenticate);
            pay(call, body, &mut method)?;
            Ok(Attempt::Paid)
        }
    }
}

fn ask_to_authenticate(call: &Call<'_>, body: &mut Body) {
    let page = format!("/_sandbox/payment_intents/{}/authenticate", id(body));
    let action = match text(&call.params, "return_url") {
        Some(url) => json!({"redirect_to_url": {"return_url": url, "url": page}, "type": "redirect_to_url"}),
        None => json!({
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"source": identifier::random("src_", 24), "stripe_js": page, "type": "three_d_secure_redirect"},
        }),
    };
    set(body, "next_action", action);
    set(body, "status", "requires_action");
}

fn pay(call: &Call<'_>, body: &mut Body, method: &mut Body) -> Outcome<()> {
    let held = text(body, "capture_method") == Some("manual");
    let charge = charge::for_intent(call, body, method, None, !held)?;
    let amount = number(body, "amount");
    set(body, "latest_charge", id(&charge));
    set(body, "next_action", Json::Null);
    set(body, "last_payment_error", Json::Null);
    set(body, "amount_capturable", if held { amount } else { 0 });
    set(body, "amount_received", if held { 0 } else { amount });
    set(body, "status", if held { "requires_capture" } else { "succeeded" });
    match text(body, "customer").filter(|_| text(body, "setup_future_usage").is_some()) {
        Some(customer) => payment_method::attach_to(call, method, customer)?,
        None => payment_method::spend(call, method)?,
    }
    call.session.put(body)
}

/// Writes a refused payment on the intent, keeps both, and answers with the refusal.
fn refuse(call: &Call<'_>, body: &mut Body, method: &Body, why: Decline) -> Outcome<Failure> {
    let charge = charge::for_intent(call, body, method, Some(why), true)?;
    let failure = Failure::new(402, "card_error", why.message)
        .code(why.code)
        .with("decline_code", why.reason)
        .with("charge", id(&charge))
        .with("payment_method", shown(method))
        .at(Stage::Done);
    set(body, "last_payment_error", failure.error.clone());
    set(body, "latest_charge", id(&charge));
    set(body, "payment_method", Json::Null);
    set(body, "next_action", Json::Null);
    set(body, "status", "requires_payment_method");
    call.session.put(body)?;
    Ok(failure.with("payment_intent", shown(body)))
}
