//! Coupons: valid until they are redeemed too often or too late.

use serde_json::Value as Json;

use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{at, flag, given_number, number, object, set};
use crate::sandbox::page;
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Create, Get, List};
use super::money;

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { operations: &[(Create, create), (Get, get), (List, list)], ..Behaviour::of(&["coupon"]) }];

/// `POST /v1/coupons`: either a part of what is due, or an amount in a currency.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.build()?;
    let Some(percent) = call.params.get("percent_off").map(ToString::to_string) else {
        set(&mut body, "currency", money::currency(&call.params)?);
        return call.keep(body);
    };
    set(&mut body, "currency", Json::Null);
    if money::percent_of(&percent, 100_000_000).is_some_and(|part| (1..=100_000_000).contains(&part)) {
        return call.keep(body);
    }
    let message = format!("Invalid percent_off: must be greater than 0 and at most 100; it is {percent}.");
    Err(Failure::invalid(message).param("percent_off"))
}

/// The coupon as it stands now.
fn current(call: &Call<'_>, mut body: Body) -> Body {
    if given_number(&body, "redeem_by").is_some_and(|by| by <= call.now) {
        set(&mut body, "valid", false);
    }
    body
}

/// `GET /v1/coupons/{id}`.
fn get(call: &Call<'_>) -> Outcome<Json> {
    Ok(Json::Object(current(call, call.named()?)))
}

/// `GET /v1/coupons`.
fn list(call: &Call<'_>) -> Outcome<Json> {
    let page = page::of_objects(call, "coupon", |_| true)?;
    Ok(page::mapped(page, |body| current(call, body)))
}

/// The coupon that a param names, which must still be redeemable.
pub(super) fn redeemable(call: &Call<'_>, coupon: &str, param: &str) -> Outcome<Body> {
    let body = current(call, call.session.referred("coupon", coupon, param)?);
    if flag(&body, "valid") {
        return Ok(body);
    }
    let message = format!("Coupon expired: {coupon}");
    Err(Failure::state(message).code("coupon_expired").param(param))
}

/// Counts one redemption.
pub(super) fn redeem(call: &Call<'_>, coupon: &str) -> Outcome<()> {
    let Some(mut body) = call.session.alive("coupon", coupon)? else { return Ok(()) };
    let times = number(&body, "times_redeemed") + 1;
    set(&mut body, "times_redeemed", times);
    if given_number(&body, "max_redemptions").is_some_and(|most| times >= most) {
        set(&mut body, "valid", false);
    }
    call.session.put(&body)
}

/// What the coupon takes off, kept with each discount that it gives.
pub(super) fn terms(coupon: &Body) -> Body {
    object! {
        "percent_off": coupon.get("percent_off").filter(|percent| !percent.is_null()).map(ToString::to_string),
        "amount_off": coupon.get("amount_off"), "currency": coupon.get("currency"),
        "duration": coupon.get("duration"), "options": coupon.get("currency_options"),
        "products": at(coupon, "applies_to.products"),
    }
}
