//! The items of a subscription, each with a price, a quantity and a current period.

use crate::sandbox::behaviour::order::{self, Accepts, Price};
use crate::sandbox::behaviour::period::Cycle;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{discount, money, plan};

/// The maximum number of items of a subscription.
const MOST: usize = 20;

/// Builds a new item whose period is not yet set. The currency of the first item becomes that of the
/// subscription.
pub(super) fn made(call: &Call<'_>, owner: &mut Body, params: &Body, path: &str) -> ApiResult<Body> {
    let price = order::required_price(call, params, Accepts::Recurring, path)?;
    let currency = text(owner, "currency").map_or_else(|| needed(&price, "currency"), Ok)?;
    Price::in_currency(&price, currency, &child(path, "price"))?;
    let currency = currency.to_owned();
    set(owner, "currency", currency);
    let mut body = call.fresh_of("subscription_item")?;
    body.extend(body! {"created": call.now, "subscription": id(owner)});
    put_price(call, &mut body, &price)?;
    apply_params(call, &mut body, owner, params, path)?;
    Ok(body)
}

fn put_price(call: &Call<'_>, body: &mut Body, price: &Body) -> ApiResult<()> {
    set(body, "plan", plan::of_price(call, price)?);
    set(body, "price", price.clone());
    if is_metered(body) {
        body.shift_remove("quantity");
    } else if given_number(body, "quantity").is_none() {
        set(body, "quantity", 1);
    }
    Ok(())
}

/// Whether the item is billed by usage, after the period.
pub(super) fn is_metered(body: &Body) -> bool {
    text(body, "price.recurring.usage_type") == Some("metered")
}

/// A view of an item, as its subscription charges it.
#[derive(Debug, Clone)]
pub(super) struct Item<'b> {
    /// The item itself.
    pub body: &'b Body,
    /// Its price, in the currency of the subscription.
    pub price: Price<'b>,
    /// The quantity; `None` for a metered item.
    pub quantity: Option<i64>,
    /// The current period: start and end.
    pub period: (i64, i64),
    /// The whole billing cycle that contains the period.
    pub cycle: (i64, i64),
}

impl<'b> Item<'b> {
    /// Returns the view of an item of this subscription.
    pub fn of(body: &'b Body, owner: &'b Body) -> ApiResult<Self> {
        let price = Price::in_currency(needed_inner(body, "price")?, needed(owner, "currency")?, "currency")?;
        let quantity = (!is_metered(body)).then(|| needed_number(body, "quantity")).transpose()?;
        let period =
            (needed_number(body, "current_period_start")?, needed_number(body, "current_period_end")?);
        Ok(Self { body, price, quantity, period, cycle: cycle_around(body, owner, period.0)? })
    }

    /// Returns the share of `amount` for `seconds` of the cycle.
    pub fn part(&self, amount: i64, seconds: i64) -> i64 {
        let (begin, end) = self.cycle;
        money::part_of(amount.into(), seconds.clamp(0, end - begin).into(), (end - begin).into())
    }
}

/// The billing cycle of an item.
pub(super) fn cycle(body: &Body) -> ApiResult<Cycle<'_>> {
    typed(needed_inner(needed_inner(body, "price")?, "recurring")?)
}

/// Returns the billing cycle that contains a time, counted from the anchor of the subscription.
fn cycle_around(body: &Body, owner: &Body, at: i64) -> ApiResult<(i64, i64)> {
    let (cycle, anchor) = (cycle(body)?, needed_number(owner, "billing_cycle_anchor")?);
    let day = given_number(owner, "billing_cycle_anchor_config.day_of_month");
    Ok(cycle.around(day.map_or(anchor, |day| cycle.on_day(anchor, day)), at))
}

/// Applies the params other than the price.
fn apply_params(call: &Call<'_>, body: &mut Body, owner: &Body, params: &Body, path: &str) -> ApiResult<()> {
    if let Some(quantity) = given_number(params, "quantity") {
        if quantity < 0 {
            return Err(ApiError::of("too_low", &[("least", &0)]).param(child(path, "quantity")));
        }
        if is_metered(body) {
            return Err(ApiError::of("metered_quantity", &[]).param(child(path, "quantity")));
        }
        set(body, "quantity", quantity);
    }
    let mut plain = params.clone();
    plain.retain(|name, _| matches!(name.as_str(), "metadata" | "billing_thresholds"));
    shape::lay_over(call.about("subscription_item", Body::new())?.entity, body, &plain)?;
    if let Some(given) = params.get("discounts") {
        let mut order = body.clone();
        copy(&mut order, owner, &["currency"]);
        let ids = discount::create_from_param(call, given, &order, &child(path, "discounts"))?;
        set(body, "discounts", ids);
    }
    order::apply_tax_rates(call, body, params, "tax_rates", path)
}

/// Returns an item with params applied, without storing it.
pub(super) fn changed(
    call: &Call<'_>,
    owner: &Body,
    before: &Body,
    params: &Body,
    path: &str,
) -> ApiResult<Body> {
    let mut body = before.clone();
    if let Some(price) = order::named_price(call, params, Accepts::Recurring, path)? {
        put_price(call, &mut body, &price)?;
    }
    apply_params(call, &mut body, owner, params, path)?;
    Ok(body)
}

/// Refuses a second item with the same price.
pub(super) fn check_new(others: &[Body], item: &Body, path: &str) -> ApiResult<()> {
    let price = needed(needed_inner(item, "price")?, "id")?;
    if others.iter().all(|other| id(other) == id(item) || text(other, "price.id") != Some(price)) {
        return Ok(());
    }
    Err(ApiError::of("price_twice", &[("price", &price)]).param(path))
}

/// Refuses more items than a subscription may have.
pub(super) fn check_count(own: &[Body]) -> ApiResult<()> {
    if own.len() > MOST { Err(ApiError::of("too_many_items", &[("most", &MOST)])) } else { Ok(()) }
}

/// Returns when a period from `start` ends if the subscription does not end earlier: with the trial, or at
/// the end of the cycle.
pub(super) fn usual_end(body: &Body, owner: &Body, start: i64) -> ApiResult<i64> {
    match given_number(owner, "trial_end").filter(|end| *end > start && status(owner) == "trialing") {
        Some(end) => Ok(end),
        None => Ok(cycle_around(body, owner, start)?.1),
    }
}

/// Sets the current period, which ends no later than the subscription.
pub(super) fn set_period(body: &mut Body, owner: &Body, start: i64) -> ApiResult<()> {
    let end = usual_end(body, owner, start)?;
    let end = given_number(owner, "cancel_at").filter(|at| *at > start).map_or(end, |at| end.min(at));
    body.extend(body! {"current_period_start": start, "current_period_end": end});
    Ok(())
}

/// Returns the items of a subscription, oldest first.
pub(super) fn of(call: &Call<'_>, owner: &str) -> ApiResult<Vec<Body>> {
    let mut own = call.session.having("subscription_item", "subscription", owner)?;
    own.reverse();
    Ok(own)
}

/// Returns the items that a subscription shows.
pub fn shown(owner: &Body) -> impl Iterator<Item = &Body> {
    objects(owner, "items.data")
}

/// Updates the `items` of the subscription; all are shown, since there are at most twenty.
pub(super) fn sync(call: &Call<'_>, owner: &mut Body) -> ApiResult<()> {
    let own = of(call, id(owner))?;
    let url = format!("/v1/subscription_items?subscription={}", id(owner));
    set(owner, "items", page::full_page(&own, &url));
    Ok(())
}

/// Returns the earliest and the latest end of the current periods, or `None` if there are no items.
pub(super) fn period_ends(owner: &Body) -> Option<(i64, i64)> {
    let ends = || shown(owner).filter_map(|item| given_number(item, "current_period_end"));
    ends().min().zip(ends().max())
}
