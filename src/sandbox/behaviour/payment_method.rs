//! Payment methods: cards and other types, saved to a customer or used once.

use crate::sandbox::behaviour::card::{self, CardOutcome};
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{generic, tokens_and_sources};

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        operations: &[(Create, create), (List, list), (Update, update)],
        actions: &[("AttachPaymentMethodToCustomer", attach), ("DetachPaymentMethodFromCustomer", detach)],
        ..Behaviour::of(&["payment_method", "customers.payment_methods"])
    },
    Behaviour { operations: &[(Create, confirmation_token)], ..Behaviour::of(&["confirmation_token"]) },
];

/// Stored with a method that may not be used again.
const SPENT: &str = "_spent";

/// `POST /v1/payment_methods`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    let customer = text(&call.params, "customer");
    if let Some(token) = text(&call.params, "payment_method") {
        let method = resolve(call, token, "payment_method")?;
        if customer.is_some_and(|customer| text(&method, "customer") != Some(customer)) {
            return Err(ApiError::of("method_of_other_customer", &[("method", &token)]));
        }
        return call.keep(method);
    }
    if customer.is_some() {
        let what = "payment methods that are made with a customer; attach the method instead";
        return Err(ApiError::unsupported(what).param("customer"));
    }
    let body = made(call, &call.params)?;
    call.keep(body)
}

/// Builds a new payment method without storing it.
fn made(call: &Call<'_>, params: &Body) -> ApiResult<Body> {
    let call = call.about("payment_method", params.clone())?;
    let kind = call.required_param("type")?.to_owned();
    let mut body = blank(&call);
    let mut plain = params.clone();
    plain.retain(|name, _| !is_type(&call, name) && name != "customer");
    shape::lay_over(call.entity, &mut body, &plain)?;
    set(&mut body, "type", kind.as_str());
    if kind == "card" {
        let given = inner(params, "card").ok_or_else(|| missing("card"))?;
        let held =
            text(given, "token").map(|token| tokens_and_sources::use_token(&call, token, "card[token]"));
        let details = match held.transpose()?.flatten() {
            Some(held) => details_of_card(&held),
            None => card::details(&tokens_and_sources::with_numbers(given), call.now)?,
        };
        set(&mut body, "card", details);
    } else {
        set(&mut body, &kind, inner(params, &kind).map(details_of).unwrap_or_default());
    }
    Ok(body)
}

/// Builds a payment method without a type.
fn blank(call: &Call<'_>) -> Body {
    let mut body = call.fresh();
    body.retain(|name, _| !is_type(call, name));
    set(&mut body, "allow_redisplay", "unspecified");
    body
}

/// Returns the details of a type; account numbers are cut to their last four digits.
fn details_of(given: &Body) -> Body {
    let shown = |(name, value): (&String, &Json)| match (name.as_str(), value.as_str()) {
        ("account_number" | "iban", Some(number)) => ("last4".to_owned(), card::last4(number).into()),
        _ => (name.clone(), value.clone()),
    };
    given.iter().map(shown).collect()
}

/// Returns true for fields that hold the details of one type: `card`, `us_bank_account`.
fn is_type(call: &Call<'_>, name: &str) -> bool {
    call.entity.field("type").is_some_and(|types| types.values().iter().any(|value| value == name))
}

/// Returns the payment method that a param names; a test token such as `pm_card_visa` becomes a new one.
pub(super) fn resolve(call: &Call<'_>, token: &str, param: &str) -> ApiResult<Body> {
    let (kind, details) = match (card::number_of_token(token), card::account_of_token(token)) {
        (Some(number), _) => ("card", card::of_number(number, call.now)),
        (None, Some((kind, details))) => (kind, details.clone()),
        (None, None) => return find(call, token, param),
    };
    let mut body = blank(&call.about("payment_method", Body::new())?);
    set(&mut body, "type", kind);
    set(&mut body, kind, details);
    call.session.put(&body)?;
    Ok(body)
}

/// Returns the payment method with this id, or a legacy card as a payment method.
pub(super) fn find(call: &Call<'_>, id: &str, param: &str) -> ApiResult<Body> {
    match call.session.get_live("card", id)?.filter(|card| text(card, "customer").is_some()) {
        Some(card) => of_card(call, &card),
        None => match call.session.get_live("source", id)? {
            Some(source) if inner(&source, "card").is_some() => {
                let mut card = members_at(&source, "card");
                copy(&mut card, &source, &["id", "customer"]);
                of_card(call, &card)
            }
            _ => call.session.referred("payment_method", id, param),
        },
    }
}

/// Returns the payment method that `payment_method` names, or a new one that `payment_method_data` describes.
fn from_params(call: &Call<'_>) -> ApiResult<Option<Body>> {
    match text(&call.params, "payment_method") {
        Some(token) => resolve(call, token, "payment_method").map(Some),
        None => inner(&call.params, "payment_method_data").map(|data| made(call, data)).transpose(),
    }
}

/// `POST /v1/test_helpers/confirmation_tokens`: the token contains a preview of its payment method.
fn confirmation_token(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = members(generic::create(call)?);
    if let Some(mut preview) = from_params(call)? {
        shape::keep_known(&body, "payment_method_preview", &mut preview);
        set(&mut body, "payment_method_preview", preview);
    }
    call.keep(body)
}

/// Replaces `payment_method` and `payment_method_data` in the params with the id of the payment method.
pub(super) fn resolve_param(call: &mut Call<'_>) -> ApiResult<()> {
    let Some(method) = from_params(call)? else { return Ok(()) };
    if text(&call.params, "payment_method").is_none() {
        call.session.put(&method)?;
    }
    check_usable(&method)?;
    set(&mut call.params, "payment_method", id(&method));
    Ok(())
}

/// Returns a customer's default legacy card as a payment method, or `None` if there is none.
pub(super) fn of_source(call: &Call<'_>, customer: &Body) -> ApiResult<Option<Body>> {
    let card = call.session.linked(customer, "default_source", "card")?;
    card.map(|card| of_card(call, &card)).transpose()
}

/// Converts a legacy card to a payment method; the card remains.
fn of_card(call: &Call<'_>, card: &Body) -> ApiResult<Body> {
    let mut method = blank(&call.about("payment_method", Body::new())?);
    method.extend(members(json!({
        "id": id(card), "type": "card", "customer": member(card, "customer"), "card": details_of_card(card),
    })));
    Ok(method)
}

/// Returns the details of a legacy card in the form of a payment method.
fn details_of_card(card: &Body) -> Body {
    let mut details = Body::new();
    copy(&mut details, card, &["country", "exp_month", "exp_year", "fingerprint", "funding", "last4"]);
    set(&mut details, "brand", card::network_of(text(card, "brand").unwrap_or_default()));
    details
}

/// Returns the payment method behind a `source`: the object of one of the sandbox's tokens, which is then
/// used up, or anything else that can be charged.
pub(super) fn of_source_param(call: &Call<'_>, source: &str) -> ApiResult<Body> {
    let Some(held) = tokens_and_sources::use_token(call, source, "source")? else {
        return resolve(call, source, "source");
    };
    let mut body = blank(&call.about("payment_method", Body::new())?);
    body.extend(body! {"type": "card", "card": details_of_card(&held)});
    call.session.put(&body)?;
    Ok(body)
}

/// The payment method configuration of an account, as objects show it.
pub(super) fn configuration(account: &str) -> Json {
    json!({"id": configuration_id(account), "parent": null})
}

/// The id of the default configuration of an account.
pub(super) fn configuration_id(account: &str) -> String {
    format!("pmc_1{}", identifier::fingerprint(account))
}

/// The error for a method that is not attached to the customer.
pub(super) fn not_attached(method: &str, param: &str) -> ApiError {
    ApiError::of("method_not_attached", &[("method", &method)]).param(param)
}

/// Refuses a payment method that was detached, or that was used without a customer.
pub(super) fn check_usable(method: &Body) -> ApiResult<()> {
    if flag(method, SPENT) { Err(ApiError::of("method_spent", &[])) } else { Ok(()) }
}

/// Marks a payment method that is used without a customer, so that it cannot be used again.
pub(super) fn mark_used(call: &Call<'_>, method: &mut Body) -> ApiResult<()> {
    if text(method, "customer").is_none() {
        call.update(method, body! {(SPENT): true})?;
    }
    Ok(())
}

/// `POST /v1/payment_methods/{payment_method}/attach`.
fn attach(call: &Call<'_>) -> ApiResult<Json> {
    if call.params.contains_key("customer_account") {
        return Err(ApiError::unsupported("payment methods of an account").param("customer_account"));
    }
    let customer = call.required_param("customer")?;
    call.session.referred("customer", customer, "customer")?;
    let is_test = card::is_test_token("payment_method", &call.id);
    let mut method = if is_test { resolve(call, &call.id, "payment_method")? } else { call.named()? };
    attach_to(call, &mut method, customer)?;
    Ok(Json::Object(method))
}

pub(super) fn attach_to(call: &Call<'_>, method: &mut Body, customer: &str) -> ApiResult<()> {
    match text(method, "customer") {
        Some(owner) if owner == customer => return Ok(()),
        Some(_) => return Err(ApiError::of("method_attached", &[])),
        None => check_usable(method)?,
    }
    if let CardOutcome::Decline(why) = card::save_outcome(method) {
        return Err(why.failure().at(Stage::Undone));
    }
    set(method, "customer", customer);
    card::check(method);
    call.session.put(method)
}

/// `POST /v1/payment_methods/{payment_method}/detach`.
fn detach(call: &Call<'_>) -> ApiResult<Json> {
    let mut method = call.named()?;
    detach_from_customer(call, &mut method)?;
    Ok(Json::Object(method))
}

/// Detaches a payment method for good, and removes it from the customer's defaults.
pub(super) fn detach_from_customer(call: &Call<'_>, method: &mut Body) -> ApiResult<()> {
    let owner = call.session.linked(method, "customer", "customer")?;
    call.update(method, body! {"customer": null, (SPENT): true})?;
    let Some(mut owner) = owner else { return Ok(()) };
    if text(&owner, "invoice_settings.default_payment_method") == Some(id(method)) {
        set_inner(&mut owner, "invoice_settings", "default_payment_method", Json::Null);
        call.session.put(&owner)?;
    }
    Ok(())
}

/// `POST /v1/payment_methods/{payment_method}`.
fn update(call: &Call<'_>) -> ApiResult<Json> {
    let before = call.named()?;
    let kind = needed(&before, "type")?;
    if let Some(other) = call.params.keys().find(|name| is_type(call, name) && **name != kind) {
        let values: Values<'_> = &[("other", other), ("type", &kind)];
        return Err(ApiError::of("other_method_type", values).param(other.as_str()));
    }
    call.keep(call.revise()?)
}

/// `GET /v1/payment_methods`: those that are attached to a customer.
fn list(call: &Call<'_>) -> ApiResult<Json> {
    let owner = call.owner();
    if owner.is_empty() {
        call.referred_by("customer", "customer")?;
    } else {
        call.session.named("customer", owner)?;
    }
    page::of_objects(call, "payment_method", |body| {
        text(body, "customer").is_some_and(|customer| owner.is_empty() || customer == owner)
    })
}
