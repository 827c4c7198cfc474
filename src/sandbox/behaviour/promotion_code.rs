//! Promotion codes, which customers enter; each stands for a coupon with conditions.

use crate::sandbox::behaviour::coupon;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::due;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { operations: &[(Create, create), (Update, update)], ..Behaviour::of(&["promotion_code"]) }];

/// Stored with a code: its coupon.
const COUPON: &str = "_coupon";

/// `POST /v1/promotion_codes`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    let given = text(&call.params, "promotion.coupon").ok_or_else(|| missing("promotion[coupon]"))?;
    let given = coupon::redeemable(call, given, "promotion[coupon]")?;
    let mut body = call.build()?;
    if !needed(&body, "code")?.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-') {
        return Err(ApiError::of("code_letters", &[]));
    }
    set(&mut body, COUPON, id(&given));
    check_unique(call, &body)?;
    call.keep(body)
}

/// Refuses an active code that already exists for the customer or for everybody.
fn check_unique(call: &Call<'_>, body: &Body) -> ApiResult<()> {
    if !flag(body, "active") {
        return Ok(());
    }
    let code = needed(body, "code")?;
    let same = call.session.first(&ObjectQuery::of("promotion_code"), |other| {
        due::bring_to(call.now, other);
        id(other) != id(body)
            && flag(other, "active")
            && text(other, "customer") == text(body, "customer")
            && text(other, "code").is_some_and(|other| other.eq_ignore_ascii_case(code))
    })?;
    if same.is_some() { Err(ApiError::of("code_taken", &[("code", &code)])) } else { Ok(()) }
}

/// `POST /v1/promotion_codes/{id}`: a code whose coupon was deleted stays inactive.
fn update(call: &Call<'_>) -> ApiResult<Json> {
    let before = call.named()?;
    let body = call.revise()?;
    if flag(&body, "active") && !flag(&before, "active") {
        let is_late = given_number(&body, "expires_at").is_some_and(|at| at <= call.now);
        if flag(&before, "_ended") || coupon::is_spent(&before) || is_late {
            return Err(ApiError::of("code_cannot_be_activated", &[]));
        }
        coupon::redeemable(call, needed(&before, COUPON)?, "active")?;
        check_unique(call, &body)?;
    }
    call.keep(body)
}

/// Makes the codes of a deleted coupon inactive.
pub(super) fn coupon_deleted(call: &Call<'_>, coupon: &Body) -> ApiResult<()> {
    for mut code in call.session.having("promotion_code", COUPON, id(coupon))? {
        if flag(&code, "active") {
            call.update(&mut code, body! {"active": false, "_ended": true})?;
        }
    }
    Ok(())
}

/// Returns the code that a param names, with its coupon; refuses a code that the customer cannot redeem.
pub(super) fn redeemable(
    call: &Call<'_>,
    code: &str,
    customer: Option<&str>,
    param: &str,
) -> ApiResult<(Body, Body)> {
    let body = call.referred_as_of_now("promotion_code", code, param)?;
    if !flag(&body, "active") {
        return Err(ApiError::of("code_inactive", &[]).param(param));
    }
    if text(&body, "customer").is_some_and(|owner| Some(owner) != customer) {
        return Err(ApiError::of("code_not_for_customer", &[]).param(param));
    }
    let first_only = flag(&body, "restrictions.first_time_transaction");
    if first_only && has_paid(call, customer)? {
        return Err(ApiError::of("code_not_for_prior_customer", &[]).param(param));
    }
    let coupon = coupon::redeemable(call, needed(&body, COUPON)?, param)?;
    Ok((body, coupon))
}

fn has_paid(call: &Call<'_>, customer: Option<&str>) -> ApiResult<bool> {
    let Some(customer) = customer else { return Ok(false) };
    let paid = |body: &Body| text(body, "status") == Some("paid") && number(body, "amount_paid") > 0;
    let charged =
        call.session.having("charge", "customer", customer)?.iter().any(|charge| flag(charge, "paid"));
    Ok(charged || call.session.having("invoice", "customer", customer)?.iter().any(paid))
}

/// Returns the minimum amount of an order.
pub(super) fn minimum(body: &Body) -> Json {
    let limit = |name: &str| at(body, &format!("restrictions.{name}"));
    json!({
        "amount": limit("minimum_amount"), "currency": limit("minimum_amount_currency"),
        "options": limit("currency_options"),
    })
}
