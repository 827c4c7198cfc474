//! Coupons, which are valid until they expire or have been redeemed too often.

use crate::sandbox::behaviour::money::{self, Decimal};
use crate::sandbox::behaviour::prelude::*;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { operations: &[(Create, create)], ..Behaviour::of(&["coupon"]) }];

/// `POST /v1/coupons`: a percentage, or an amount in a currency.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.build()?;
    let Some(percent) = call.params.get("percent_off").map(ToString::to_string) else {
        set(&mut body, "currency", money::currency(&call.params)?);
        return call.keep(body);
    };
    set(&mut body, "currency", Json::Null);
    let part = percent.parse::<Decimal>().map(|percent| percent.percent_of(100_000_000));
    if part.is_ok_and(|part| (1..=100_000_000).contains(&part)) {
        return call.keep(body);
    }
    Err(ApiError::of("percent_off_out_of_range", &[("given", &percent)]))
}

/// Returns the coupon that a param names; refuses one that is not redeemable.
pub(super) fn redeemable(call: &Call<'_>, coupon: &str, param: &str) -> ApiResult<Body> {
    let body = call.referred_as_of_now("coupon", coupon, param)?;
    let expired = || ApiError::of("coupon_expired", &[("coupon", &coupon)]).param(param);
    if flag(&body, "valid") { Ok(body) } else { Err(expired()) }
}

/// Refuses a coupon with an amount if the order is in a currency other than its own or its
/// `currency_options`.
pub(super) fn check_currency(coupon: &Body, order: &Body, param: &str) -> ApiResult<()> {
    let (Some(own), Some(wanted)) = (text(coupon, "currency"), text(order, "currency")) else {
        return Ok(());
    };
    if own == wanted || inner(coupon, "currency_options").is_some_and(|options| options.contains_key(wanted))
    {
        return Ok(());
    }
    Err(ApiError::of("coupon_currency", &[("own", &own), ("wanted", &wanted)]).param(param))
}

/// Whether it has reached its maximum number of redemptions.
pub(super) fn is_spent(body: &Body) -> bool {
    given_number(body, "max_redemptions").is_some_and(|most| number(body, "times_redeemed") >= most)
}

/// Counts a redemption of a coupon or a code; `usable` is the field that tells whether it can be redeemed
/// again.
pub(super) fn redeem(call: &Call<'_>, mut body: Body, usable: &str) -> ApiResult<()> {
    let times = needed_number(&body, "times_redeemed")? + 1;
    set(&mut body, "times_redeemed", times);
    if is_spent(&body) {
        set(&mut body, usable, false);
    }
    call.session.put(&body)
}

/// Returns what the coupon takes off, which is stored with each of its discounts.
pub(super) fn terms(coupon: &Body) -> Body {
    body! {
        "percent_off": coupon.get("percent_off").filter(|percent| !percent.is_null()).map(ToString::to_string),
        "amount_off": coupon.get("amount_off"), "currency": coupon.get("currency"),
        "duration": coupon.get("duration"), "options": coupon.get("currency_options"),
        "products": at(coupon, "applies_to.products"),
    }
}
