//! Customers: deleting one leaves a stub and detaches its payment methods.

use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{
    cash_balance, customer_balance, generic, payment_method, subscription, tax, tokens_and_sources,
};

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Delete, delete), (Update, update)],
    pages: &[
        PageField::of("subscriptions", "subscription", "customer"),
        PageField::of("sources", "card", "customer"),
        PageField::of("tax_ids", "tax_id", "customer"),
    ],
    ..Behaviour::of(&["customer"])
}];

/// The param for the default payment method.
const DEFAULT: &str = "invoice_settings[default_payment_method]";

/// `POST /v1/customers`.
pub(super) fn create(call: &Call<'_>) -> ApiResult<Json> {
    let mut call = call.clone();
    let methods = default_methods(&mut call)?;
    let cash_balance = call.params.shift_remove("cash_balance");
    let body = call.build()?;
    call.session.put(&body)?;
    for mut method in methods {
        payment_method::attach_to(&call, &mut method, id(&body))?;
    }
    cash_balance::set_along(&call, id(&body), cash_balance)?;
    tax_ids(&call, &body)?;
    source(&call, id(&body))?;
    call.session.named("customer", id(&body)).map(Json::Object)
}

/// Saves the legacy payment source in `source`.
fn source(call: &Call<'_>, customer: &str) -> ApiResult<()> {
    if call.params.contains_key("validate") {
        return Err(ApiError::unsupported("sources that are validated by choice").param("validate"));
    }
    text(&call.params, "source").map_or(Ok(()), |token| tokens_and_sources::save(call, customer, token))
}

/// Returns the payment methods that `payment_method` and the invoice settings name; test tokens become new
/// methods.
fn default_methods(call: &mut Call<'_>) -> ApiResult<Vec<Body>> {
    let mut methods = Vec::new();
    if let Some(token) = text(&call.params, "payment_method") {
        methods.push(payment_method::resolve(call, token, "payment_method")?);
    }
    let default = text(&call.params, "invoice_settings.default_payment_method").map(str::to_owned);
    if let Some(token) = default {
        let same = text(&call.params, "payment_method") == Some(token.as_str());
        let first =
            methods.first().filter(|_| same).ok_or_else(|| payment_method::not_attached(&token, DEFAULT))?;
        set_inner(&mut call.params, "invoice_settings", "default_payment_method", id(first));
    }
    Ok(methods)
}

fn tax_ids(call: &Call<'_>, body: &Body) -> ApiResult<()> {
    for data in items(&call.params, "tax_id_data") {
        let mut call = call.about("tax_id", members(data.clone()))?;
        call.parents.push(("customer".into(), id(body).to_owned()));
        tax::create_id(&call)?;
    }
    Ok(())
}

/// `POST /v1/customers/{customer}`.
fn update(call: &Call<'_>) -> ApiResult<Json> {
    let call = &mut call.clone();
    let cash_balance = call.params.shift_remove("cash_balance");
    cash_balance::set_along(call, &call.id, cash_balance)?;
    let before = needed_number(&call.named()?, "balance")?;
    let body = call.revise()?;
    call.session.put(&body)?;
    customer_balance::record_adjustment(call, before, &body)?;
    source(call, id(&body))?;
    call.named().map(Json::Object)
}

/// `DELETE /v1/customers/{customer}`.
pub(super) fn delete(call: &Call<'_>) -> ApiResult<Json> {
    let body = call.named()?;
    for mut method in call.session.having("payment_method", "customer", id(&body))? {
        payment_method::detach_from_customer(call, &mut method)?;
    }
    for owned in call.session.having("subscription", "customer", id(&body))? {
        if !matches!(status(&owned), "canceled" | "incomplete_expired") {
            subscription::end_now(call, id(&owned), subscription::FinalBilling::Nothing)?;
        }
    }
    generic::remove(call, &body)
}
