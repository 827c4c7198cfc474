//! Payment links: an address that opens a checkout session for whoever follows it.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{given_number, inner, items, set, set_inner, text};
use crate::sandbox::identifier;
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Create, Update};
use super::line_items;

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { operations: &[(Create, create), (Update, update)], ..Behaviour::of(&["payment_link"]) }];

const SPECIAL: &[&str] = &["line_items", "shipping_options", "restrictions"];

/// `POST /v1/payment_links`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let mut basket = line_items::filled(call, None)?;
    line_items::work_out(&mut basket, &[], &[])?;
    let recurring = basket.iter().any(line_items::is_recurring);
    if !recurring && call.params.contains_key("subscription_data") {
        let message = "You can only use `subscription_data` with recurring prices.";
        return Err(Failure::state(message).param("subscription_data"));
    }
    if recurring && call.params.contains_key("payment_intent_data") {
        let message = "You can not pass `payment_intent_data` with recurring prices.";
        return Err(Failure::state(message).param("payment_intent_data"));
    }
    let mut body = plain(call).build()?;
    if !recurring && inner(&body, "invoice_creation").is_none() {
        set(&mut body, "invoice_creation", json!({"enabled": false, "invoice_data": {}}));
    }
    set(&mut body, "currency", line_items::currency(&basket));
    set(&mut body, "url", format!("https://buy.stripe.com/{}", identifier::random("test_", 20)));
    let (options, _) = line_items::shipping(call)?;
    set(&mut body, "shipping_options", options);
    restrictions(call, &mut body);
    completion(call)?;
    line_items::show(call, &mut body, &basket);
    call.keep(body)
}

fn plain<'a>(call: &Call<'a>) -> Call<'a> {
    let mut plain = call.clone();
    plain.params.retain(|name, _| !SPECIAL.contains(&name.as_str()));
    plain
}

/// After payment the customer goes to an address, or stays.
fn completion(call: &Call<'_>) -> Outcome<()> {
    let Some(after) = inner(&call.params, "after_completion") else { return Ok(()) };
    if text(after, "type") != Some("redirect") {
        return Ok(());
    }
    let redirect = inner(after, "redirect").ok_or_else(|| missing("after_completion[redirect]"))?;
    line_items::check_url(redirect, "url").map_err(|failure| failure.param("after_completion[redirect][url]"))
}

fn restrictions(call: &Call<'_>, body: &mut Body) {
    let Some(given) = call.params.get("restrictions") else { return };
    let limit = given.pointer("/completed_sessions/limit").and_then(Json::as_i64);
    let Some(limit) = limit else {
        set(body, "restrictions", Json::Null);
        return;
    };
    let known = inner(body, "restrictions").and_then(|own| inner(own, "completed_sessions"));
    let count = known.and_then(|own| given_number(own, "count")).unwrap_or(0);
    set_inner(body, "restrictions", "completed_sessions", json!({"count": count, "limit": limit}));
}

/// `POST /v1/payment_links/{id}`.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let mut body = plain(call).revise()?;
    completion(call)?;
    restrictions(call, &mut body);
    if call.params.contains_key("shipping_options") {
        let (options, _) = line_items::shipping(call)?;
        set(&mut body, "shipping_options", options);
    }
    if !items(&call.params, "line_items").is_empty() {
        let mut basket = line_items::requantified(call, &body)?;
        line_items::work_out(&mut basket, &[], &[])?;
        line_items::show(call, &mut body, &basket);
    }
    call.keep(body)
}
