//! The common parts of payment intents and setup intents.

use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{card, payment_method};
use crate::sandbox::state::unexpected;

/// Confirms an intent to which the params have been applied.
type Confirm = fn(&Call<'_>, Body) -> ApiResult<Json>;

/// Builds a new intent without storing it.
pub(super) fn made(call: &Call<'_>) -> ApiResult<Body> {
    let mut call = call.clone();
    payment_method::resolve_param(&mut call)?;
    let mut body = call.build()?;
    check_currency(&call, &body)?;
    offer_methods(&call, &mut body);
    set_method(&call, &mut body)?;
    Ok(body)
}

/// Creates an intent, and confirms it if asked to.
pub(super) fn create(call: &Call<'_>, confirm: Confirm) -> ApiResult<Json> {
    let body = made(call)?;
    if !flag(&call.params, "confirm") {
        return call.keep(body);
    }
    // The event of its creation shows an intent without a payment method.
    let mut bare = body.clone();
    bare.extend(body! {"payment_method": null, "status": "requires_payment_method"});
    call.session.put(&bare)?;
    confirm(call, body)
}

/// `POST /v1/payment_intents/{intent}`, `POST /v1/setup_intents/{intent}`.
pub(super) fn update(call: &Call<'_>) -> ApiResult<Json> {
    let mut call = call.clone();
    payment_method::resolve_param(&mut call)?;
    let mut body = call.revise()?;
    check_currency(&call, &body)?;
    if call.params.contains_key("allowed_payment_method_types") {
        offer_methods(&call, &mut body);
    }
    set_method(&call, &mut body)?;
    call.keep(body)
}

/// Confirms an intent with the params of the call.
pub(super) fn confirm(call: &Call<'_>, confirm: Confirm) -> ApiResult<Json> {
    let mut call = call.clone();
    payment_method::resolve_param(&mut call)?;
    let body = call.revise()?;
    check_owner(&call, &body)?;
    confirm(&call, body)
}

/// Sets the offered types of payment methods with their options: those in a list, or by default those that
/// the account has enabled.
fn offer_methods(call: &Call<'_>, body: &mut Body) {
    let types = items(&call.params, "allowed_payment_method_types");
    let automatic = inner(&call.params, "automatic_payment_methods");
    set(body, "payment_method_configuration_details", Json::Null);
    set(body, "automatic_payment_methods", Json::Null);
    if !types.is_empty() {
        return offer(body, types.to_vec());
    }
    if automatic.is_some_and(|automatic| !flag(automatic, "enabled")) {
        return offer(body, vec!["card".into()]);
    }
    let redirects = text(&call.params, "automatic_payment_methods.allow_redirects").unwrap_or("always");
    set(body, "automatic_payment_methods", json!({"allow_redirects": redirects, "enabled": true}));
    set(body, "payment_method_configuration_details", payment_method::configuration(&call.caller.account));
    offer(body, vec!["card".into(), "link".into()]);
}

/// Refuses a listed type of payment method that does not accept the currency of the intent.
fn check_currency(call: &Call<'_>, body: &Body) -> ApiResult<()> {
    let Some(currency) = text(body, "currency") else { return Ok(()) };
    for kind in items(&call.params, "allowed_payment_method_types").iter().filter_map(Json::as_str) {
        let takes = card::currencies_of(kind);
        if !takes.is_empty() && !takes.iter().any(|own| own.eq_ignore_ascii_case(currency)) {
            let takes = takes.join(", ");
            let values: Values<'_> = &[("given", &currency), ("type", &kind), ("all", &takes)];
            return Err(ApiError::of("currency_not_of_type", values).param("currency"));
        }
    }
    Ok(())
}

/// Offers these types of payment method, each with its options.
pub(super) fn offer(body: &mut Body, types: Vec<Json>) {
    let mut options = members_at(body, "payment_method_options");
    for kind in types.iter().filter_map(Json::as_str) {
        options.entry(kind).or_insert_with(|| json!({}));
    }
    set(body, "payment_method_types", types);
    shape::keep_known(body, "payment_method_options", &mut options);
    set(body, "payment_method_options", options);
}

/// Sets the call's payment method on the intent, which then needs confirmation.
fn set_method(call: &Call<'_>, body: &mut Body) -> ApiResult<()> {
    check_owner(call, body)?;
    if text(&call.params, "payment_method").is_some() {
        set(body, "status", "requires_confirmation");
        set(body, "next_action", Json::Null);
    }
    Ok(())
}

/// Refuses a payment method that is saved to another customer.
fn check_owner(call: &Call<'_>, body: &Body) -> ApiResult<()> {
    let Some(method) = text(body, "payment_method") else { return Ok(()) };
    let method = payment_method::find(call, method, "payment_method")?;
    let Some(owner) = text(&method, "customer") else { return Ok(()) };
    let refusal = match text(body, "customer") {
        Some(customer) if customer == owner => return Ok(()),
        Some(_) => "another_customers_method",
        None => "method_of_a_customer",
    };
    let values: Values<'_> = &[("method", &id(&method)), ("intent", &call.entity.name)];
    Err(ApiError::of(refusal, values))
}

/// Returns the payment method with which to confirm an intent; `advice` is the error text if there is none.
pub(super) fn confirming_method(call: &Call<'_>, body: &Body, advice: &str) -> ApiResult<Body> {
    let Some(method) = text(body, "payment_method") else {
        let values: Values<'_> = &[("intent", &call.entity.name), ("advice", &advice)];
        return Err(unexpected(ApiError::of("nothing_to_confirm_with", values), body));
    };
    check_return_url(call, body)?;
    let method = payment_method::find(call, method, "payment_method")?;
    check_type(call, body, &method)?;
    Ok(method)
}

/// Refuses a payment method of a type that the intent does not list. Intents of invoices and those with
/// automatic methods accept all types that the account has enabled, which is every type.
fn check_type(call: &Call<'_>, body: &Body, method: &Body) -> ApiResult<()> {
    let kind = needed(method, "type")?;
    let decides = flag(body, "automatic_payment_methods.enabled") || text(body, "_invoice").is_some();
    let types: Vec<&str> = items(body, "payment_method_types").iter().filter_map(Json::as_str).collect();
    if !decides && !types.contains(&kind) {
        let types = types.join(", ");
        let values: Values<'_> = &[("type", &kind), ("intent", &call.entity.name), ("types", &types)];
        return Err(ApiError::of("method_type_not_allowed", values));
    }
    match text(body, "statement_descriptor").filter(|_| kind == "card" && !decides) {
        Some(_) => Err(ApiError::of("statement_descriptor_of_card", &[])),
        None => Ok(()),
    }
}

/// Refuses automatic methods without a return URL, which is needed because they may redirect.
fn check_return_url(call: &Call<'_>, body: &Body) -> ApiResult<()> {
    let redirects = flag(body, "automatic_payment_methods.enabled")
        && text(body, "automatic_payment_methods.allow_redirects") != Some("never");
    if !redirects || text(&call.params, "return_url").is_some() || flag(&call.params, "use_stripe_sdk") {
        return Ok(());
    }
    Err(ApiError::of("redirect_without_return_url", &[("intent", &call.entity.name)]))
}

/// Sets the `next_action`: a page on which to authenticate or to pay.
pub(super) fn ask_to_authenticate(call: &Call<'_>, body: &mut Body, method: &Body) {
    let page = format!("{}/_sandbox/{}s/{}/authenticate", call.caller.base, call.entity.object, id(body));
    let back = text(&call.params, "return_url");
    let action = match back {
        url if url.is_some() || card::redirects(method) => {
            json!({"redirect_to_url": {"return_url": url, "url": page}, "type": "redirect_to_url"})
        }
        _ => json!({
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"source": identifier::random("src_", 24), "stripe_js": page, "type": "three_d_secure_redirect"},
        }),
    };
    set(body, "next_action", action);
    set(body, "status", "requires_action");
}

/// Returns the intent whose customer returns from that page, and its payment method.
pub(super) fn returning_intent(call: &Call<'_>) -> ApiResult<(Body, Body)> {
    let body = call.named()?;
    if status(&body) != "requires_action" {
        let values: Values<'_> = &[("object", &call.entity.name), ("status", &status(&body))];
        return Err(unexpected(ApiError::of("not_waiting", values), &body));
    }
    let method = payment_method::find(call, needed(&body, "payment_method")?, "payment_method")?;
    Ok((body, method))
}

/// Writes the error of a failed payment method to an intent, which then needs another one.
pub(super) fn fail(body: &mut Body, error: &str, why: &ApiError) {
    count(body, "_failed");
    body.extend(members(json!({
        error: why.error, "payment_method": null, "next_action": null, "status": "requires_payment_method",
    })));
}
