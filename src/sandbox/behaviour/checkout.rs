//! Checkout sessions: a page hosted by Stripe on which a customer pays, subscribes, or saves a card.

use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{discount, line_items, payment_method};

mod complete;

pub(super) use complete::intent_succeeded;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Update, update)],
    pay: Some(complete::complete),
    ..Behaviour::of(&["checkout.session"])
}];

/// `POST /v1/checkout/sessions`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    let mode = call.required_param("mode")?;
    let basket = line_items::from_params(call, None)?;
    check_mode(mode, &basket)?;
    line_items::check_quantities(call, &basket)?;
    let mut body = draft(call)?;
    if let Some(currency) = line_items::currency(&basket) {
        set(&mut body, "currency", currency);
    }
    let discounts = reductions(call, &mut body)?;
    if mode == "setup" {
        body.extend(members(json!({"payment_status": "no_payment_required", "line_items": null})));
    } else {
        set_line_items(call, &mut body, basket, &discounts)?;
    }
    call.keep(body)
}

/// Refuses prices that do not suit the mode.
fn check_mode(mode: &str, basket: &[Body]) -> ApiResult<()> {
    let recurring = basket.iter().any(line_items::is_recurring);
    let refusal = match mode {
        "payment" if recurring => "session_with_recurring_price",
        "subscription" if !recurring => "session_needs_recurring_price",
        "setup" if !basket.is_empty() => "session_sets_up_only",
        _ => return Ok(()),
    };
    Err(ApiError::of(refusal, &[]))
}

fn draft(call: &Call<'_>) -> ApiResult<Body> {
    let mut body = call.build()?;
    let named = identifier::random(if call.caller.livemode { "cs_live_" } else { "cs_test_" }, 58);
    if text(&body, "ui_mode") == Some("hosted_page") {
        let url = format!("https://checkout.stripe.com/c/pay/{named}#{}", identifier::random("", 32));
        set(&mut body, "url", url);
    } else {
        set(&mut body, "client_secret", identifier::random(&format!("{named}_secret_"), 40));
    }
    set(&mut body, "id", named);
    offer(call, &mut body)?;
    complete::keep_data(call, &mut body);
    Ok(body)
}

/// Sets what the page offers, and the customer.
fn offer(call: &Call<'_>, body: &mut Body) -> ApiResult<()> {
    let types = items(&call.params, "allowed_payment_method_types").to_vec();
    if types.is_empty() {
        set(body, "payment_method_types", json!(["card"]));
        set(
            body,
            "payment_method_configuration_details",
            payment_method::configuration(&call.caller.account),
        );
    } else {
        set(body, "payment_method_types", types);
    }
    let customer = call.referred_by("customer", "customer")?;
    set(body, "customer_details", customer_details(call, customer.as_ref()));
    Ok(())
}

/// Returns the customer details that are on the page at first.
fn customer_details(call: &Call<'_>, customer: Option<&Body>) -> Json {
    let email = customer.and_then(|customer| text(customer, "email"));
    let exempt = customer.and_then(|customer| text(customer, "tax_exempt")).unwrap_or("none");
    match email.or_else(|| text(&call.params, "customer_email")) {
        None if customer.is_none() => Json::Null,
        email => json!({"email": email, "tax_exempt": exempt}),
    }
}

fn reductions(call: &Call<'_>, body: &mut Body) -> ApiResult<Vec<Body>> {
    let Some(given @ Json::Array(_)) = call.params.get("discounts") else { return Ok(Vec::new()) };
    let ids = discount::create_from_param(call, given, body, "discounts")?;
    let found = discount::active(call, &ids, call.now)?;
    let shown = found.iter().map(|own| {
        let coupon = inner(own, "source").and_then(|source| source.get("coupon"));
        json!({"coupon": if text(own, "promotion_code").is_some() { None } else { coupon }, "promotion_code": own.get("promotion_code")})
    });
    set(body, "discounts", shown.collect::<Vec<_>>());
    set(body, "_discounts", ids);
    Ok(found)
}

/// Sets the line items and the totals, including discounts and shipping.
fn set_line_items(call: &Call<'_>, body: &mut Body, basket: Vec<Body>, discounts: &[Body]) -> ApiResult<()> {
    let currency = line_items::currency(&basket).ok_or_else(|| missing("line_items"))?.to_owned();
    let totals = line_items::show(call, body, basket, discounts, &[])?;
    let (options, chosen) = line_items::shipping(call)?;
    let shipping = chosen.as_ref().map_or(Ok(0), |chosen| needed_number(chosen, "amount_total"))?;
    let total = totals.total.saturating_add(shipping);
    line_items::check_total(total, &currency)?;
    // Items under a trial are not paid on the page.
    let trial = ["trial_end", "trial_period_days"];
    let is_delayed = trial.iter().any(|name| at(body, &format!("_subscription_data.{name}")).is_some());
    let is_free = total == 0 || is_delayed;
    body.extend(body! {
        "currency": currency, "amount_subtotal": totals.subtotal, "amount_total": total, "shipping_options": options,
        "total_details": totals.details(shipping), "shipping_cost": chosen,
        "payment_status": if is_free { "no_payment_required" } else { "unpaid" },
    });
    Ok(())
}

/// `POST /v1/checkout/sessions/{id}`.
fn update(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.revise()?;
    complete::keep_data(call, &mut body);
    if !items(&call.params, "line_items").is_empty() {
        let basket = line_items::with_new_quantities(call, &body)?;
        let discounts = discount::active(call, items(&body, "_discounts"), call.now)?;
        set_line_items(call, &mut body, basket, &discounts)?;
    }
    call.keep(body)
}
