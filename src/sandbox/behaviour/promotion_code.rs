//! Promotion codes: what customers type, each standing for a coupon under conditions.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{flag, given_number, id, inner, number, set, set_inner, text};
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

/// `POST /v1/promotion_codes`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let promotion = inner(&call.params, "promotion").cloned().unwrap_or_default();
    let given = text(&promotion, "coupon").ok_or_else(|| missing("promotion[coupon]"))?;
    let given = coupon::redeemable(call, given, "promotion[coupon]")?;
    check_bounds(call, &given)?;
    let mut body = call.build()?;
    set(&mut body, "_coupon", id(&given));
    set(&mut body, "times_redeemed", 0);
    if !call.params.contains_key("active") {
        set(&mut body, "active", true);
    }
    let code = text(&call.params, "code").map_or_else(identifier::invoice_prefix, str::to_owned);
    check_code(&code)?;
    set(&mut body, "code", code);
    check_unique(call, &body)?;
    restrictions(&mut body);
    call.keep(body)
}

fn check_code(code: &str) -> Outcome<()> {
    if code.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-') {
        return Ok(());
    }
    let message = "Promotion codes can only contain letters, digits and dashes.";
    Err(Failure::invalid(message).param("code"))
}

/// No more redemptions and no later end than the coupon has.
fn check_bounds(call: &Call<'_>, given: &Body) -> Outcome<()> {
    let beyond = |own: &str, of_coupon: &str| {
        let most = given_number(given, of_coupon);
        given_number(&call.params, own).zip(most).is_some_and(|(own, most)| own > most)
    };
    if beyond("max_redemptions", "max_redemptions") {
        let message = "`max_redemptions` cannot be greater than the `max_redemptions` of the coupon.";
        return Err(Failure::invalid(message).param("max_redemptions"));
    }
    if beyond("expires_at", "redeem_by") {
        let message = "`expires_at` cannot be after the `redeem_by` of the coupon.";
        return Err(Failure::invalid(message).param("expires_at"));
    }
    Ok(())
}

/// Of the active codes of one customer, or of everybody, no two read the same.
fn check_unique(call: &Call<'_>, body: &Body) -> Outcome<()> {
    if !flag(body, "active") {
        return Ok(());
    }
    let code = text(body, "code").unwrap_or_default();
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

fn restrictions(body: &mut Body) {
    let given = inner(body, "restrictions").cloned().unwrap_or_default();
    set_inner(body, "restrictions", "first_time_transaction", flag(&given, "first_time_transaction"));
    for name in ["minimum_amount", "minimum_amount_currency"] {
        set_inner(body, "restrictions", name, given.get(name).cloned().unwrap_or_default());
    }
    if let Some(shown) = body.get_mut("restrictions").and_then(Json::as_object_mut)
        && !given.get("currency_options").is_some_and(Json::is_object)
    {
        // clients take a map, or nothing at all
        shown.shift_remove("currency_options");
    }
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
    let mut call = call.clone();
    let mut taken = |name: &str| call.params.shift_remove(name).unwrap_or_default();
    let (code, given, active) = (taken("code"), taken("coupon"), taken("active"));
    let page = page::of_objects(&call, "promotion_code", |body| {
        let fits = |wanted: &Json, name: &str| {
            wanted
                .as_str()
                .is_none_or(|wanted| text(body, name).is_some_and(|own| own.eq_ignore_ascii_case(wanted)))
        };
        let is_active = flag(&current(&call, body.clone()), "active");
        fits(&code, "code")
            && fits(&given, "_coupon")
            && active.as_bool().is_none_or(|wanted| wanted == is_active)
    })?;
    Ok(page::mapped(page, |body| current(&call, body)))
}

/// `POST /v1/promotion_codes/{id}`: a code whose coupon is gone stays inactive.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let before = call.named()?;
    let body = call.revise()?;
    if flag(&body, "active") && !flag(&before, "active") {
        let spent = given_number(&before, "max_redemptions")
            .is_some_and(|most| number(&before, "times_redeemed") >= most);
        if flag(&before, "_ended") || spent || !flag(&current(call, body.clone()), "active") {
            let message = "This promotion code cannot be activated: its coupon is gone, or it expired or was redeemed as often as allowed.";
            return Err(Failure::state(message).param("active"));
        }
        coupon::redeemable(call, text(&before, "_coupon").unwrap_or_default(), "active")?;
        check_unique(call, &body)?;
    }
    call.keep(body)
}

/// A coupon was deleted: its codes end with it.
pub(super) fn coupon_deleted(call: &Call<'_>, coupon: &Body) -> Outcome<()> {
    for mut code in call.session.having("promotion_code", "_coupon", id(coupon))? {
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
    let first_only =
        inner(&body, "restrictions").is_some_and(|limits| flag(limits, "first_time_transaction"));
    if first_only && has_paid(call, customer)? {
        return refuse(
            "This promotion code cannot be redeemed because the associated customer has prior transactions.",
        );
    }
    let coupon = coupon::redeemable(call, text(&body, "_coupon").unwrap_or_default(), param)?;
    Ok((body, coupon))
}

fn has_paid(call: &Call<'_>, customer: Option<&str>) -> Outcome<bool> {
    let Some(customer) = customer else { return Ok(false) };
    let paid = |body: &Body| text(body, "status") == Some("paid") && number(body, "amount_paid") > 0;
    let charged =
        call.session.having("charge", "customer", customer)?.iter().any(|charge| flag(charge, "paid"));
    Ok(charged || call.session.having("invoice", "customer", customer)?.iter().any(paid))
}

/// Counts one redemption.
pub(super) fn redeem(call: &Call<'_>, mut body: Body) -> Outcome<()> {
    let times = number(&body, "times_redeemed") + 1;
    set(&mut body, "times_redeemed", times);
    if given_number(&body, "max_redemptions").is_some_and(|most| times >= most) {
        set(&mut body, "active", false);
    }
    call.session.put(&body)
}

/// What an order must come to before the code takes anything off it.
pub(super) fn minimum(body: &Body) -> Json {
    let limits = inner(body, "restrictions").cloned().unwrap_or_default();
    json!({"amount": limits.get("minimum_amount"), "currency": limits.get("minimum_amount_currency")})
}
