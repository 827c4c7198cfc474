//! The beginning of a subscription: its trial, its anchor, its items, its first invoice.

use serde_json::json;

use crate::sandbox::behaviour::{customer_time, discount, order, period, setup_intent};
use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{given_number, id, inner, items, member, set, set_inner, status, text};
use crate::sandbox::store::Body;

use super::ending::ending;
use super::params::{own_method, plain};
use super::{bill, item, trial};

/// A subscription that was started: kept, billed, and paid where that could be done.
pub(in crate::sandbox::behaviour) fn made(call: &Call<'_>) -> Outcome<Body> {
    let customer = call.session.referred("customer", call.demanded("customer")?, "customer")?;
    let call = &customer_time::of(call, &customer)?;
    check(call, &customer)?;
    let mut body = draft(call, &customer)?;
    trial::begin(call, &mut body)?;
    anchor(call, &mut body)?;
    let params = items(&call.params, "items");
    let mut own = Vec::new();
    for (at, params) in params.iter().enumerate() {
        let params = params.as_object().cloned().unwrap_or_default();
        let made = item::made(call, &mut body, &params, &format!("items[{at}]"))?;
        item::check_new(&own, &made, &format!("items[{at}]"))?;
        own.push(made);
    }
    for mut made in own {
        item::set_period(&mut made, &body, call.now);
        call.session.put(&made)?;
    }
    item::sync(call, &mut body)?;
    ending(call, &mut body)?;
    prepare_payment(call, &customer, &mut body)?;
    call.session.put(&body)?;
    bill::first(call, &body)?;
    call.session.named("subscription", id(&body))
}

/// A trial that is to be paid later, and nothing to pay with: the customer may save something.
fn prepare_payment(call: &Call<'_>, customer: &Body, body: &mut Body) -> Outcome<()> {
    let saved =
        inner(customer, "invoice_settings").and_then(|settings| text(settings, "default_payment_method"));
    let has_method = saved.is_some() || text(body, "default_payment_method").is_some();
    let waits = text(&call.params, "payment_behavior") == Some("default_incomplete");
    if has_method || !waits || status(body) != "trialing" {
        return Ok(());
    }
    let mut params = Body::new();
    set(&mut params, "customer", id(customer));
    let made = setup_intent::made(&call.about("setup_intent", params)?)?;
    set(body, "pending_setup_intent", id(&made));
    call.session.put(&made)
}

fn check(call: &Call<'_>, customer: &Body) -> Outcome<()> {
    if items(&call.params, "items").len() > item::MOST {
        let message = format!("A subscription can have at most {} items.", item::MOST);
        return Err(Failure::invalid(message).param("items"));
    }
    own_method(call, id(customer))
}

fn draft(call: &Call<'_>, customer: &Body) -> Outcome<Body> {
    let mut body = plain(call).build()?;
    set(&mut body, "customer", id(customer));
    let start = given_number(&call.params, "backdate_start_date").unwrap_or(call.now);
    set(&mut body, "start_date", start);
    set(&mut body, "billing_cycle_anchor", call.now);
    set(&mut body, "status", "active");
    set(&mut body, "currency", text(&call.params, "currency").unwrap_or_default().to_ascii_lowercase());
    set(
        &mut body,
        "collection_method",
        text(&call.params, "collection_method").unwrap_or("charge_automatically"),
    );
    set(&mut body, "test_clock", member(customer, "test_clock"));
    set(
        &mut body,
        "default_tax_rates",
        order::rates(call, items(&call.params, "default_tax_rates"), "default_tax_rates")?,
    );
    billing_mode(call, &mut body);
    if let Some(given) = call.params.get("discounts").filter(|given| given.is_array()) {
        let ids = discount::take(call, given, &body, "discounts")?;
        set(&mut body, "discounts", ids);
    }
    Ok(body)
}

fn billing_mode(call: &Call<'_>, body: &mut Body) {
    let given = inner(&call.params, "billing_mode").and_then(|mode| text(mode, "type"));
    let flexible = given.is_none_or(|given| given == "flexible");
    set_inner(body, "billing_mode", "type", if flexible { "flexible" } else { "classic" });
    let own = inner(body, "billing_mode").and_then(|mode| inner(mode, "flexible")).is_some();
    if flexible {
        set_inner(body, "billing_mode", "updated_at", call.now);
    }
    if flexible && !own {
        set_inner(body, "billing_mode", "flexible", json!({"proration_discounts": "included"}));
    }
}

/// The day to which the periods are counted.
fn anchor(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    if let Some(end) = given_number(body, "trial_end") {
        set(body, "billing_cycle_anchor", end);
    }
    let given = given_number(&call.params, "billing_cycle_anchor");
    let config = inner(&call.params, "billing_cycle_anchor_config");
    if let Some(config) = config {
        set(body, "billing_cycle_anchor_config", config.clone());
    }
    let wanted = match config {
        None => given,
        Some(config) => {
            let part = |name: &str| given_number(config, name).and_then(|part| i8::try_from(part).ok());
            let parts = ["month", "day_of_month", "hour", "minute", "second"].map(part);
            let found = period::matching(call.now, parts);
            Some(found.ok_or_else(|| {
                let message = "No day of the calendar fits `billing_cycle_anchor_config`.";
                Failure::invalid(message).param("billing_cycle_anchor_config")
            })?)
        }
    };
    let Some(wanted) = wanted else { return Ok(()) };
    if wanted <= call.now {
        let message = "`billing_cycle_anchor` must be in the future.";
        return Err(Failure::invalid(message).param("billing_cycle_anchor"));
    }
    set(body, "billing_cycle_anchor", wanted);
    Ok(())
}
