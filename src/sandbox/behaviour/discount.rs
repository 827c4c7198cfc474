//! Discounts: a coupon applied to a subscription or an invoice.

use std::collections::BTreeMap;

use crate::sandbox::behaviour::money::Decimal;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{coupon, period, promotion_code};
use crate::sandbox::view;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    actions: &[("DeleteCustomerDiscount", delete), ("DeleteSubscriptionDiscount", delete)],
    ..Behaviour::of(&["discount"])
}];

/// Stored with a discount: what its coupon takes off.
const TERMS: &str = "_terms";

/// Applies the `discounts` param to an object, by writing the ids to its field of that name. Without the
/// param, the object keeps its discounts. Refuses a coupon in a currency other than that of the order.
pub(super) fn apply_param(call: &Call<'_>, body: &mut Body, params: &Body, path: &str) -> ApiResult<()> {
    if let Some(given) = params.get("discounts") {
        let ids = create_from_param(call, given, body, &child(path, "discounts"))?;
        set(body, "discounts", ids);
    }
    Ok(())
}

/// Creates the discounts of a `discounts` param and returns their ids.
pub(super) fn create_from_param(
    call: &Call<'_>,
    given: &Json,
    owner: &Body,
    param: &str,
) -> ApiResult<Vec<Json>> {
    let entries = given.as_array().into_iter().flatten().filter_map(Json::as_object).enumerate();
    let made = entries.map(|(at, entry)| {
        let made = one(call, entry, owner, &format!("{param}[{at}]"))?;
        call.session.put(&made)?;
        Ok(Json::from(id(&made)))
    });
    made.collect()
}

fn one(call: &Call<'_>, entry: &Body, owner: &Body, param: &str) -> ApiResult<Body> {
    match ["coupon", "promotion_code", "discount"].map(|name| text(entry, name)) {
        [Some(given), None, None] => {
            let param = child(param, "coupon");
            let given = coupon::redeemable(call, given, &param)?;
            coupon::check_currency(&given, owner, &param)?;
            of_coupon(call, &given, None, owner)
        }
        [None, Some(code), None] => {
            let param = child(param, "promotion_code");
            let (code, given) = promotion_code::redeemable(call, code, text(owner, "customer"), &param)?;
            coupon::check_currency(&given, owner, &param)?;
            let made = of_coupon(call, &given, Some(&code), owner)?;
            coupon::redeem(call, code, "active")?;
            Ok(made)
        }
        [None, None, Some(known)] => call.session.referred("discount", known, &child(param, "discount")),
        _ => Err(ApiError::of("discount_not_one", &[]).param(param)),
    }
}

/// The types of objects to which a discount can belong, each with the field of the discount that names the
/// owner.
const OWNERS: &[(&str, &str)] = &[
    ("subscription", "subscription"),
    ("subscription_item", "subscription_item"),
    ("invoice", "invoice"),
    ("invoiceitem", "invoice_item"),
];

fn of_coupon(call: &Call<'_>, given: &Body, code: Option<&Body>, owner: &Body) -> ApiResult<Body> {
    let months =
        given_number(given, "duration_in_months").filter(|_| text(given, "duration") == Some("repeating"));
    let mut terms = coupon::terms(given);
    if let Some(code) = code {
        set(&mut terms, "minimum", promotion_code::minimum(code));
    }
    let mut body = call.fresh_of("discount")?;
    body.extend(body! {
        "customer": member(owner, "customer"), "end": months.map(|months| period::add(call.now, "month", months)),
        "promotion_code": code.map(id), "source": {"coupon": id(given), "type": "coupon"}, "start": call.now,
        (TERMS): terms,
    });
    if let Some((_, field)) = OWNERS.iter().find(|(object, _)| text(owner, "object") == Some(object)) {
        set(&mut body, field, id(owner));
    }
    coupon::redeem(call, given.clone(), "valid")?;
    Ok(body)
}

/// Returns the discounts with these ids that apply at that time.
pub(super) fn active(call: &Call<'_>, ids: &[Json], at: i64) -> ApiResult<Vec<Body>> {
    let known = ids.iter().filter_map(Json::as_str).map(|id| call.session.get_live("discount", id));
    let known: Vec<Option<Body>> = known.collect::<ApiResult<_>>()?;
    let works = |body: &Body| given_number(body, "end").is_none_or(|end| end > at) && !flag(body, "_used");
    Ok(known.into_iter().flatten().filter(works).collect())
}

/// Ends the `once` discounts that an order used.
pub(super) fn end_used(call: &Call<'_>, order: &Body) -> ApiResult<()> {
    for taken in objects(order, "total_discount_amounts").filter(|taken| number(taken, "amount") > 0) {
        let Some(mut used) = call.session.linked(taken, "discount", "discount")? else { continue };
        if text(&used, "_terms.duration") == Some("once") {
            call.update(&mut used, body! {"_used": true})?;
        }
    }
    Ok(())
}

/// Removes ended discounts from an object; returns whether there were any.
pub(super) fn drop_ended(call: &Call<'_>, body: &mut Body) -> ApiResult<bool> {
    let known = items(body, "discounts");
    let left = active(call, known, call.now)?;
    let any_ended = left.len() < known.len();
    if any_ended {
        set(body, "discounts", left.iter().map(id).collect::<Vec<_>>());
    }
    Ok(any_ended)
}

/// An amount to be discounted, and the product that it is for.
pub(super) type DiscountBase<'p> = (i64, Option<&'p str>);

/// A view of the terms of a coupon and its promotion code.
#[derive(Debug, Deserialize)]
struct CouponTerms<'b> {
    percent_off: Option<Decimal>,
    products: Option<Vec<&'b str>>,
    #[serde(borrow)]
    minimum: Option<ByCurrency<'b>>,
}

/// An amount off, or the minimum amount of an order, in one currency and possibly in others.
#[derive(Debug, Deserialize)]
struct ByCurrency<'b> {
    #[serde(alias = "amount_off")]
    amount: Option<i64>,
    currency: Option<&'b str>,
    #[serde(borrow)]
    options: Option<BTreeMap<&'b str, InCurrency>>,
}

#[derive(Debug, Deserialize)]
struct InCurrency {
    #[serde(alias = "amount_off", alias = "minimum_amount")]
    amount: i64,
}

impl ByCurrency<'_> {
    /// Returns the amount in this currency, if there is one.
    fn amount_in(&self, currency: &str) -> Option<i64> {
        let own = self.amount.filter(|_| self.currency == Some(currency));
        own.or_else(|| Some(self.options.as_ref()?.get(currency)?.amount))
    }

    /// Whether an order is below the minimum, or is in a currency without a minimum.
    fn is_missed(&self, lines: &[DiscountBase<'_>], currency: &str) -> bool {
        let total: i64 = lines.iter().map(|(amount, _)| amount).sum();
        self.amount.is_some() && self.amount_in(currency).is_none_or(|least| total < least)
    }
}

/// Returns how much a discount takes off each of these amounts; nothing in a currency for which it has no
/// amount.
pub(super) fn shares(discount: &Body, lines: &[DiscountBase<'_>], currency: &str) -> ApiResult<Vec<i64>> {
    let own = needed_inner(discount, TERMS)?;
    let CouponTerms { percent_off, products, minimum } = typed(own)?;
    if minimum.is_some_and(|minimum| minimum.is_missed(lines, currency)) {
        return Ok(vec![0; lines.len()]);
    }
    let fits = |product: Option<&str>| {
        products.as_ref().is_none_or(|known| product.is_some_and(|product| known.contains(&product)))
    };
    let base = lines.iter().map(|(amount, product)| if fits(*product) { (*amount).max(0) } else { 0 });
    let base: Vec<i64> = base.collect();
    if let Some(percent) = percent_off {
        return Ok(base.iter().map(|amount| percent.percent_of(*amount)).collect());
    }
    let off = typed::<ByCurrency<'_>>(own)?.amount_in(currency);
    Ok(off.map_or_else(|| vec![0; base.len()], |off| spread(off.min(base.iter().sum()), &base)))
}

/// Splits an amount in proportion to others; the last ones absorb the rounding.
fn spread(off: i64, base: &[i64]) -> Vec<i64> {
    let (mut left, mut rest) = (off, base.iter().sum::<i64>());
    let mut shares = Vec::new();
    for amount in base {
        let product = i128::from(left) * i128::from(*amount);
        let share = if rest == 0 { 0 } else { i64::try_from(product / i128::from(rest)).unwrap_or(0) };
        left -= share;
        rest -= amount;
        shares.push(share);
    }
    shares
}

/// `DELETE /v1/subscriptions/{id}/discount`, and the same for a customer.
fn delete(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.named()?;
    let of_customer = text(&body, "discount.id");
    let Some(known) = of_customer.or_else(|| items(&body, "discounts").first().and_then(Json::as_str)) else {
        let values: Values<'_> = &[("object", &call.entity.object), ("id", &id(&body))];
        return Err(ApiError::of("no_discount", values));
    };
    let mut discount = call.session.named("discount", known)?;
    call.session.remove("discount", known)?;
    if body.contains_key("discount") {
        set(&mut body, "discount", Json::Null);
    } else {
        set(&mut body, "discounts", json!([]));
    }
    call.session.put(&body)?;
    set(&mut discount, "deleted", true);
    Ok(view::render(Json::Object(discount)))
}

#[cfg(test)]
mod tests;
