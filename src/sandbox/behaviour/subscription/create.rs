//! Creates a subscription: trial, billing anchor, items, first invoice.

use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::subscription::termination::{ENDED, schedule_cancellation};
use crate::sandbox::behaviour::subscription::{bill, item, trial};
use crate::sandbox::behaviour::{customer_time, discount, order, payment_method, period, setup_intent};

/// Refuses a default payment method that is not saved to the customer.
pub(super) fn own_method(call: &Call<'_>, customer: &str) -> ApiResult<()> {
    let Some(method) = text(&call.params, "default_payment_method") else { return Ok(()) };
    let known = call.session.referred("payment_method", method, "default_payment_method")?;
    if text(&known, "customer") == Some(customer) {
        return Ok(());
    }
    Err(payment_method::not_attached(method, "default_payment_method"))
}

/// Creates a subscription: stores it, bills it, and collects the first invoice if possible.
pub fn made(call: &Call<'_>) -> ApiResult<Body> {
    let customer = call.required_object("customer", "customer")?;
    let call = &customer_time::of(call, &customer)?;
    own_method(call, id(&customer))?;
    let mut body = draft(call)?;
    trial::begin(call, &mut body);
    anchor(call, &mut body)?;
    let mut own = Vec::new();
    for (path, params) in entries(&call.params, "items", "") {
        let made = item::made(call, &mut body, params, &path)?;
        item::check_new(&own, &made, &path)?;
        own.push(made);
    }
    item::check_count(&own)?;
    check_currency(call, &customer, &body)?;
    check_anchor(call, &body, &own)?;
    discount::apply_param(call, &mut body, &call.params, "")?;
    for mut made in own {
        item::set_period(&mut made, &body, call.now)?;
        call.session.put(&made)?;
    }
    item::sync(call, &mut body)?;
    let mut body = schedule_cancellation(call, body)?;
    prepare_payment(call, &customer, &mut body)?;
    call.session.put(&body)?;
    bill::create_first_invoice(call, &body)?;
    call.session.named("subscription", id(&body))
}

/// Refuses a currency other than that of the customer's running subscriptions.
fn check_currency(call: &Call<'_>, customer: &Body, body: &Body) -> ApiResult<()> {
    let others = call.session.having("subscription", "customer", id(customer))?;
    let mut others = others.iter().filter(|other| !ENDED.contains(&status(other)));
    match others.find(|other| text(other, "currency") != text(body, "currency")) {
        Some(other) => Err(ApiError::of("currencies_combined", &[("currency", &needed(other, "currency")?)])),
        None => Ok(()),
    }
}

/// Refuses an anchor after the end of the first cycle, unless a trial comes first.
fn check_anchor(call: &Call<'_>, body: &Body, own: &[Body]) -> ApiResult<()> {
    let wanted = given_number(&call.params, "billing_cycle_anchor");
    let Some(wanted) = wanted.filter(|_| given_number(body, "trial_end").is_none()) else { return Ok(()) };
    for item in own {
        let natural = item::cycle(item)?.after(call.now);
        if wanted > natural {
            let failure = ApiError::of("anchor_too_late", &[("natural", &natural)]);
            return Err(failure.param("billing_cycle_anchor"));
        }
    }
    Ok(())
}

/// With `payment_behavior=default_incomplete`, creates a setup intent for a trial that has no payment method
/// yet.
fn prepare_payment(call: &Call<'_>, customer: &Body, body: &mut Body) -> ApiResult<()> {
    let saved = text(customer, "invoice_settings.default_payment_method");
    let has_method = saved.is_some() || text(body, "default_payment_method").is_some();
    let waits = text(&call.params, "payment_behavior") == Some("default_incomplete");
    if has_method || !waits || status(body) != "trialing" {
        return Ok(());
    }
    let params = body! {"customer": id(customer)};
    let made = setup_intent::made(&call.about("setup_intent", params)?)?;
    set(body, "pending_setup_intent", id(&made));
    call.session.put(&made)
}

fn draft(call: &Call<'_>) -> ApiResult<Body> {
    let mut body = call.build()?;
    if let Some(start) = given_number(&call.params, "backdate_start_date") {
        set(&mut body, "start_date", start);
    }
    // By default, the currency is that of the first price.
    set(&mut body, "currency", text(&call.params, "currency").unwrap_or("").to_ascii_lowercase());
    order::apply_tax_rates(call, &mut body, &call.params, "default_tax_rates", "")?;
    Ok(body)
}

/// Sets the billing cycle anchor.
fn anchor(call: &Call<'_>, body: &mut Body) -> ApiResult<()> {
    let config = inner(&call.params, "billing_cycle_anchor_config");
    if let Some(end) = given_number(body, "trial_end") {
        set(body, "billing_cycle_anchor", end);
    }
    let wanted = match config {
        None => given_number(&call.params, "billing_cycle_anchor"),
        Some(config) => {
            copy(body, &call.params, &["billing_cycle_anchor_config"]);
            let part = |name: &str| given_number(config, name).and_then(|part| i8::try_from(part).ok());
            let parts = ["month", "day_of_month", "hour", "minute", "second"].map(part);
            let found = period::matching(call.now, parts);
            Some(found.ok_or_else(|| ApiError::of("no_anchor_day", &[]))?)
        }
    };
    let Some(wanted) = wanted else { return Ok(()) };
    set(body, "billing_cycle_anchor", wanted);
    Ok(())
}
