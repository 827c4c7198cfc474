//! The way of an invoice out of its draft: finalized, then paid, void or given up.

use serde_json::{Value as Json, json};

use crate::sandbox::behaviour::payment_intent::{self, Attempt};
use crate::sandbox::behaviour::transition::not_in_state;
use crate::sandbox::behaviour::{customer_time, order, payment_method};
use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome, Stage};
use crate::sandbox::fields::{flag, id, inner, member, number, set, set_inner, status, text};
use crate::sandbox::identifier;
use crate::sandbox::store::Body;

use super::{balance, payment};

/// Kept with an invoice: the intent that pays it.
const INTENT: &str = "_payment_intent";
/// Kept with an invoice: how often somebody tried to pay it.
const TRIED: &str = "_tried";
/// An automatic payment is tried this long after the invoice was finalized, in seconds.
const FIRST_ATTEMPT: i64 = 60 * 60;

/// `POST /v1/invoices/{invoice}/finalize`.
pub(in crate::sandbox::behaviour) fn finalize(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    let call = &customer_time::of_owned(call, &body)?;
    if let Some(advances) = call.params.get("auto_advance").and_then(Json::as_bool) {
        set(&mut body, "auto_advance", advances);
    }
    open(call, &mut body)?;
    call.keep(body)
}

/// Ends the draft: the number, the customer's balance, the intent that pays. What comes to
/// nothing is paid at once. The invoice is not yet kept.
pub(in crate::sandbox::behaviour) fn open(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    reached(call, body, "open", "finalized_at");
    if text(body, "number").is_none() {
        set(body, "number", next_number(call, body)?);
    }
    if body.get("effective_at").is_none_or(Json::is_null) {
        set(body, "effective_at", call.now);
    }
    set(body, "automatically_finalizes_at", Json::Null);
    let page = format!("https://invoice.stripe.com/i/{}/{}", call.account, identifier::fingerprint(id(body)));
    set(body, "invoice_pdf", format!("{page}/pdf"));
    set(body, "hosted_invoice_url", page);
    balance::apply(call, body)?;
    let due = number(body, "amount_due");
    if due == 0 {
        return paid(call, body);
    }
    if flag(body, "auto_advance") && text(body, "collection_method") == Some("charge_automatically") {
        set(body, "next_payment_attempt", call.now + FIRST_ATTEMPT);
    }
    let intent = payment_intent::for_invoice(call, body, due)?;
    call.session.put(&intent)?;
    payment::requested(call, body, id(&intent), due, true)?;
    let secret = member(&intent, "client_secret");
    set(body, "confirmation_secret", json!({"client_secret": secret, "type": "payment_intent"}));
    set(body, INTENT, id(&intent));
    Ok(())
}

/// The customer's prefix and the next number of its sequence.
fn next_number(call: &Call<'_>, body: &Body) -> Outcome<String> {
    let Some(mut customer) = call.session.linked(body, "customer", "customer")? else {
        return Ok(format!("{}-0001", identifier::invoice_prefix()));
    };
    let next = number(&customer, "next_invoice_sequence").max(1);
    let made = format!("{}-{next:04}", text(&customer, "invoice_prefix").unwrap_or("SANDBOX"));
    set(&mut customer, "next_invoice_sequence", next + 1);
    if text(&customer, "currency").is_none() {
        set(&mut customer, "currency", member(body, "currency"));
    }
    call.session.put(&customer)?;
    Ok(made)
}

/// `POST /v1/invoices/{invoice}/send`: nobody gets mail from a sandbox.
pub(in crate::sandbox::behaviour) fn send(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    let call = &customer_time::of_owned(call, &body)?;
    if status(&body) == "draft" {
        open(call, &mut body)?;
    }
    set(&mut body, "_sent", call.now);
    call.keep(body)
}

/// `POST /v1/invoices/{invoice}/pay`.
pub(in crate::sandbox::behaviour) fn pay(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    let call = &customer_time::of_owned(call, &body)?;
    match status(&body) {
        "draft" => open(call, &mut body)?,
        "open" | "uncollectible" => {}
        "paid" => return Err(Failure::state("Invoice is already paid").code("invoice_already_paid")),
        _ => return Err(not_in_state(call, &body, "pay")),
    }
    if flag(&call.params, "paid_out_of_band") {
        let due = number(&body, "amount_remaining");
        set(&mut body, "amount_paid_off_stripe", due);
        paid(call, &mut body)?;
        end_intent(call, &body)?;
    } else if status(&body) != "paid" {
        charge(call, &mut body)?;
    }
    call.keep(body)
}

/// Takes what is due from the customer's payment method.
fn charge(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    let method = method_of(call, body)?;
    payment_method::check_usable(&method)?;
    let counted = number(body, "attempt_count");
    let attempt = collect(call, body, method, flag(&call.params, "off_session"))?;
    // after the first attempt only those that are made automatically are counted
    set(body, "attempt_count", counted.max(1));
    match attempt {
        Attempt::Paid => Ok(()),
        Attempt::Waits => {
            call.session.put(body)?;
            let message = "This payment requires additional user action before it can be completed successfully. \
                 Payment can be completed using the PaymentIntent associated with the invoice.";
            let failure = Failure::new(402, "card_error", message);
            Err(failure.code("invoice_payment_intent_requires_action").at(Stage::Done))
        }
        Attempt::Failed(failure) => {
            call.session.put(body)?;
            Err(*failure)
        }
    }
}

/// Tries to take what is due from a method and writes on the invoice what came of it; the
/// invoice is not yet kept.
pub(in crate::sandbox::behaviour) fn collect(
    call: &Call<'_>,
    body: &mut Body,
    method: Body,
    off_session: bool,
) -> Outcome<Attempt> {
    let mut intent = call.session.named("payment_intent", text(body, INTENT).unwrap_or_default())?;
    set(&mut intent, "payment_method", id(&method));
    set(&mut intent, "amount", number(body, "amount_remaining"));
    let mut params = Body::new();
    if off_session {
        set(&mut params, "off_session", true);
    }
    let paying = call.about("payment_intent", params)?;
    let tried = number(body, TRIED) + 1;
    set(body, TRIED, tried);
    let counted = number(body, "attempt_count") + 1;
    set(body, "attempt_count", counted);
    set(body, "attempted", true);
    let attempt = payment_intent::attempt(&paying, &mut intent, method, false)?;
    match attempt {
        Attempt::Paid => paid(call, body)?,
        Attempt::Waits => {
            call.session.put(&intent)?;
            set(body, "_waits", tried);
        }
        Attempt::Failed(_) => set(body, "_failed", tried),
    }
    Ok(attempt)
}

/// The method of the call, of the invoice, of its subscription, or of the customer.
pub(in crate::sandbox::behaviour) fn method_of(call: &Call<'_>, body: &Body) -> Outcome<Body> {
    if let Some(given) = text(&call.params, "payment_method") {
        return payment_method::resolve(call, given, "payment_method");
    }
    let customer = call.session.linked(body, "customer", "customer")?.unwrap_or_default();
    let settings = inner(&customer, "invoice_settings");
    let usual = settings.and_then(|settings| text(settings, "default_payment_method"));
    let subscription = subscription_of(call, body)?.unwrap_or_default();
    let own = text(body, "default_payment_method").or_else(|| text(&subscription, "default_payment_method"));
    let Some(method) = own.or(usual) else {
        if let Some(source) = payment_method::of_source(call, &customer)? {
            return Ok(source);
        }
        let message = "There is no `default_payment_method` set on this Customer or Invoice. Please set either field \
             to an attached PaymentMethod or pass `payment_method`.";
        return Err(Failure::state(message).code("resource_missing"));
    };
    call.session.referred("payment_method", method, "payment_method")
}

/// The subscription of an invoice, where it has one.
pub(in crate::sandbox::behaviour) fn subscription_of(
    call: &Call<'_>,
    invoice: &Body,
) -> Outcome<Option<Body>> {
    let own = invoice.get("parent").and_then(|parent| parent.pointer("/subscription_details/subscription"));
    match own.and_then(Json::as_str) {
        Some(own) => call.session.alive("subscription", own),
        None => Ok(None),
    }
}

/// What is still due has been paid; its payments are over.
pub(in crate::sandbox::behaviour) fn paid(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    let due = number(body, "amount_due");
    set(body, "amount_paid", due);
    set(body, "amount_remaining", 0);
    set(body, "next_payment_attempt", Json::Null);
    set(body, "auto_advance", false);
    reached(call, body, "paid", "paid_at");
    payment::ended(call, body, "paid")
}

/// What an invoice still wants, and the intent that is to bring it.
pub(in crate::sandbox::behaviour) fn due_now(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    order::due(body);
    if number(body, "amount_remaining") == 0 {
        paid(call, body)?;
        return end_intent(call, body);
    }
    if let Some(mut intent) = call.session.alive("payment_intent", text(body, INTENT).unwrap_or_default())? {
        set(&mut intent, "amount", number(body, "amount_remaining"));
        call.session.put(&intent)?;
    }
    Ok(())
}

/// An intent succeeded: the invoice that it belongs to is paid.
pub(in crate::sandbox::behaviour) fn intent_succeeded(call: &Call<'_>, intent: &Body) -> Outcome<()> {
    let Some(invoice) = text(intent, "_invoice") else { return Ok(()) };
    let Some(mut body) = call.session.alive("invoice", invoice)? else { return Ok(()) };
    if status(&body) == "paid" {
        return Ok(());
    }
    paid(call, &mut body)?;
    call.session.put(&body)
}

/// `POST /v1/invoices/{invoice}/void`.
pub(in crate::sandbox::behaviour) fn void(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    let call = &customer_time::of_owned(call, &body)?;
    reached(call, &mut body, "void", "voided_at");
    balance::give_back(call, &mut body)?;
    end_intent(call, &body)?;
    payment::ended(call, &body, "canceled")?;
    call.keep(body)
}

/// `POST /v1/invoices/{invoice}/mark_uncollectible`.
pub(in crate::sandbox::behaviour) fn mark_uncollectible(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    let call = &customer_time::of_owned(call, &body)?;
    reached(call, &mut body, "uncollectible", "marked_uncollectible_at");
    set_inner(&mut body, "status_details", "uncollectible", json!({"reason": null}));
    call.keep(body)
}

/// The intent of an invoice that needs no payment any more.
pub(super) fn end_intent(call: &Call<'_>, body: &Body) -> Outcome<()> {
    let Some(mut intent) = call.session.alive("payment_intent", text(body, INTENT).unwrap_or_default())?
    else {
        return Ok(());
    };
    if matches!(status(&intent), "succeeded" | "canceled") {
        return Ok(());
    }
    let paying = call.about("payment_intent", Body::new())?;
    payment_intent::end(&paying, &mut intent, Some("void_invoice"))
}

/// Writes when the invoice reached a state.
fn reached(call: &Call<'_>, body: &mut Body, state: &str, at: &str) {
    set(body, "status", state);
    set_inner(body, "status_transitions", at, call.now);
}
