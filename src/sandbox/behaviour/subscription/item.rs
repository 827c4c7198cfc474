//! The items of a subscription: a price and how many of it, with a period of their own.

use serde_json::Value as Json;

use crate::sandbox::behaviour::order::{self, Accepts};
use crate::sandbox::behaviour::{discount, period, plan};
use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{given_number, id, inner, items, needed, number, set, status, text};
use crate::sandbox::page;
use crate::sandbox::shape;
use crate::sandbox::store::Body;

/// Most items of a subscription.
pub(super) const MOST: usize = 20;

/// An item of params, its period not yet set; the currency of the first is the subscription's.
pub(super) fn made(call: &Call<'_>, owner: &mut Body, params: &Body, path: &str) -> Outcome<Body> {
    let price =
        order::named(call, params, Accepts::Recurring, path)?.ok_or_else(|| missing(&at(path, "price")))?;
    let mut body = call.about("subscription_item", Body::new())?.fresh();
    set(&mut body, "created", call.now);
    set(&mut body, "subscription", id(owner));
    put_price(call, &mut body, &price)?;
    lay(call, &mut body, params, path)?;
    let currency = needed(&price, "currency")?.to_owned();
    match text(owner, "currency") {
        None => set(owner, "currency", currency),
        Some(own) if own == currency => {}
        Some(own) => {
            let message = format!(
                "The price specified only supports `{currency}`. This doesn't match the expected currency: `{own}`."
            );
            return Err(Failure::state(message).param(at(path, "price")));
        }
    }
    Ok(body)
}

fn at(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}[{name}]") }
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
    recurring(body).is_some_and(|recurring| text(recurring, "usage_type") == Some("metered"))
}

/// How often, of the item's price.
pub(super) fn recurring(body: &Body) -> Option<&Body> {
    inner(body, "price").and_then(|price| inner(price, "recurring"))
}

/// What params say beside the price.
fn lay(call: &Call<'_>, body: &mut Body, params: &Body, path: &str) -> Outcome<()> {
    if let Some(quantity) = given_number(params, "quantity") {
        if quantity < 0 {
            return Err(Failure::too_low(0, at(path, "quantity")));
        }
        if is_metered(body) {
            let message = "You cannot set the quantity for metered plans. You should instead report usage with meter events.";
            return Err(Failure::state(message).param(at(path, "quantity")));
        }
        set(body, "quantity", quantity);
    }
    let mut plain = params.clone();
    plain.retain(|name, _| matches!(name.as_str(), "metadata" | "billing_thresholds"));
    shape::lay_over(call.about("subscription_item", Body::new())?.entity, body, &plain)?;
    if let Some(given) = params.get("discounts") {
        let ids = discount::take(call, given, body, &at(path, "discounts"))?;
        set(body, "discounts", ids);
    }
    if params.contains_key("tax_rates") {
        let rates = order::rates(call, items(params, "tax_rates"), &at(path, "tax_rates"))?;
        set(body, "tax_rates", rates);
    }
    Ok(())
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
    let price = inner(item, "price").map(id);
    if others.iter().all(|other| id(other) == id(item) || inner(other, "price").map(id) != price) {
        return Ok(());
    }
    let message =
        format!("Cannot add multiple subscription items with the same plan: {}", price.unwrap_or_default());
    Err(Failure::state(message).param(path))
}

/// The period that an item is in at that time: the trial, or the one after the anchor.
pub(super) fn set_period(body: &mut Body, owner: &Body, at: i64) {
    let end = match given_number(owner, "trial_end").filter(|end| *end > at && status(owner) == "trialing") {
        Some(end) => end,
        None => end_of(body, owner, at),
    };
    set(body, "current_period_start", at);
    set(body, "current_period_end", end);
}

/// The end of the period that begins at that time.
pub(super) fn end_of(body: &Body, owner: &Body, at: i64) -> i64 {
    let none = Body::new();
    let often = recurring(body).unwrap_or(&none);
    let interval = text(often, "interval").unwrap_or("month");
    period::next(number(owner, "billing_cycle_anchor"), interval, number(often, "interval_count"), at)
}

/// The items of a subscription, oldest first.
pub(super) fn of(call: &Call<'_>, owner: &str) -> Outcome<Vec<Body>> {
    let mut own = call.session.having("subscription_item", "subscription", owner)?;
    own.reverse();
    Ok(own)
}

/// The items that a subscription shows.
pub(super) fn shown(owner: &Body) -> &[Json] {
    inner(owner, "items").map_or(&[], |page| items(page, "data"))
}

/// Shows the items as they are kept.
pub(super) fn sync(call: &Call<'_>, owner: &mut Body) -> Outcome<()> {
    let own: Vec<Json> = of(call, id(owner))?.into_iter().map(Json::Object).collect();
    let url = format!("/v1/subscription_items?subscription={}", id(owner));
    let mut shown = page::embedded(&own, &url);
    if let Some(page) = shown.as_object_mut() {
        // a subscription shows every item it has, which are twenty at most
        set(page, "data", own);
        set(page, "has_more", false);
    }
    set(owner, "items", shown);
    Ok(())
}

/// The first and the last end among the current periods.
pub(super) fn period_ends(owner: &Body) -> (i64, i64) {
    let ends = || shown(owner).iter().filter_map(|item| item.get("current_period_end")?.as_i64());
    (ends().min().unwrap_or(0), ends().max().unwrap_or(0))
}
