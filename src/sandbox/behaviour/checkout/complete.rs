//! Completes a checkout session, in which the customer pays.

use crate::sandbox::behaviour::payment_intent::{self, PaymentAttempt};
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{customer, line_items, payment_method, setup_intent, subscription};

/// The email address that the customer enters if the session has none.
const UNKNOWN: &str = "customer@example.com";

/// Pays as the customer with this payment method; a failed payment leaves the session open.
pub(in crate::sandbox::behaviour) fn complete(call: &Call<'_>, method: &str) -> ApiResult<Json> {
    let mut body = call.named()?;
    if status(&body) != "open" {
        return Err(ApiError::of("not_waiting", &[("object", &"session"), ("status", &status(&body))]));
    }
    let mode = needed(&body, "mode")?.to_owned();
    let customer = payer(call, &mut body, mode != "payment")?;
    let mut method = payment_method::resolve(call, method, "payment_method")?;
    if text(&method, "customer").is_none() && text(&method, "billing_details.email").is_none() {
        let email = at(&customer_details(call, &body, &method)?, "email").cloned();
        set_inner(&mut method, "billing_details", "email", email);
        call.session.put(&method)?;
    }
    let paid_with = method.clone();
    match mode.as_str() {
        "setup" => setup(call, &mut body, &method, &customer)?,
        "subscription" => subscribe(call, &mut body, &mut method, &customer)?,
        _ => pay(call, &mut body, method, &customer)?,
    }
    let details = customer_details(call, &body, &paid_with)?;
    body.extend(body! {"customer_details": details, "status": "complete", "url": null});
    let intent = call.session.linked(&body, "payment_intent", "payment_intent")?;
    let is_held = intent.is_some_and(|intent| status(&intent) == "requires_capture");
    if text(&body, "payment_status") == Some("unpaid") && !is_held {
        set(&mut body, "payment_status", "paid");
    }
    call.keep(body)
}

/// Marks the session of a succeeded intent as paid.
pub(in crate::sandbox::behaviour) fn intent_succeeded(call: &Call<'_>, intent: &Body) -> ApiResult<()> {
    for mut session in call.session.having("checkout.session", "payment_intent", id(intent))? {
        if status(&session) == "complete" && text(&session, "payment_status") == Some("unpaid") {
            call.update(&mut session, body! {"payment_status": "paid"})?;
        }
    }
    Ok(())
}

/// Params for the objects that the payment creates; each is stored under its name with a leading underscore.
const DATA: [&str; 3] = ["payment_intent_data", "setup_intent_data", "subscription_data"];

/// Stores these params with the session.
pub(super) fn keep_data(call: &Call<'_>, body: &mut Body) {
    for name in DATA {
        if let Some(data) = call.params.get(name) {
            set(body, &format!("_{name}"), data.clone());
        }
    }
}

/// Returns the details of the customer who paid, from the session, the customer and the payment method.
fn customer_details(call: &Call<'_>, body: &Body, method: &Body) -> ApiResult<Body> {
    let customer = call.session.linked(body, "customer", "customer")?;
    let known = [customer.as_ref(), inner(method, "billing_details")];
    let given = |name: &str| known.into_iter().flatten().find_map(|known| text(known, name));
    let email = text(body, "customer_email").or_else(|| given("email")).unwrap_or(UNKNOWN);
    Ok(body! {
        "address": at(method, "billing_details.address"), "email": email, "name": given("name"),
        "phone": given("phone"), "tax_exempt": given("tax_exempt").unwrap_or("none"), "tax_ids": [],
    })
}

/// Returns the id of the paying customer. If the session names none, creates one if it is needed, and
/// otherwise returns an empty id.
fn payer(call: &Call<'_>, body: &mut Body, needed: bool) -> ApiResult<String> {
    if let Some(known) = text(body, "customer") {
        return Ok(known.to_owned());
    }
    if !needed && text(body, "customer_creation") != Some("always") {
        return Ok(String::new());
    }
    let email = text(body, "customer_email").unwrap_or(UNKNOWN);
    let made = members(customer::create(&call.about("customer", members(json!({"email": email})))?)?);
    set(body, "customer", id(&made));
    Ok(id(&made).to_owned())
}

fn setup(call: &Call<'_>, body: &mut Body, method: &Body, customer: &str) -> ApiResult<()> {
    let mut params = members_at(body, "_setup_intent_data");
    params.extend(body! {
        "payment_method": id(method), "confirm": true, "customer": customer,
        "automatic_payment_methods": {"enabled": true, "allow_redirects": "never"},
    });
    let made = members(setup_intent::create(&call.about("setup_intent", params)?)?);
    set(body, "setup_intent", id(&made));
    Ok(())
}

fn subscribe(call: &Call<'_>, body: &mut Body, method: &mut Body, customer: &str) -> ApiResult<()> {
    payment_method::attach_to(call, method, customer)?;
    let (recurring, once): (Vec<Body>, Vec<Body>) =
        line_items::of(body).into_iter().partition(line_items::is_recurring);
    let entries = |items: &[Body]| items.iter().map(line_items::entry).collect::<Vec<_>>();
    let known: Vec<Json> = items(body, "_discounts").iter().map(|id| json!({"discount": id})).collect();
    let mut params = members_at(body, "_subscription_data");
    params.extend(body! {
        "customer": customer, "default_payment_method": id(method), "payment_behavior": "error_if_incomplete",
        "currency": body.get("currency"), "items": entries(&recurring), "discounts": known,
        "add_invoice_items": entries(&once),
    });
    let made = subscription::made(&call.about("subscription", params)?)?;
    set(body, "subscription", id(&made));
    set(body, "invoice", member(&made, "latest_invoice"));
    Ok(())
}

fn pay(call: &Call<'_>, body: &mut Body, method: Body, customer: &str) -> ApiResult<()> {
    let amount = needed_number(body, "amount_total")?;
    if amount == 0 {
        return Ok(());
    }
    let owed = members(json!({"currency": body.get("currency"), "customer": customer}));
    let mut intent = payment_intent::for_amount(call, &owed, amount)?;
    let paying = call.about("payment_intent", Body::new())?;
    shape::lay_over(paying.entity, &mut intent, &members_at(body, "_payment_intent_data"))?;
    set(&mut intent, "payment_method", id(&method));
    match payment_intent::attempt(&paying, &mut intent, method, true)? {
        PaymentAttempt::Failed(failure) => return Err(*failure),
        PaymentAttempt::Paid | PaymentAttempt::Waits => set(body, "payment_intent", id(&intent)),
    }
    call.session.put(&intent)
}
