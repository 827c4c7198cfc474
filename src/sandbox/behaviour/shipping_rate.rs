//! Shipping rates: a fixed amount, in one currency or in several.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{given_number, inner, member, number, set, set_inner, text};
use crate::sandbox::page;
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Create, List, Update};
use super::money;

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (List, list), (Update, update)],
    ..Behaviour::of(&["shipping_rate"])
}];

/// `POST /v1/shipping_rates`.
pub(super) fn create(call: &Call<'_>) -> Outcome<Json> {
    let given = inner(&call.params, "fixed_amount").ok_or_else(|| missing("fixed_amount"))?;
    check_amount(given, "fixed_amount[amount]")?;
    let currency = text(given, "currency").ok_or_else(|| missing("fixed_amount[currency]"))?;
    let currency = money::known_currency(currency, "fixed_amount[currency]")?;
    let mut body = call.build()?;
    set(&mut body, "active", true);
    set(&mut body, "type", "fixed_amount");
    if text(&call.params, "tax_behavior").is_none() {
        set(&mut body, "tax_behavior", "unspecified");
    }
    set_inner(&mut body, "fixed_amount", "currency", currency.as_str());
    let options = options(&body, given, &currency)?;
    set_inner(&mut body, "fixed_amount", "currency_options", options);
    call.keep(body)
}

/// `GET /v1/shipping_rates`; `currency` is that of the fixed amount.
fn list(call: &Call<'_>) -> Outcome<Json> {
    let mut call = call.clone();
    let wanted = call.params.shift_remove("currency");
    page::of_objects(&call, "shipping_rate", |body| {
        let own = inner(body, "fixed_amount").and_then(|amount| amount.get("currency"));
        wanted.is_none() || own == wanted.as_ref()
    })
}

fn check_amount(given: &Body, param: &str) -> Outcome<()> {
    if given_number(given, "amount").is_none_or(|amount| amount >= 0) {
        return Ok(());
    }
    let message = "This value must be greater than or equal to 0.";
    Err(Failure::invalid(message).code("parameter_invalid_integer").param(param))
}

/// The main currency is one of the options.
fn options(body: &Body, given: &Body, currency: &str) -> Outcome<Body> {
    let usual = member(body, "tax_behavior");
    let mut options = Body::new();
    set(&mut options, currency, json!({"amount": number(given, "amount"), "tax_behavior": usual}));
    for (name, option) in inner(given, "currency_options").into_iter().flatten() {
        let option = option.as_object().cloned().unwrap_or_default();
        check_amount(&option, &format!("fixed_amount[currency_options][{name}][amount]"))?;
        let taxed = text(&option, "tax_behavior").unwrap_or("unspecified");
        set(&mut options, name, json!({"amount": number(&option, "amount"), "tax_behavior": taxed}));
    }
    Ok(options)
}

/// `POST /v1/shipping_rates/{id}`: other currencies may change, the amount may not.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let before = call.named()?;
    let mut plain = call.clone();
    let given = plain.params.shift_remove("fixed_amount");
    let mut body = plain.revise()?;
    let Some(given) =
        given.as_ref().and_then(|given| given.get("currency_options")).and_then(Json::as_object)
    else {
        return call.keep(body);
    };
    let amount = inner(&before, "fixed_amount").cloned().unwrap_or_default();
    let mut options = inner(&amount, "currency_options").cloned().unwrap_or_default();
    for (name, option) in given {
        let mut changed = options.get(name).and_then(Json::as_object).cloned().unwrap_or_default();
        changed.extend(option.as_object().cloned().unwrap_or_default());
        check_amount(&changed, &format!("fixed_amount[currency_options][{name}][amount]"))?;
        set(&mut options, name, changed);
    }
    set_inner(&mut body, "fixed_amount", "currency_options", options);
    call.keep(body)
}
