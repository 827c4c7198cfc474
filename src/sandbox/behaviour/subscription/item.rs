//! The items of a subscription: a price and how many of it, with a period of their own.

use serde_json::{Value as Json, json};

use crate::sandbox::behaviour::{customer_time, discount, invoice, period, plan};
use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{flag, given_number, id, inner, items, number, set, status, text};
use crate::sandbox::page;
use crate::sandbox::shape;
use crate::sandbox::store::Body;
use crate::sandbox::view;

use super::{ENDED, change};

/// Most items of a subscription.
pub(super) const MOST: usize = 20;

/// An item of params, its period not yet set; the currency of the first is the subscription's.
pub(super) fn made(call: &Call<'_>, owner: &mut Body, params: &Body, path: &str) -> Outcome<Body> {
    let price = price_of(call, params, path)?.ok_or_else(|| missing(&at(path, "price")))?;
    let mut body = call.about("subscription_item", Body::new())?.fresh();
    set(&mut body, "created", call.now);
    set(&mut body, "subscription", id(owner));
    put_price(call, &mut body, &price)?;
    lay(call, &mut body, params, path)?;
    let currency = text(&price, "currency").unwrap_or("usd").to_owned();
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

/// The price that params name or describe: active, and charged again and again.
fn price_of(call: &Call<'_>, params: &Body, path: &str) -> Outcome<Option<Body>> {
    if let Some(data) = inner(params, "price_data") {
        return invoice::inline_price(call, data, &at(path, "price_data")).map(Some);
    }
    let Some((name, given)) =
        ["price", "plan"].into_iter().find_map(|name| Some((name, text(params, name)?)))
    else {
        return Ok(None);
    };
    let price = call.session.referred("price", given, &at(path, name))?;
    let refuse = |message: String| Err(Failure::state(message).param(at(path, name)));
    if text(&price, "type") != Some("recurring") {
        return refuse("The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.".to_owned());
    }
    if !flag(&price, "active") {
        return refuse(format!(
            "The price specified is inactive. This field only accepts active prices. Price: {given}"
        ));
    }
    Ok(Some(price))
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
            let message = "This value must be greater than or equal to 0.";
            return Err(Failure::invalid(message)
                .code("parameter_invalid_integer")
                .param(at(path, "quantity")));
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
        let rates = invoice::rates(call, items(params, "tax_rates"), &at(path, "tax_rates"))?;
        set(body, "tax_rates", rates);
    }
    Ok(())
}

/// An item changed by params.
pub(super) fn changed(call: &Call<'_>, before: &Body, params: &Body, path: &str) -> Outcome<Body> {
    let mut body = before.clone();
    if let Some(price) = price_of(call, params, path)? {
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

fn owner_of<'a>(call: &Call<'a>, subscription: &str) -> Outcome<(Call<'a>, Body)> {
    let owner = call.session.referred("subscription", subscription, "subscription")?;
    if ENDED.contains(&status(&owner)) {
        let message = format!("The subscription {subscription} is canceled, so its items cannot be changed.");
        return Err(Failure::state(message).param("subscription"));
    }
    let customer = call.session.named("customer", text(&owner, "customer").unwrap_or_default())?;
    Ok((customer_time::of(call, &customer)?, owner))
}

/// `POST /v1/subscription_items`.
pub(in crate::sandbox::behaviour) fn create(call: &Call<'_>) -> Outcome<Json> {
    let (call, owner) = owner_of(call, call.demanded("subscription")?)?;
    let known: Vec<String> = of(&call, id(&owner))?.iter().map(|item| id(item).to_owned()).collect();
    change::items(&call, owner, std::slice::from_ref(&call.params), "")?;
    let added = of(&call, call.demanded("subscription")?)?
        .into_iter()
        .find(|item| !known.contains(&id(item).to_owned()));
    let added = added.ok_or_else(|| Failure::internal("The new item was not kept."))?;
    Ok(Json::Object(added))
}

/// `POST /v1/subscription_items/{id}`.
pub(in crate::sandbox::behaviour) fn update(call: &Call<'_>) -> Outcome<Json> {
    let before = call.named()?;
    let (call, owner) = owner_of(call, text(&before, "subscription").unwrap_or_default())?;
    let mut params = call.params.clone();
    set(&mut params, "id", call.id.as_str());
    change::items(&call, owner, &[params], "")?;
    call.named().map(Json::Object)
}

/// `DELETE /v1/subscription_items/{id}`: a subscription keeps one item at least.
pub(in crate::sandbox::behaviour) fn delete(call: &Call<'_>) -> Outcome<Json> {
    let before = call.named()?;
    let (call, owner) = owner_of(call, text(&before, "subscription").unwrap_or_default())?;
    let mut params = Body::new();
    set(&mut params, "id", call.id.as_str());
    set(&mut params, "deleted", true);
    change::items(&call, owner, &[params], "")?;
    Ok(view::stub(&before))
}

/// `GET /v1/subscription_items`.
pub(in crate::sandbox::behaviour) fn list(call: &Call<'_>) -> Outcome<Json> {
    let owner = call.demanded("subscription")?;
    call.session.referred("subscription", owner, "subscription")?;
    let own: Vec<Json> = of(call, owner)?.into_iter().map(Json::Object).collect();
    let page = page::of_items(call, &own)?;
    Ok(
        json!({"object": "list", "data": page.get("data"), "has_more": page.get("has_more"), "url": page.get("url")}),
    )
}
