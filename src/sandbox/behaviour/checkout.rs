//! Checkout sessions: a page of Stripe's on which a customer pays, subscribes, or saves a card.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{given_number, id, inner, items, number, set, status, text};
use crate::sandbox::identifier;
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Create, Get, Update};
use super::transition::not_in_state;
use super::{discount, line_items};

mod complete;
mod page;

use page::current;

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Get, get), (Update, update)],
    actions: &[("ExpireCheckoutSession", expire)],
    pay: Some(complete::complete),
    ..Behaviour::of(&["checkout.session"])
}];

const HOUR: i64 = 60 * 60;
/// How long a session is open: at least, at most, and when the call does not say.
const OPEN_FOR: (i64, i64) = (HOUR / 2, 24 * HOUR);
/// Params that mean more than a field of their name.
const SPECIAL: &[&str] = &["line_items", "discounts", "shipping_options"];

/// `POST /v1/checkout/sessions`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let mode = text(&call.params, "mode").ok_or_else(|| missing("mode"))?;
    addresses(call)?;
    let given = items(&call.params, "line_items");
    if given.is_empty() && mode != "setup" {
        return Err(missing("line_items"));
    }
    let mut basket = line_items::filled(call, given)?;
    fits(mode, &basket)?;
    let mut body = draft(call)?;
    let discounts = reductions(call, &mut body)?;
    let off = line_items::reduce(&mut basket, &discounts);
    totals(call, &mut body, &basket, off)?;
    let url = format!("/v1/checkout/sessions/{}/line_items", id(&body));
    if mode == "setup" {
        set(&mut body, "line_items", Json::Null);
    } else {
        line_items::show(&mut body, &basket, &url);
    }
    call.keep(body)
}

/// Where the customer goes from the page.
fn addresses(call: &Call<'_>) -> Outcome<()> {
    for name in ["success_url", "cancel_url", "return_url"] {
        line_items::check_url(&call.params, name)?;
    }
    let hosted = matches!(text(&call.params, "ui_mode"), None | Some("hosted_page"));
    let redirects = text(&call.params, "redirect_on_completion") != Some("never");
    if hosted && text(&call.params, "success_url").is_none() {
        return Err(missing("success_url"));
    }
    if !hosted && redirects && text(&call.params, "return_url").is_none() {
        return Err(missing("return_url"));
    }
    let stray = if hosted { ["return_url"].as_slice() } else { ["success_url", "cancel_url"].as_slice() };
    match stray.iter().find(|name| call.params.contains_key(**name)) {
        None => Ok(()),
        Some(name) => {
            let message = format!("You cannot set `{name}` with this `ui_mode`.");
            Err(Failure::invalid(message).param(*name))
        }
    }
}

/// The prices fit the mode.
fn fits(mode: &str, basket: &[Json]) -> Outcome<()> {
    let recurring = basket.iter().any(line_items::is_recurring);
    let message = match mode {
        "payment" if recurring => {
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only \
             one-time prices."
        }
        "subscription" if !recurring => {
            "You must provide at least one recurring price in `subscription` mode when using prices."
        }
        "setup" if !basket.is_empty() => "You cannot pass `line_items` in `setup` mode.",
        _ => return Ok(()),
    };
    Err(Failure::state(message).param("line_items"))
}

fn draft(call: &Call<'_>) -> Outcome<Body> {
    let mut plain = call.clone();
    plain.params.retain(|name, _| !SPECIAL.contains(&name.as_str()));
    let mut body = plain.build()?;
    let named = identifier::random(if call.livemode { "cs_live_" } else { "cs_test_" }, 58);
    let hosted = matches!(text(&call.params, "ui_mode"), None | Some("hosted_page"));
    if hosted {
        set(
            &mut body,
            "url",
            format!("https://checkout.stripe.com/c/pay/{named}#{}", identifier::random("", 32)),
        );
    } else {
        set(&mut body, "client_secret", identifier::random(&format!("{named}_secret_"), 40));
    }
    set(&mut body, "id", named);
    set(&mut body, "ui_mode", text(&call.params, "ui_mode").unwrap_or("hosted_page"));
    set(&mut body, "status", "open");
    set(&mut body, "custom_fields", call.params.get("custom_fields").cloned().unwrap_or_else(|| json!([])));
    page::offer(call, &mut body)?;
    expiry(call, &mut body)?;
    complete::keep_data(call, &mut body);
    Ok(body)
}

fn expiry(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    let (least, most) = OPEN_FOR;
    let at = given_number(&call.params, "expires_at").unwrap_or(call.now + most);
    if (call.now + least..=call.now + most).contains(&at) {
        set(body, "expires_at", at);
        return Ok(());
    }
    let message =
        "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.";
    Err(Failure::invalid(message).param("expires_at"))
}

fn reductions(call: &Call<'_>, body: &mut Body) -> Outcome<Vec<Body>> {
    let Some(given) = call.params.get("discounts").filter(|given| given.is_array()) else {
        return Ok(Vec::new());
    };
    let ids = discount::take(call, given, body, "discounts")?;
    let found = discount::at_work(call, &ids, call.now)?;
    let shown = found.iter().map(|own| {
        let coupon = inner(own, "source").and_then(|source| source.get("coupon"));
        json!({"coupon": if text(own, "promotion_code").is_some() { None } else { coupon }, "promotion_code": own.get("promotion_code")})
    });
    set(body, "discounts", shown.collect::<Vec<_>>());
    set(body, "_discounts", ids);
    Ok(found)
}

fn totals(call: &Call<'_>, body: &mut Body, basket: &[Json], off: i64) -> Outcome<()> {
    let mode = text(body, "mode").unwrap_or_default().to_owned();
    if mode == "setup" {
        set(body, "payment_status", "no_payment_required");
        set(body, "shipping_options", json!([]));
        return Ok(());
    }
    let subtotal: i64 = basket.iter().filter_map(|item| item.get("amount_subtotal")?.as_i64()).sum();
    let (options, chosen) = line_items::shipping(call)?;
    let shipping = chosen.as_ref().and_then(|chosen| chosen.get("amount_total")?.as_i64()).unwrap_or(0);
    let total = subtotal.saturating_sub(off).saturating_add(shipping);
    let currency = line_items::currency(basket).unwrap_or("usd").to_owned();
    line_items::check_total(total, &currency)?;
    set(body, "currency", currency);
    set(body, "amount_subtotal", subtotal);
    set(body, "amount_total", total);
    set(body, "total_details", json!({"amount_discount": off, "amount_shipping": shipping, "amount_tax": 0}));
    set(body, "shipping_options", options);
    set(body, "shipping_cost", chosen.unwrap_or_default());
    set(body, "payment_status", if total == 0 { "no_payment_required" } else { "unpaid" });
    Ok(())
}

/// `GET /v1/checkout/sessions/{id}`.
fn get(call: &Call<'_>) -> Outcome<Json> {
    Ok(Json::Object(current(call, call.named()?)))
}

/// `POST /v1/checkout/sessions/{id}`.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let before = current(call, call.named()?);
    if status(&before) != "open" && call.params.keys().any(|name| name != "metadata") {
        return Err(not_in_state(call, &before, "update"));
    }
    let mut plain = call.clone();
    plain.params.retain(|name, _| !SPECIAL.contains(&name.as_str()));
    let mut body = plain.revise()?;
    complete::keep_data(call, &mut body);
    if !items(&call.params, "line_items").is_empty() {
        let basket = line_items::requantified(call, &before)?;
        let off = inner(&before, "total_details").map_or(0, |details| number(details, "amount_discount"));
        totals(call, &mut body, &basket, off)?;
        let url = format!("/v1/checkout/sessions/{}/line_items", id(&body));
        line_items::show(&mut body, &basket, &url);
    }
    call.keep(body)
}

/// `POST /v1/checkout/sessions/{id}/expire`.
fn expire(call: &Call<'_>) -> Outcome<Json> {
    let mut body = current(call, call.named()?);
    if status(&body) != "open" {
        let message = format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of {}.",
            status(&body)
        );
        return Err(Failure::state(message));
    }
    set(&mut body, "status", "expired");
    set(&mut body, "url", Json::Null);
    call.keep(body)
}
