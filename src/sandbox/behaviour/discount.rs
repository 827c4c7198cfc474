//! Discounts: a coupon at work on a subscription or an invoice.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{flag, given_number, id, member, number, set, text};
use crate::sandbox::store::Body;
use crate::sandbox::view;

use super::definition::Behaviour;
use super::{coupon, money, period, promotion_code};

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    actions: &[("DeleteCustomerDiscount", delete), ("DeleteSubscriptionDiscount", delete)],
    ..Behaviour::of(&["discount"])
}];

/// Kept with a discount: what the coupon takes off.
const TERMS: &str = "_terms";

/// The discounts that a `discounts` param asks for, made and kept; their ids come back.
pub(super) fn take(call: &Call<'_>, given: &Json, owner: &Body, param: &str) -> Outcome<Vec<Json>> {
    let mut ids = Vec::new();
    for (at, entry) in given.as_array().map_or(&[][..], Vec::as_slice).iter().enumerate() {
        let entry = entry.as_object().cloned().unwrap_or_default();
        let made = one(call, &entry, owner, &format!("{param}[{at}]"))?;
        call.session.put(&made)?;
        ids.push(Json::from(id(&made)));
    }
    Ok(ids)
}

fn one(call: &Call<'_>, entry: &Body, owner: &Body, param: &str) -> Outcome<Body> {
    let names = ["coupon", "promotion_code", "discount"].map(|name| text(entry, name));
    let customer = text(owner, "customer");
    match names {
        [Some(given), None, None] => {
            let given = coupon::redeemable(call, given, &format!("{param}[coupon]"))?;
            of_coupon(call, &given, None, owner)
        }
        [None, Some(code), None] => {
            let param = format!("{param}[promotion_code]");
            let (code, given) = promotion_code::redeemable(call, code, customer, &param)?;
            let made = of_coupon(call, &given, Some(&code), owner)?;
            promotion_code::redeem(call, code)?;
            Ok(made)
        }
        [None, None, Some(known)] => call.session.referred("discount", known, &format!("{param}[discount]")),
        _ => {
            let message =
                "You must specify exactly one of these parameters: coupon, discount, promotion_code.";
            Err(Failure::invalid(message).param(param))
        }
    }
}

fn of_coupon(call: &Call<'_>, given: &Body, code: Option<&Body>, owner: &Body) -> Outcome<Body> {
    let mut body = call.about("discount", Body::new())?.fresh();
    let end = match text(given, "duration") {
        Some("repeating") => Json::from(period::add(call.now, "month", number(given, "duration_in_months"))),
        _ => Json::Null,
    };
    set(&mut body, "source", json!({"coupon": id(given), "type": "coupon"}));
    set(&mut body, "start", call.now);
    set(&mut body, "end", end);
    set(&mut body, "customer", member(owner, "customer"));
    match text(owner, "object") {
        Some("subscription") => set(&mut body, "subscription", id(owner)),
        Some("subscription_item") => set(&mut body, "subscription_item", id(owner)),
        Some("invoice") => set(&mut body, "invoice", id(owner)),
        Some("invoiceitem") => set(&mut body, "invoice_item", id(owner)),
        _ => {}
    }
    let mut terms = coupon::terms(given).as_object().cloned().unwrap_or_default();
    if let Some(code) = code {
        set(&mut body, "promotion_code", id(code));
        set(&mut terms, "minimum", promotion_code::minimum(code));
    }
    set(&mut body, TERMS, terms);
    coupon::redeem(call, id(given))?;
    Ok(body)
}

/// The discounts of these ids that are at work at that time.
pub(super) fn at_work(call: &Call<'_>, ids: &[Json], at: i64) -> Outcome<Vec<Body>> {
    let mut found = Vec::new();
    for id in ids.iter().filter_map(Json::as_str) {
        let known = call.session.alive("discount", id)?;
        found.extend(
            known.filter(|body| given_number(body, "end").is_none_or(|end| end > at) && !flag(body, "_used")),
        );
    }
    Ok(found)
}

/// A discount that is given once was given: it works no more.
pub(super) fn use_up(call: &Call<'_>, discounts: &[Body]) -> Outcome<()> {
    for body in discounts {
        if body.get(TERMS).and_then(|terms| terms.get("duration")).and_then(Json::as_str) == Some("once") {
            let mut used = body.clone();
            set(&mut used, "_used", true);
            call.session.put(&used)?;
        }
    }
    Ok(())
}

/// What a discount takes off each of these amounts; the products say what is sold.
pub(super) fn shares(discount: &Body, lines: &[(i64, Option<String>)], currency: &str) -> Vec<i64> {
    let none = Body::new();
    let terms = discount.get(TERMS).and_then(Json::as_object).unwrap_or(&none);
    let products = terms.get("products").and_then(Json::as_array);
    let fits = |product: &Option<String>| {
        products.is_none_or(|products| products.iter().any(|one| one.as_str() == product.as_deref()))
    };
    let base: Vec<i64> =
        lines.iter().map(|(amount, product)| if fits(product) { (*amount).max(0) } else { 0 }).collect();
    if below_minimum(terms, lines, currency) {
        return vec![0; lines.len()];
    }
    if let Some(percent) = text(terms, "percent_off") {
        return base.iter().map(|amount| money::percent_of(percent, *amount).unwrap_or(0)).collect();
    }
    let whole: i64 = base.iter().sum();
    let off = if text(terms, "currency") == Some(currency) { number(terms, "amount_off") } else { 0 };
    spread(off.min(whole), &base)
}

fn below_minimum(terms: &Body, lines: &[(i64, Option<String>)], currency: &str) -> bool {
    let Some(minimum) = terms.get("minimum").and_then(Json::as_object) else { return false };
    let total: i64 = lines.iter().map(|(amount, _)| amount).sum();
    given_number(minimum, "amount")
        .is_some_and(|least| text(minimum, "currency") != Some(currency) || total < least)
}

/// Spreads an amount over others in proportion; what rounding leaves goes to the last ones.
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

/// `DELETE /v1/subscriptions/{id}/discount` and that of a customer.
fn delete(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.named()?;
    let of_customer = body.get("discount").and_then(|own| own.get("id")).cloned();
    let known = of_customer.or_else(|| body.get("discounts").and_then(|ids| ids.get(0)).cloned());
    let Some(known) = known.as_ref().and_then(Json::as_str) else {
        let message = format!("No active discount for {}: {}", call.entity.object, id(&body));
        return Err(Failure { status: 404, ..Failure::state(message).code("resource_missing") });
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
    Ok(view::plain(Json::Object(discount)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_when_an_amount_is_spread() {
        assert_eq!(spread(100, &[1, 1, 1]), [33, 33, 34]);
        assert_eq!(spread(100, &[0, 300]), [0, 100]);
        assert_eq!(spread(0, &[]), Vec::<i64>::new());
    }
}
