//! Payment links: a URL that opens a checkout session for each visitor.

use crate::sandbox::behaviour::line_items;
use crate::sandbox::behaviour::prelude::*;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { operations: &[(Create, create), (Update, update)], ..Behaviour::of(&["payment_link"]) }];

/// `POST /v1/payment_links`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    let basket = line_items::from_params(call, None)?;
    let recurring = basket.iter().any(line_items::is_recurring);
    if !recurring && call.params.contains_key("subscription_data") {
        return Err(ApiError::of("link_needs_recurring_price", &[]));
    }
    if recurring && call.params.contains_key("payment_intent_data") {
        return Err(ApiError::of("link_with_recurring_price", &[]));
    }
    let mut body = call.build()?;
    if !recurring && inner(&body, "invoice_creation").is_none() {
        set(&mut body, "invoice_creation", json!({"enabled": false, "invoice_data": {}}));
    }
    set(&mut body, "currency", line_items::currency(&basket).ok_or_else(|| missing("line_items"))?);
    let (options, _) = line_items::shipping(call)?;
    set(&mut body, "shipping_options", options);
    restrictions(call, &mut body);
    line_items::show(call, &mut body, basket, &[], &[])?;
    call.keep(body)
}

fn restrictions(call: &Call<'_>, body: &mut Body) {
    let Some(given) = call.params.get("restrictions") else { return };
    let Some(limit) = given.pointer("/completed_sessions/limit").and_then(Json::as_i64) else {
        set(body, "restrictions", Json::Null);
        return;
    };
    let count = number(body, "restrictions.completed_sessions.count");
    set_inner(body, "restrictions", "completed_sessions", json!({"count": count, "limit": limit}));
}

/// `POST /v1/payment_links/{id}`.
fn update(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.revise()?;
    restrictions(call, &mut body);
    if call.params.contains_key("shipping_options") {
        let (options, _) = line_items::shipping(call)?;
        set(&mut body, "shipping_options", options);
    }
    if !items(&call.params, "line_items").is_empty() {
        let basket = line_items::with_new_quantities(call, &body)?;
        line_items::show(call, &mut body, basket, &[], &[])?;
    }
    call.keep(body)
}
