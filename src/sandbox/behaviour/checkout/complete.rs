//! The customer's part of a checkout session: to pay.

use serde_json::{Value as Json, json};

use crate::sandbox::behaviour::payment_intent::Attempt;
use crate::sandbox::behaviour::{line_items, payment_intent, payment_method, setup_intent, subscription};
use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{id, inner, items, member, number, set, status, text};
use crate::sandbox::shape;
use crate::sandbox::store::Body;

use super::page::current;

/// The address that a customer types in whom nobody knows.
const UNKNOWN: &str = "customer@example.com";

/// The customer fills in the page with that method; a payment that fails leaves the session open.
pub(in crate::sandbox::behaviour) fn complete(call: &Call<'_>, method: &str) -> Outcome<Json> {
    let mut body = current(call, call.named()?);
    if status(&body) != "open" {
        return Err(Failure::state(format!(
            "This session has a status of {} and waits for nobody.",
            status(&body)
        )));
    }
    let mode = text(&body, "mode").unwrap_or("payment").to_owned();
    let customer = customer(call, &mut body, mode != "payment")?;
    let mut method = payment_method::resolve(call, method, "payment_method")?;
    if let Some(customer) = &customer
        && mode == "subscription"
    {
        payment_method::attach_to(call, &mut method, customer)?;
    }
    let paid_with = method.clone();
    match mode.as_str() {
        "setup" => setup(call, &mut body, &method, customer.as_deref())?,
        "subscription" => subscribe(call, &mut body, &method, customer.as_deref().unwrap_or_default())?,
        _ => pay(call, &mut body, method, customer.as_deref())?,
    }
    set(&mut body, "status", "complete");
    set(&mut body, "url", Json::Null);
    let details = who_paid(call, &body, &paid_with)?;
    set(&mut body, "customer_details", details);
    if text(&body, "payment_status") == Some("unpaid") {
        set(&mut body, "payment_status", "paid");
    }
    call.keep(body)
}

/// Params about what the payment makes: each is kept under its name with an underscore.
const DATA: [&str; 3] = ["payment_intent_data", "setup_intent_data", "subscription_data"];

/// Keeps what the call says of the intent or the subscription that comes of the payment.
pub(super) fn keep_data(call: &Call<'_>, body: &mut Body) {
    for name in DATA {
        if let Some(data) = call.params.get(name) {
            set(body, &format!("_{name}"), data.clone());
        }
    }
}

fn data(body: &Body, name: &str) -> Body {
    inner(body, name).cloned().unwrap_or_default()
}

/// What the page was told of who paid: of the session, of its customer, of the method.
fn who_paid(call: &Call<'_>, body: &Body, method: &Body) -> Outcome<Json> {
    let customer = call.session.linked(body, "customer", "customer")?.unwrap_or_default();
    let billing = inner(method, "billing_details").cloned().unwrap_or_default();
    let told = |name: &str| [&customer, &billing].into_iter().find_map(|known| text(known, name));
    let email = text(body, "customer_email").or_else(|| told("email")).unwrap_or(UNKNOWN);
    let exempt = text(&customer, "tax_exempt").unwrap_or("none");
    Ok(json!({
        "address": billing.get("address"), "email": email, "name": told("name"), "phone": told("phone"),
        "tax_exempt": exempt, "tax_ids": [],
    }))
}

/// Who pays; somebody new where the session names nobody and somebody is needed.
fn customer(call: &Call<'_>, body: &mut Body, needed: bool) -> Outcome<Option<String>> {
    if let Some(known) = text(body, "customer") {
        return Ok(Some(known.to_owned()));
    }
    if !needed && text(body, "customer_creation") != Some("always") {
        return Ok(None);
    }
    let mut params = Body::new();
    set(&mut params, "email", text(body, "customer_email").unwrap_or(UNKNOWN));
    let made = crate::sandbox::behaviour::customer::create(&call.about("customer", params)?)?;
    let made = made.get("id").and_then(Json::as_str).unwrap_or_default().to_owned();
    set(body, "customer", made.as_str());
    Ok(Some(made))
}

fn setup(call: &Call<'_>, body: &mut Body, method: &Body, customer: Option<&str>) -> Outcome<()> {
    let mut params = data(body, "_setup_intent_data");
    set(&mut params, "payment_method", id(method));
    set(&mut params, "confirm", true);
    set(&mut params, "automatic_payment_methods", json!({"enabled": true, "allow_redirects": "never"}));
    if let Some(customer) = customer {
        set(&mut params, "customer", customer);
    }
    let made = setup_intent::create(&call.about("setup_intent", params)?)?;
    set(body, "setup_intent", made.get("id").cloned().unwrap_or_default());
    Ok(())
}

fn subscribe(call: &Call<'_>, body: &mut Body, method: &Body, customer: &str) -> Outcome<()> {
    let entry = |item: &Json| json!({"price": item.pointer("/price/id"), "quantity": item.get("quantity")});
    let (recurring, once): (Vec<&Json>, Vec<&Json>) =
        items(body, line_items::ITEMS).iter().partition(|item| line_items::is_recurring(item));
    let mut params = data(body, "_subscription_data");
    set(&mut params, "customer", customer);
    set(&mut params, "default_payment_method", id(method));
    set(&mut params, "payment_behavior", "error_if_incomplete");
    set(&mut params, "items", recurring.into_iter().map(entry).collect::<Vec<_>>());
    set(&mut params, "add_invoice_items", once.into_iter().map(entry).collect::<Vec<_>>());
    let known = items(body, "_discounts").iter().map(|id| json!({"discount": id}));
    set(&mut params, "discounts", known.collect::<Vec<_>>());
    let made = subscription::made(&call.about("subscription", params)?)?;
    set(body, "subscription", id(&made));
    set(body, "invoice", member(&made, "latest_invoice"));
    Ok(())
}

fn pay(call: &Call<'_>, body: &mut Body, method: Body, customer: Option<&str>) -> Outcome<()> {
    let amount = number(body, "amount_total");
    if amount == 0 {
        return Ok(());
    }
    let mut draft = Body::new();
    set(&mut draft, "currency", member(body, "currency"));
    set(&mut draft, "customer", customer.map_or(Json::Null, Json::from));
    let mut intent = payment_intent::for_amount(call, &draft, amount)?;
    let paying = call.about("payment_intent", Body::new())?;
    shape::lay_over(paying.entity, &mut intent, &data(body, "_payment_intent_data"))?;
    set(&mut intent, "payment_method", id(&method));
    match payment_intent::attempt(&paying, &mut intent, method, true)? {
        Attempt::Failed(failure) => return Err(*failure),
        Attempt::Paid | Attempt::Waits => set(body, "payment_intent", id(&intent)),
    }
    call.session.put(&intent)
}
