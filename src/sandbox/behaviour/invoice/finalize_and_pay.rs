//! Finalizes an invoice, then pays, voids or writes it off.

use crate::sandbox::behaviour::invoice::{balance, payment, share};
use crate::sandbox::behaviour::order::{self, Invoice};
use crate::sandbox::behaviour::payment_intent::{self, PaymentAttempt};
use crate::sandbox::behaviour::payment_method;
use crate::sandbox::behaviour::prelude::*;

/// Stored with an invoice: the intent that pays it.
const INTENT: &str = "_payment_intent";
/// Stored with an invoice: how often its payment was attempted.
const TRIED: &str = "_tried";
/// Countries that use letter-size paper.
const LETTER: &[&str] = &["CA", "MX", "US"];
/// How long after finalization the first automatic payment is attempted, in seconds.
const FIRST_ATTEMPT: i64 = 60 * 60;

/// `POST /v1/invoices/{invoice}/finalize`.
pub fn finalize(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.named()?;
    if let Some(advances) = call.params.get("auto_advance").and_then(Json::as_bool) {
        set(&mut body, "auto_advance", advances);
    }
    finalize_draft(call, &mut body)?;
    call.keep(body)
}

/// Finalizes a draft without storing it: sets its number, applies the customer's balance, and creates the
/// payment intent. An amount of zero is paid at once.
pub fn finalize_draft(call: &Call<'_>, body: &mut Body) -> ApiResult<()> {
    set_status_at(call, body, "open", "finalized_at");
    if text(body, "number").is_none() {
        set(body, "number", next_number(call, body)?);
    }
    if given_number(body, "effective_at").is_none() {
        set(body, "effective_at", call.now);
    }
    show_pages(call, body);
    set(body, "automatically_finalizes_at", Json::Null);
    balance::apply(call, body)?;
    let Invoice { amount_due: due, auto_advance, collection_method, .. } = typed(body)?;
    if due == 0 {
        return mark_paid(call, body);
    }
    if auto_advance && collection_method == "charge_automatically" {
        set(body, "next_payment_attempt", call.now + FIRST_ATTEMPT);
    }
    let mut intent = payment_intent::for_invoice(call, body, due)?;
    if let Some(owner) = subscription_of(call, body)? {
        share::apply_to_intent(&owner, &mut intent)?;
    }
    call.session.put(&intent)?;
    payment::create(call, body, id(&intent), due, true)?;
    let secret = member(&intent, "client_secret");
    body.extend(body! {
        "confirmation_secret": {"client_secret": secret, "type": "payment_intent"}, (INTENT): id(&intent),
    });
    Ok(())
}

/// Sets the URLs of the hosted page and of the PDF.
fn show_pages(call: &Call<'_>, body: &mut Body) {
    let mode = if call.caller.livemode { "live" } else { "test" };
    let name = format!("{}/{mode}_{}", call.caller.account, identifier::fingerprint(id(body)));
    body.extend(body! {
        "hosted_invoice_url": format!("https://invoice.stripe.com/i/{name}?s=ap"),
        "invoice_pdf": format!("https://pay.stripe.com/invoice/{name}/pdf?s=ap"),
    });
    if text(body, "rendering.pdf.page_size") == Some("auto") {
        let country = text(body, "customer_address.country").or_else(|| text(body, "account_country"));
        let size = if country.is_none_or(|country| LETTER.contains(&country)) { "letter" } else { "a4" };
        set_inner(body, "rendering", "pdf", json!({"page_size": size}));
    }
}

/// Returns the next invoice number: the customer's prefix and a sequence number.
fn next_number(call: &Call<'_>, body: &Body) -> ApiResult<String> {
    let mut customer = call.session.named("customer", needed(body, "customer")?)?;
    let next = number(&customer, "next_invoice_sequence").max(1);
    let made = format!("{}-{next:04}", needed(&customer, "invoice_prefix")?);
    set(&mut customer, "next_invoice_sequence", next + 1);
    if text(&customer, "currency").is_none() {
        set(&mut customer, "currency", needed(body, "currency")?);
    }
    call.session.put(&customer)?;
    Ok(made)
}

/// `POST /v1/invoices/{invoice}/send`: the sandbox sends no mail.
pub fn send(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.named()?;
    if status(&body) == "draft" {
        finalize_draft(call, &mut body)?;
    }
    count(&mut body, "_sent");
    call.keep(body)
}

/// `POST /v1/invoices/{invoice}/pay`.
pub fn pay(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.named()?;
    if status(&body) == "draft" {
        finalize_draft(call, &mut body)?;
        call.session.put(&body)?;
    }
    if flag(&call.params, "paid_out_of_band") {
        let Invoice { amount_remaining, .. } = typed(&body)?;
        set(&mut body, "amount_paid_off_stripe", amount_remaining);
        mark_paid(call, &mut body)?;
        end_intent(call, &body)?;
    } else if status(&body) != "paid" {
        charge(call, &mut body)?;
    }
    call.keep(body)
}

/// Charges the amount due to the customer's payment method.
fn charge(call: &Call<'_>, body: &mut Body) -> ApiResult<()> {
    let method = method_of(call, body)?;
    payment_method::check_usable(&method)?;
    let Invoice { attempt_count, .. } = typed(body)?;
    let attempt = collect(call, body, method, flag(&call.params, "off_session"))?;
    // After the first attempt, only automatic attempts are counted.
    set(body, "attempt_count", attempt_count.max(1));
    match attempt {
        PaymentAttempt::Paid => Ok(()),
        PaymentAttempt::Waits => {
            call.session.put(body)?;
            Err(ApiError::of("invoice_requires_action", &[]).at(Stage::Done))
        }
        PaymentAttempt::Failed(failure) => {
            call.session.put(body)?;
            Err(*failure)
        }
    }
}

/// Tries to collect the amount due with a payment method and writes the result to the invoice, without
/// storing it.
pub fn collect(
    call: &Call<'_>,
    body: &mut Body,
    method: Body,
    off_session: bool,
) -> ApiResult<PaymentAttempt> {
    let mut intent = call.session.named("payment_intent", needed(body, INTENT)?)?;
    let Invoice { amount_remaining, attempt_count, .. } = typed(body)?;
    intent.extend(body! {"payment_method": id(&method), "amount": amount_remaining});
    let paying = call.about("payment_intent", body! {"off_session": off_session})?;
    let tried = number(body, TRIED) + 1;
    body.extend(body! {"attempt_count": attempt_count + 1, "attempted": true, (TRIED): tried});
    let attempt = payment_intent::attempt(&paying, &mut intent, method, false)?;
    match &attempt {
        PaymentAttempt::Paid => mark_paid(call, body)?,
        PaymentAttempt::Waits => {
            call.session.put(&intent)?;
            count(body, "_waits");
        }
        PaymentAttempt::Failed(failure) => {
            count(body, "_failed");
            // The customer is absent and will be asked to authenticate.
            if failure.error.get("code").is_some_and(|code| code == "authentication_required") {
                count(body, "_waits");
            }
        }
    }
    Ok(attempt)
}

/// Returns the payment method of the call, of the invoice, of its subscription, or of the customer.
pub fn method_of(call: &Call<'_>, body: &Body) -> ApiResult<Body> {
    if let Some(given) = text(&call.params, "payment_method") {
        return payment_method::resolve(call, given, "payment_method");
    }
    let customer = call.session.named("customer", needed(body, "customer")?)?;
    let subscription = subscription_of(call, body)?;
    let own = [Some(body), subscription.as_ref()].into_iter().flatten();
    let mut own = own.filter_map(|owner| text(owner, "default_payment_method"));
    let Some(method) = own.next().or_else(|| text(&customer, "invoice_settings.default_payment_method"))
    else {
        if let Some(source) = payment_method::of_source(call, &customer)? {
            return Ok(source);
        }
        return Err(ApiError::of("no_default_method", &[]));
    };
    call.session.referred("payment_method", method, "payment_method")
}

/// Returns the payment method of the payment that paid an invoice.
pub fn paid_with(call: &Call<'_>, invoice: &Body) -> ApiResult<Option<String>> {
    let intent = call.session.linked(invoice, INTENT, "payment_intent")?;
    let intent = intent.filter(|intent| status(intent) == "succeeded");
    Ok(intent.and_then(|intent| text(&intent, "payment_method").map(str::to_owned)))
}

/// Returns the subscription of an invoice, if it has one.
pub fn subscription_of(call: &Call<'_>, invoice: &Body) -> ApiResult<Option<Body>> {
    call.session.linked(invoice, "parent.subscription_details.subscription", "subscription")
}

/// Marks the invoice as paid and ends its payments.
pub fn mark_paid(call: &Call<'_>, body: &mut Body) -> ApiResult<()> {
    let Invoice { amount_due, .. } = typed(body)?;
    body.extend(body! {
        "amount_paid": amount_due, "amount_remaining": 0,
    });
    stop_collection(body);
    set_status_at(call, body, "paid", "paid_at");
    payment::end_all(call, body)
}

/// Sets the amount due, and updates the intent and the payment that collect it.
pub fn update_amount_due(call: &Call<'_>, body: &mut Body) -> ApiResult<()> {
    order::set_amounts_due(body)?;
    let Invoice { amount_remaining, .. } = typed(body)?;
    if amount_remaining == 0 {
        mark_paid(call, body)?;
        return end_intent(call, body);
    }
    if let Some(mut intent) = call.session.linked(body, INTENT, "payment_intent")? {
        call.update(&mut intent, body! {"amount": amount_remaining})?;
    }
    let mut own = payment::open(call, body)?.into_iter().filter(|payment| flag(payment, "is_default"));
    own.try_for_each(|mut payment| call.update(&mut payment, body! {"amount_requested": amount_remaining}))
}

/// Marks the invoice of a succeeded intent as paid.
pub fn intent_succeeded(call: &Call<'_>, intent: &Body) -> ApiResult<()> {
    match call.session.linked(intent, "_invoice", "invoice")? {
        Some(mut body) if status(&body) != "paid" => {
            mark_paid(call, &mut body)?;
            call.session.put(&body)
        }
        _ => Ok(()),
    }
}

/// `POST /v1/invoices/{invoice}/void`.
pub fn void(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.named()?;
    set_status_at(call, &mut body, "void", "voided_at");
    stop_collection(&mut body);
    balance::return_applied(call, &mut body)?;
    end_intent(call, &body)?;
    payment::end_all(call, &body)?;
    call.keep(body)
}

/// `POST /v1/invoices/{invoice}/mark_uncollectible`.
pub fn mark_uncollectible(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.named()?;
    set_status_at(call, &mut body, "uncollectible", "marked_uncollectible_at");
    stop_collection(&mut body);
    set_inner(&mut body, "status_details", "uncollectible", json!({"reason": null}));
    call.keep(body)
}

fn stop_collection(body: &mut Body) {
    body.extend(body! {"auto_advance": false, "next_payment_attempt": null});
}

/// Ends the intent of an invoice that needs no payment.
pub(super) fn end_intent(call: &Call<'_>, body: &Body) -> ApiResult<()> {
    match call.session.linked(body, INTENT, "payment_intent")? {
        Some(mut intent) if !matches!(status(&intent), "succeeded" | "canceled") => {
            let paying = call.about("payment_intent", Body::new())?;
            payment_intent::cancel_intent(&paying, &mut intent, Some("void_invoice"))
        }
        _ => Ok(()),
    }
}

/// Sets a status and its time.
fn set_status_at(call: &Call<'_>, body: &mut Body, state: &str, at: &str) {
    set(body, "status", state);
    set_inner(body, "status_transitions", at, call.now);
}
