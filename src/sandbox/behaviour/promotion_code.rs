//! Promotion codes: what customers type, each standing for a coupon under conditions.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{at, flag, given_number, id, inner, needed, number, object, set, text, text_at};
use crate::sandbox::identifier;
use crate::sandbox::page;
use crate::sandbox::store::{Body, Walk};

use super::coupon;
use super::definition::{Behaviour, Create, Get, List, Update};

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Get, get), (List, list), (Update, update)],
    ..Behaviour::of(&["promotion_code"])
}];

/// Kept with a code: its coupon.
const COUPON: &str = "_coupon";

/// `POST /v1/promotion_codes`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let given = text_at(&call.params, "promotion.coupon").ok_or_else(|| missing("promotion[coupon]"))?;
    let given = coupon::redeemable(call, given, "promotion[coupon]")?;
    check_bounds(call, &given)?;
    let mut body = call.build()?;
    let code = text(&call.params, "code").map_or_else(identifier::invoice_prefix, str::to_owned);
    if !code.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-') {
        let message = "Promotion codes can only contain letters, digits and dashes.";
        return Err(Failure::invalid(message).param("code"));
    }
    body.extend(object! {(COUPON): id(&given), "code": code});
    check_unique(call, &body)?;
    restrictions(&mut body);
    call.keep(body)
}

/// No more redemptions and no later end than the coupon has.
fn check_bounds(call: &Call<'_>, given: &Body) -> Outcome<()> {
    let refusals = [
        (
            ("max_redemptions", "max_redemptions"),
            "`max_redemptions` cannot be greater than the `max_redemptions` of the coupon.",
        ),
        (("expires_at", "redeem_by"), "`expires_at` cannot be after the `redeem_by` of the coupon."),
    ];
    for ((own, of_coupon), message) in refusals {
        let bounds = given_number(&call.params, own).zip(given_number(given, of_coupon));
        if bounds.is_some_and(|(own, most)| own > most) {
            return Err(Failure::invalid(message).param(own));
        }
    }
    Ok(())
}

/// Of the active codes of one customer, or of everybody, no two read the same.
fn check_unique(call: &Call<'_>, body: &Body) -> Outcome<()> {
    if !flag(body, "active") {
        return Ok(());
    }
    let code = needed(body, "code")?;
    let mut taken = false;
    call.session.walk(&Walk::of("promotion_code"), |stored| {
        let other = current(call, stored.body);
        taken = id(&other) != id(body)
            && flag(&other, "active")
            && text(&other, "customer") == text(body, "customer")
            && text(&other, "code").is_some_and(|other| other.eq_ignore_ascii_case(code));
        !taken
    })?;
    if !taken {
        return Ok(());
    }
    let message = format!("An active promotion code with `code: {code}` already exists.");
    Err(Failure::state(message).param("code"))
}

/// Everything that a code restricts is shown, in other currencies only where it does so there.
fn restrictions(body: &mut Body) {
    let mut shown =
        object! {"first_time_transaction": false, "minimum_amount": null, "minimum_amount_currency": null};
    for (name, value) in inner(body, "restrictions").into_iter().flatten() {
        // clients take a map, or nothing at all
        if name != "currency_options" || value.is_object() {
            set(&mut shown, name, value.clone());
        }
    }
    set(body, "restrictions", shown);
}

/// The code as it stands now.
fn current(call: &Call<'_>, mut body: Body) -> Body {
    if given_number(&body, "expires_at").is_some_and(|at| at <= call.now) {
        set(&mut body, "active", false);
    }
    body
}

/// `GET /v1/promotion_codes/{id}`.
fn get(call: &Call<'_>) -> Outcome<Json> {
    Ok(Json::Object(current(call, call.named()?)))
}

/// `GET /v1/promotion_codes`; codes are compared without regard to case.
fn list(call: &Call<'_>) -> Outcome<Json> {
    let wanted = ["code", "coupon"].map(|name| text(&call.params, name));
    let active = call.params.get("active").and_then(Json::as_bool);
    let rest = call.without(&["code", "coupon", "active"]);
    let page = page::of_objects(&rest, "promotion_code", |body| {
        let own = [text(body, "code"), text(body, COUPON)];
        let same = |(wanted, own): (&Option<&str>, Option<&str>)| {
            wanted.is_none_or(|wanted| own.is_some_and(|own| own.eq_ignore_ascii_case(wanted)))
        };
        wanted.iter().zip(own).all(same)
            && active.is_none_or(|wanted| wanted == flag(&current(call, body.clone()), "active"))
    })?;
    Ok(page::mapped(page, |body| current(call, body)))
}

/// `POST /v1/promotion_codes/{id}`: a code whose coupon is gone stays inactive.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let before = call.named()?;
    let body = call.revise()?;
    if flag(&body, "active") && !flag(&before, "active") {
        if flag(&before, "_ended") || is_spent(&before) || !flag(&current(call, body.clone()), "active") {
            let message = "This promotion code cannot be activated: its coupon is gone, or it expired or was redeemed as often as allowed.";
            return Err(Failure::state(message).param("active"));
        }
        coupon::redeemable(call, needed(&before, COUPON)?, "active")?;
        check_unique(call, &body)?;
    }
    call.keep(body)
}

/// A coupon was deleted: its codes end with it.
pub(super) fn coupon_deleted(call: &Call<'_>, coupon: &Body) -> Outcome<()> {
    for mut code in call.session.having("promotion_code", COUPON, id(coupon))? {
        if flag(&code, "active") {
            set(&mut code, "active", false);
            set(&mut code, "_ended", true);
            call.session.put(&code)?;
        }
    }
    Ok(())
}

/// The code that a param names, which that customer may redeem; with its coupon.
pub(super) fn redeemable(
    call: &Call<'_>,
    code: &str,
    customer: Option<&str>,
    param: &str,
) -> Outcome<(Body, Body)> {
    let body = current(call, call.session.referred("promotion_code", code, param)?);
    let refuse = |message: &str| Err(Failure::state(message).param(param));
    if !flag(&body, "active") {
        return refuse("This promotion code is not active.");
    }
    if text(&body, "customer").is_some_and(|owner| Some(owner) != customer) {
        return refuse("This promotion code cannot be redeemed by this customer.");
    }
    let first_only = at(&body, "restrictions.first_time_transaction") == Some(&Json::Bool(true));
    if first_only && has_paid(call, customer)? {
        return refuse(
            "This promotion code cannot be redeemed because the associated customer has prior transactions.",
        );
    }
    let coupon = coupon::redeemable(call, needed(&body, COUPON)?, param)?;
    Ok((body, coupon))
}

fn has_paid(call: &Call<'_>, customer: Option<&str>) -> Outcome<bool> {
    let Some(customer) = customer else { return Ok(false) };
    let paid = |body: &Body| text(body, "status") == Some("paid") && number(body, "amount_paid") > 0;
    let charged =
        call.session.having("charge", "customer", customer)?.iter().any(|charge| flag(charge, "paid"));
    Ok(charged || call.session.having("invoice", "customer", customer)?.iter().any(paid))
}

/// Whether it was redeemed as often as allowed.
fn is_spent(body: &Body) -> bool {
    given_number(body, "max_redemptions").is_some_and(|most| number(body, "times_redeemed") >= most)
}

/// Counts one redemption.
pub(super) fn redeem(call: &Call<'_>, mut body: Body) -> Outcome<()> {
    let times = number(&body, "times_redeemed") + 1;
    set(&mut body, "times_redeemed", times);
    if is_spent(&body) {
        set(&mut body, "active", false);
    }
    call.session.put(&body)
}

/// What an order must come to before the code takes anything off it.
pub(super) fn minimum(body: &Body) -> Json {
    let limit = |name: &str| at(body, &format!("restrictions.{name}"));
    json!({
        "amount": limit("minimum_amount"), "currency": limit("minimum_amount_currency"),
        "options": limit("currency_options"),
    })
}
