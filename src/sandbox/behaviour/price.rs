//! Prices: amounts that never change, lookup keys that only one active price may have.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{flag, id, inner, items, number, set, set_inner, text};
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Create, Update};
use super::money;
use super::product;

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { operations: &[(Create, create), (Update, update)], ..Behaviour::of(&["price"]) }];

/// `POST /v1/prices`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let mut call = call.clone();
    match (text(&call.params, "product"), inner(&call.params, "product_data").cloned()) {
        (Some(_), None) => {}
        (None, Some(data)) => {
            let product = product::made(&call.about("product", data)?)?;
            call.session.put(&product)?;
            set(&mut call.params, "product", id(&product));
        }
        (Some(_), Some(_)) => return Err(exclusive("product", "product_data")),
        (None, None) => return Err(missing("product")),
    }
    made(&call, "").map(Json::Object)
}

/// A price made of params and kept; `within` is the param that holds them.
pub(super) fn made(call: &Call<'_>, within: &str) -> Outcome<Body> {
    let mut body = call.build()?;
    let currency = money::currency(&call.params)?;
    set(&mut body, "currency", currency.as_str());
    if !call.params.contains_key("active") {
        set(&mut body, "active", true);
    }
    set(&mut body, "billing_scheme", text(&call.params, "billing_scheme").unwrap_or("per_unit"));
    set(&mut body, "tax_behavior", text(&call.params, "tax_behavior").unwrap_or("unspecified"));
    recurring(&mut body)?;
    amounts(call, &mut body, within)?;
    currency_options(&mut body, &currency);
    take_lookup_key(call, &body)?;
    call.session.put(&body)?;
    Ok(body)
}

fn exclusive(first: &str, second: &str) -> Failure {
    let message = format!("You may only specify one of these parameters: {first}, {second}.");
    Failure::invalid(message).code("parameters_exclusive").param(first)
}

fn recurring(body: &mut Body) -> Outcome<()> {
    let Some(given) = inner(body, "recurring") else {
        set(body, "type", "one_time");
        return Ok(());
    };
    let most = match text(given, "interval") {
        Some("day") => 1095,
        Some("week") => 156,
        Some("month") => 36,
        _ => 3,
    };
    let count = number(given, "interval_count").max(1);
    if count > most {
        let message = "The maximum billing interval is 3 years.";
        return Err(Failure::invalid(message).param("recurring[interval_count]"));
    }
    let usage = text(given, "usage_type").unwrap_or("licensed").to_owned();
    set_inner(body, "recurring", "interval_count", count);
    set_inner(body, "recurring", "usage_type", usage);
    set(body, "type", "recurring");
    Ok(())
}

/// Exactly one way of saying the amount, whole and decimal amount in step.
fn amounts(call: &Call<'_>, body: &mut Body, within: &str) -> Outcome<()> {
    let path = |name: &str| if within.is_empty() { name.to_owned() } else { format!("{within}[{name}]") };
    let tiered = text(body, "billing_scheme") == Some("tiered");
    if tiered {
        return tiers(call, body);
    }
    if let Some(custom) = inner(&call.params, "custom_unit_amount").filter(|custom| flag(custom, "enabled")) {
        let limits = ["maximum", "minimum", "preset"]
            .map(|name| (name.to_owned(), custom.get(name).cloned().unwrap_or_default()));
        set(body, "custom_unit_amount", Body::from_iter(limits));
        return Ok(());
    }
    set(body, "custom_unit_amount", Json::Null);
    match (call.params.contains_key("unit_amount"), call.params.contains_key("unit_amount_decimal")) {
        (true, true) => Err(exclusive(&path("unit_amount"), &path("unit_amount_decimal"))),
        (false, false) => Err(missing(&path("unit_amount"))),
        _ => money::in_step(body, "unit_amount", "unit_amount_decimal", within),
    }
}

fn tiers(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    if text(body, "tiers_mode").is_none() {
        return Err(missing("tiers_mode"));
    }
    let mut tiers: Vec<Body> =
        items(body, "tiers").iter().filter_map(|tier| tier.as_object().cloned()).collect();
    let Some(last) = tiers.len().checked_sub(1) else { return Err(missing("tiers")) };
    for (at, tier) in tiers.iter_mut().enumerate() {
        // A field that holds a number has no place for what the param says.
        let given = items(&call.params, "tiers").get(at).and_then(|tier| tier.get("up_to"));
        let endless = given.is_some_and(|up_to| up_to == "inf");
        if endless != (at == last) {
            let message = "The last price tier, and only it, must have an `up_to` of `inf`.";
            return Err(Failure::invalid(message).param("tiers"));
        }
        if endless {
            set(tier, "up_to", Json::Null);
        }
        let within = format!("tiers[{at}]");
        money::in_step(tier, "unit_amount", "unit_amount_decimal", &within)?;
        money::in_step(tier, "flat_amount", "flat_amount_decimal", &within)?;
    }
    set(body, "tiers", tiers.into_iter().map(Json::Object).collect::<Vec<_>>());
    Ok(())
}

/// The main currency is one of the options.
fn currency_options(body: &mut Body, currency: &str) {
    let member = |name: &str| body.get(name).cloned().unwrap_or(Json::Null);
    let own = json!({
        "custom_unit_amount": member("custom_unit_amount"), "tax_behavior": member("tax_behavior"),
        "unit_amount": member("unit_amount"), "unit_amount_decimal": member("unit_amount_decimal"),
    });
    let mut options = Body::new();
    set(&mut options, currency, own);
    for (name, option) in inner(body, "currency_options").into_iter().flatten() {
        let mut option = option.as_object().cloned().unwrap_or_default();
        let known = ["custom_unit_amount", "tax_behavior", "unit_amount", "unit_amount_decimal"];
        for name in known {
            option.entry(name).or_insert(Json::Null);
        }
        if text(&option, "tax_behavior").is_none() {
            set(&mut option, "tax_behavior", "unspecified");
        }
        // an amount that is not a number was refused when the params were checked
        let _ = money::in_step(&mut option, "unit_amount", "unit_amount_decimal", "");
        set(&mut options, name, option);
    }
    set(body, "currency_options", options);
}

/// A lookup key belongs to one active price; with `transfer_lookup_key` it moves.
fn take_lookup_key(call: &Call<'_>, body: &Body) -> Outcome<()> {
    let Some(key) = text(body, "lookup_key").filter(|_| flag(body, "active")) else { return Ok(()) };
    for mut other in call.session.having("price", "lookup_key", key)? {
        if id(&other) == id(body) || !flag(&other, "active") {
            continue;
        }
        if !flag(&call.params, "transfer_lookup_key") {
            let message = format!("A price (`{}`) already uses that lookup key.", id(&other));
            return Err(Failure::state(message).param("lookup_key"));
        }
        set(&mut other, "lookup_key", Json::Null);
        call.session.put(&other)?;
    }
    Ok(())
}

/// `POST /v1/prices/{price}`.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let before = call.named()?;
    let mut body = call.revise()?;
    let (old, new) = (text(&before, "tax_behavior"), text(&body, "tax_behavior"));
    if old != new && old != Some("unspecified") {
        let message =
            "You cannot change the tax behavior of a price once it is set to inclusive or exclusive.";
        return Err(Failure::state(message).param("tax_behavior"));
    }
    if flag(&before, "active") && !flag(&body, "active") {
        let product = text(&before, "product").unwrap_or_default();
        let owner = call.session.alive("product", product)?;
        let holds = |owner: &Body| flag(owner, "active") && text(owner, "default_price") == Some(id(&body));
        if owner.as_ref().is_some_and(holds) {
            let message = "This price cannot be archived because it is the default price of its product.";
            return Err(Failure::state(message).param("active"));
        }
    }
    if call.params.contains_key("currency_options") {
        let currency = text(&body, "currency").unwrap_or_default().to_owned();
        currency_options(&mut body, &currency);
    }
    take_lookup_key(call, &body)?;
    call.keep(body)
}
