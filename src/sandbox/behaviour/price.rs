//! Prices: their amounts never change, and a lookup key belongs to only one active price.

use crate::sandbox::behaviour::order;
use crate::sandbox::behaviour::prelude::*;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { operations: &[(Create, create), (Update, update)], ..Behaviour::of(&["price"]) }];

/// `POST /v1/prices`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    let mut call = call.clone();
    if let (None, Some(data)) = (text(&call.params, "product"), inner(&call.params, "product_data").cloned())
    {
        let product = order::product_described(&call, data)?;
        set(&mut call.params, "product", id(&product));
    }
    order::price(&call, "").map(Json::Object)
}

/// `POST /v1/prices/{price}`.
fn update(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.revise()?;
    if let Some(given) = inner(&call.params, "currency_options") {
        order::currency_options(&mut body, given)?;
    }
    order::take_lookup_key(call, &body)?;
    call.keep(body)
}
