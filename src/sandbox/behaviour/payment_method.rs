//! Payment methods: cards and the other types, saved to a customer or used once.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome, Stage};
use crate::sandbox::fields::{flag, id, inner, set, text};
use crate::sandbox::identifier;
use crate::sandbox::page;
use crate::sandbox::shape;
use crate::sandbox::store::Body;

use super::card::{self, Verdict};
use super::definition::{Behaviour, Create, List, Update};

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (List, list), (Update, update)],
    actions: &[("AttachPaymentMethodToCustomer", attach), ("DetachPaymentMethodFromCustomer", detach)],
    ..Behaviour::of(&["payment_method", "customers.payment_methods"])
}];

/// Kept with a method that may not be used again.
const SPENT: &str = "_spent";

/// `POST /v1/payment_methods`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let customer = text(&call.params, "customer");
    if let Some(token) = text(&call.params, "payment_method") {
        let method = resolve(call, token, "payment_method")?;
        if customer.is_some_and(|customer| text(&method, "customer") != Some(customer)) {
            let message =
                format!("The payment method {token} does not belong to the customer that you passed.");
            return Err(Failure::state(message).param("customer"));
        }
        return call.keep(method);
    }
    if customer.is_some() {
        let what = "payment methods that are made with a customer; attach the method instead";
        return Err(Failure::unsupported(what).param("customer"));
    }
    let body = made(call, &call.params)?;
    call.keep(body)
}

/// A method made of params, not yet kept.
fn made(call: &Call<'_>, params: &Body) -> Outcome<Body> {
    let call = call.about("payment_method", params.clone())?;
    let kind = call.demanded("type")?.to_owned();
    let mut body = blank(&call);
    let mut plain = params.clone();
    plain.retain(|name, _| !is_type(&call, name) && name != "customer");
    shape::lay_over(call.entity, &mut body, &plain)?;
    set(&mut body, "type", kind.as_str());
    if kind == "card" {
        let given = inner(params, "card").ok_or_else(|| missing("card"))?;
        set(&mut body, "card", card::details(given, call.now)?);
    } else {
        let given = params.get(&kind).filter(|given| given.is_object()).cloned().unwrap_or_else(|| json!({}));
        set(&mut body, &kind, details_of(&given));
    }
    Ok(body)
}

/// A method of no type yet.
fn blank(call: &Call<'_>) -> Body {
    let mut body = call.fresh();
    body.retain(|name, _| !is_type(call, name));
    set(&mut body, "allow_redisplay", "unspecified");
    body
}

/// Account numbers are shown by their last four digits only.
fn details_of(given: &Json) -> Json {
    let Some(members) = given.as_object() else { return json!({}) };
    let mut shown = Body::new();
    for (name, value) in members {
        if matches!(name.as_str(), "account_number" | "iban") {
            let digits = value.as_str().unwrap_or_default();
            let last4: String = digits.chars().skip(digits.chars().count().saturating_sub(4)).collect();
            set(&mut shown, "last4", last4);
        } else {
            shown.insert(name.clone(), value.clone());
        }
    }
    Json::Object(shown)
}

/// True for the fields that hold the details of one type: `card`, `us_bank_account`.
fn is_type(call: &Call<'_>, name: &str) -> bool {
    call.entity.field("type").is_some_and(|types| types.values().iter().any(|value| value == name))
}

/// The method that a param names; a test token such as `pm_card_visa` becomes a fresh one.
pub(super) fn resolve(call: &Call<'_>, token: &str, param: &str) -> Outcome<Body> {
    let Some(number) = card::number_of_token(token) else {
        return call.session.referred("payment_method", token, param);
    };
    let mut body = blank(&call.about("payment_method", Body::new())?);
    set(&mut body, "type", "card");
    set(&mut body, "card", card::of_number(number, call.now));
    call.session.put(&body)?;
    Ok(body)
}

/// Puts the method that `payment_method` names or `payment_method_data` describes into the params.
pub(super) fn take(call: &mut Call<'_>) -> Outcome<()> {
    let method = if let Some(token) = text(&call.params, "payment_method") {
        resolve(call, token, "payment_method")?
    } else if let Some(data) = inner(&call.params, "payment_method_data") {
        let made = made(call, data)?;
        call.session.put(&made)?;
        made
    } else {
        return Ok(());
    };
    check_usable(&method)?;
    set(&mut call.params, "payment_method", id(&method));
    Ok(())
}

/// The card of the older kind that a customer is charged by, as a method; it stays a card.
pub(super) fn of_source(call: &Call<'_>, customer: &Body) -> Outcome<Option<Body>> {
    let source = text(customer, "default_source").unwrap_or_default();
    let Some(card) = call.session.alive("card", source)? else { return Ok(None) };
    let mut method = blank(&call.about("payment_method", Body::new())?);
    set(&mut method, "id", source);
    set(&mut method, "type", "card");
    set(&mut method, "customer", id(customer));
    let mut details = Body::new();
    for name in ["country", "exp_month", "exp_year", "fingerprint", "funding", "last4"] {
        set(&mut details, name, card.get(name).cloned().unwrap_or_default());
    }
    set(&mut details, "brand", text(&card, "brand").unwrap_or("unknown").to_lowercase());
    set(&mut method, "card", details);
    Ok(Some(method))
}

/// Which methods are offered where the account decides: its own configuration.
pub(super) fn configuration(account: &str) -> Json {
    json!({"id": format!("pmc_1{}", identifier::fingerprint(account)), "parent": null})
}

/// What happens when the method is charged.
pub(super) fn verdict(method: &Body) -> Verdict {
    fingerprint(method).map_or(Verdict::Approve, card::verdict)
}

/// Whether what is charged counts at once.
pub(super) fn is_at_once(method: &Body) -> bool {
    fingerprint(method).is_some_and(|card| card::is(card, "bypassPending"))
}

/// Whether the cardholder disputes every charge.
pub(super) fn is_disputed(method: &Body) -> bool {
    fingerprint(method).is_some_and(|card| card::is(card, "createDispute"))
}

/// What is kept of the number of a card: enough to know it again.
fn fingerprint(method: &Body) -> Option<&str> {
    text(inner(method, "card")?, "fingerprint")
}

/// Refuses a method that was detached, or used before without a customer.
pub(super) fn check_usable(method: &Body) -> Outcome<()> {
    if !flag(method, SPENT) {
        return Ok(());
    }
    Err(Failure::state(
        "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, or was \
         detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must \
         attach it to a Customer first.",
    )
    .code("payment_method_unexpected_state")
    .param("payment_method"))
}

/// Marks a method that is used without a customer: it may not be used again.
pub(super) fn spend(call: &Call<'_>, method: &mut Body) -> Outcome<()> {
    if text(method, "customer").is_none() {
        set(method, SPENT, true);
        call.session.put(method)?;
    }
    Ok(())
}

/// `POST /v1/payment_methods/{payment_method}/attach`.
fn attach(call: &Call<'_>) -> Outcome<Json> {
    if call.params.contains_key("customer_account") {
        return Err(Failure::unsupported("payment methods of an account").param("customer_account"));
    }
    let customer = call.demanded("customer")?;
    call.session.referred("customer", customer, "customer")?;
    let mut method = match card::number_of_token(&call.id) {
        Some(_) => resolve(call, &call.id, "payment_method")?,
        None => call.named()?,
    };
    attach_to(call, &mut method, customer)?;
    Ok(Json::Object(method))
}

/// Saves a method to a customer.
pub(super) fn attach_to(call: &Call<'_>, method: &mut Body, customer: &str) -> Outcome<()> {
    match text(method, "customer") {
        Some(owner) if owner == customer => return Ok(()),
        Some(_) => {
            let message = "The payment method you provided has already been attached to a customer.";
            return Err(Failure::state(message)
                .code("payment_method_unexpected_state")
                .param("payment_method"));
        }
        None => check_usable(method)?,
    }
    if let Verdict::Decline(why) = verdict(method)
        && why.at_once
    {
        let failure = Failure::new(402, "card_error", why.message).code(why.code);
        return Err(failure.with("decline_code", why.reason).at(Stage::Undone));
    }
    set(method, "customer", customer);
    call.session.put(method)
}

/// `POST /v1/payment_methods/{payment_method}/detach`.
fn detach(call: &Call<'_>) -> Outcome<Json> {
    let mut method = call.named()?;
    let Some(customer) = text(&method, "customer").map(str::to_owned) else {
        let message =
            "The payment method you provided is not attached to a customer so detachment is impossible.";
        return Err(Failure::state(message).code("payment_method_unexpected_state"));
    };
    detach_from(call, &mut method, &customer)?;
    Ok(Json::Object(method))
}

/// Takes a method from its customer for good, and out of the customer's defaults.
pub(super) fn detach_from(call: &Call<'_>, method: &mut Body, customer: &str) -> Outcome<()> {
    set(method, "customer", Json::Null);
    set(method, SPENT, true);
    call.session.put(method)?;
    let Some(mut owner) = call.session.alive("customer", customer)? else { return Ok(()) };
    let is_default =
        inner(&owner, "invoice_settings").and_then(|settings| text(settings, "default_payment_method"));
    if is_default == Some(id(method)) {
        crate::sandbox::fields::set_inner(
            &mut owner,
            "invoice_settings",
            "default_payment_method",
            Json::Null,
        );
        call.session.put(&owner)?;
    }
    Ok(())
}

/// `POST /v1/payment_methods/{payment_method}`.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let before = call.named()?;
    if text(&before, "customer").is_none() {
        let message = "You must save this PaymentMethod to a customer before you can update it.";
        return Err(Failure::state(message).code("payment_method_unexpected_state"));
    }
    let kind = text(&before, "type").unwrap_or_default().to_owned();
    if let Some(other) = call.params.keys().find(|name| is_type(call, name) && **name != kind) {
        let message = format!("You cannot update {other} on a PaymentMethod of type {kind}.");
        return Err(Failure::invalid(message).param(other.as_str()));
    }
    call.keep(call.revise()?)
}

/// `GET /v1/payment_methods`: those saved to a customer.
fn list(call: &Call<'_>) -> Outcome<Json> {
    let owner = call.parents.iter().find(|(name, _)| name == "customer").map(|(_, id)| id.as_str());
    if let Some(owner) = owner {
        call.session.named("customer", owner)?;
    } else if let Some(customer) = text(&call.params, "customer") {
        call.session.referred("customer", customer, "customer")?;
    }
    page::of_objects(call, "payment_method", |body| {
        let customer = text(body, "customer");
        owner.map_or(customer.is_some(), |owner| customer == Some(owner))
    })
}
