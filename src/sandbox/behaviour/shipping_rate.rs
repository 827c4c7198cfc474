//! Shipping rates: a fixed amount, in one or more currencies.

use crate::sandbox::behaviour::prelude::*;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { operations: &[(Create, create), (Update, update)], ..Behaviour::of(&["shipping_rate"]) }];

/// `POST /v1/shipping_rates`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    made(call).map(Json::Object)
}

/// Creates a rate.
pub(super) fn made(call: &Call<'_>) -> ApiResult<Body> {
    let given = inner(&call.params, "fixed_amount").ok_or_else(|| missing("fixed_amount"))?;
    let mut body = call.build()?;
    let options = options(&body, given)?;
    set_inner(&mut body, "fixed_amount", "currency_options", options);
    call.session.put(&body)?;
    Ok(body)
}

/// Builds a currency option.
fn option(currency: &str, amount: i64, taxed: &str) -> ApiResult<Json> {
    if amount < 0 {
        return Err(ApiError::of("too_low", &[("least", &0)])
            .param(format!("fixed_amount[currency_options][{currency}][amount]")));
    }
    Ok(json!({"amount": amount, "tax_behavior": taxed}))
}

/// Returns the currency options, including the main currency.
fn options(body: &Body, given: &Body) -> ApiResult<Body> {
    let currency = text(given, "currency").ok_or_else(|| missing("fixed_amount[currency]"))?;
    let mut options = Body::new();
    set(&mut options, currency, option(currency, number(given, "amount"), needed(body, "tax_behavior")?)?);
    add_options(&mut options, given)?;
    Ok(options)
}

/// Adds currency options, or changes existing ones.
fn add_options(options: &mut Body, given: &Body) -> ApiResult<()> {
    for (currency, given) in inner(given, "currency_options").into_iter().flatten() {
        let mut changed = members_at(options, currency);
        changed.extend(members(given.clone()));
        let taxed = text(&changed, "tax_behavior").unwrap_or("unspecified");
        set(options, currency, option(currency, number(&changed, "amount"), taxed)?);
    }
    Ok(())
}

/// `POST /v1/shipping_rates/{id}`: other currencies can be changed, the main amount cannot.
fn update(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.without(&["fixed_amount"]).revise()?;
    if let Some(given) = inner(&call.params, "fixed_amount") {
        let mut options = members_at(&body, "fixed_amount.currency_options");
        add_options(&mut options, given)?;
        set_inner(&mut body, "fixed_amount", "currency_options", options);
    }
    call.keep(body)
}
