//! The items of a subscription: a price and how many of it, with a period of their own.

use crate::sandbox::behaviour::order::{self, Accepts};
use crate::sandbox::behaviour::period::Cycle;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{discount, plan};

/// Most items of a subscription.
const MOST: usize = 20;

/// An item of params, its period not yet set; the currency of the first is the subscription's.
pub(super) fn made(call: &Call<'_>, owner: &mut Body, params: &Body, path: &str) -> Outcome<Body> {
    let price = order::named(call, params, Accepts::Recurring, path)?
        .ok_or_else(|| missing(&child(path, "price")))?;
    let currency = text(owner, "currency").map_or_else(|| needed(&price, "currency"), Ok)?;
    order::in_currency(&price, currency, &child(path, "price"))?;
    let currency = currency.to_owned();
    set(owner, "currency", currency);
    let mut body = call.fresh_of("subscription_item")?;
    body.extend(body! {"created": call.now, "subscription": id(owner)});
    put_price(call, &mut body, &price)?;
    lay(call, &mut body, params, path)?;
    Ok(body)
}

fn put_price(call: &Call<'_>, body: &mut Body, price: &Body) -> Outcome<()> {
    set(body, "plan", plan::of_price(call, price)?);
    set(body, "price", price.clone());
    if is_metered(body) {
        body.shift_remove("quantity");
    } else if given_number(body, "quantity").is_none() {
        set(body, "quantity", 1);
    }
    Ok(())
}

/// Whether what was used is charged afterwards.
pub(super) fn is_metered(body: &Body) -> bool {
    text(body, "price.recurring.usage_type") == Some("metered")
}

/// How often it is charged.
pub(super) fn cycle(body: &Body) -> Outcome<Cycle<'_>> {
    Cycle::of(needed_inner(needed_inner(body, "price")?, "recurring")?)
}

/// The period that it is in: from when, until when.
pub(super) fn period(body: &Body) -> Outcome<(i64, i64)> {
    Ok((needed_number(body, "current_period_start")?, needed_number(body, "current_period_end")?))
}

/// The whole cycle of which the current period is all, or a part.
pub(super) fn whole_period(body: &Body, owner: &Body) -> Outcome<(i64, i64)> {
    around(body, owner, period(body)?.0)
}

/// The whole cycle around a time, counted from the anchor of the subscription.
fn around(body: &Body, owner: &Body, at: i64) -> Outcome<(i64, i64)> {
    let (cycle, anchor) = (cycle(body)?, needed_number(owner, "billing_cycle_anchor")?);
    let day = given_number(owner, "billing_cycle_anchor_config.day_of_month");
    Ok(cycle.around(day.map_or(anchor, |day| cycle.on_day(anchor, day)), at))
}

/// The price of an item as its subscription charges it.
pub(super) fn price(body: &Body, owner: &Body) -> Outcome<Body> {
    order::in_currency(needed_inner(body, "price")?, needed(owner, "currency")?, "currency")
}

/// What params say beside the price.
fn lay(call: &Call<'_>, body: &mut Body, params: &Body, path: &str) -> Outcome<()> {
    if let Some(quantity) = given_number(params, "quantity") {
        if quantity < 0 {
            return Err(Failure::too_low(0, child(path, "quantity")));
        }
        if is_metered(body) {
            let message = "You cannot set the quantity for metered plans. You should instead report usage with meter events.";
            return Err(Failure::state(message).param(child(path, "quantity")));
        }
        set(body, "quantity", quantity);
    }
    let mut plain = params.clone();
    plain.retain(|name, _| matches!(name.as_str(), "metadata" | "billing_thresholds"));
    shape::lay_over(call.about("subscription_item", Body::new())?.entity, body, &plain)?;
    discount::give(call, body, params, path)?;
    order::give_rates(call, body, params, "tax_rates", path)
}

/// An item changed by params.
pub(super) fn changed(call: &Call<'_>, before: &Body, params: &Body, path: &str) -> Outcome<Body> {
    let mut body = before.clone();
    if let Some(price) = order::named(call, params, Accepts::Recurring, path)? {
        put_price(call, &mut body, &price)?;
    }
    lay(call, &mut body, params, path)?;
    Ok(body)
}

/// No two items have the same price.
pub(super) fn check_new(others: &[Body], item: &Body, path: &str) -> Outcome<()> {
    let price = text(item, "price.id");
    if others.iter().all(|other| id(other) == id(item) || text(other, "price.id") != price) {
        return Ok(());
    }
    let price = price.unwrap_or("");
    let message = format!("Cannot add multiple subscription items with the same plan: {price}");
    Err(Failure::state(message).param(path))
}

/// No subscription has more items than twenty.
pub(super) fn check_count(own: &[Body]) -> Outcome<()> {
    if own.len() <= MOST {
        return Ok(());
    }
    Err(Failure::invalid(format!("A subscription can have at most {MOST} items.")).param("items"))
}

/// The period that an item is in at that time: the trial, or the one after the anchor.
pub(super) fn set_period(body: &mut Body, owner: &Body, at: i64) -> Outcome<()> {
    let end = match given_number(owner, "trial_end").filter(|end| *end > at && status(owner) == "trialing") {
        Some(end) => end,
        None => around(body, owner, at)?.1,
    };
    body.extend(body! {"current_period_start": at, "current_period_end": end});
    Ok(())
}

/// The next period begins where this one ends.
pub(super) fn go_on(body: &mut Body, owner: &Body) -> Outcome<()> {
    let (_, end) = period(body)?;
    let (_, next) = around(body, owner, end)?;
    body.extend(body! {"current_period_start": end, "current_period_end": next});
    Ok(())
}

/// The items of a subscription, oldest first.
pub(super) fn of(call: &Call<'_>, owner: &str) -> Outcome<Vec<Body>> {
    let mut own = call.session.having("subscription_item", "subscription", owner)?;
    own.reverse();
    Ok(own)
}

/// The items that a subscription shows.
pub fn shown(owner: &Body) -> impl Iterator<Item = &Body> {
    objects(owner, "items.data")
}

/// Shows the items as they are kept: all of them, which are twenty at most.
pub(super) fn sync(call: &Call<'_>, owner: &mut Body) -> Outcome<()> {
    let own: Vec<Json> = of(call, id(owner))?.into_iter().map(Json::Object).collect();
    let url = format!("/v1/subscription_items?subscription={}", id(owner));
    set(owner, "items", page::whole(&own, &url));
    Ok(())
}

/// The first and the last end among the current periods; none where there are no items.
pub(super) fn period_ends(owner: &Body) -> Option<(i64, i64)> {
    let ends = || shown(owner).filter_map(|item| given_number(item, "current_period_end"));
    ends().min().zip(ends().max())
}
