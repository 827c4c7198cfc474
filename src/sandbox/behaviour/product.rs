//! Products: kept for good once they have prices.

use super::prelude::*;
use super::{generic, order};

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Delete, delete), (Update, update)],
    ..Behaviour::of(&["product"])
}];

/// `POST /v1/products`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let mut body = call.build()?;
    call.session.put(&body)?;
    if let Some(mut params) = inner(&call.params, "default_price_data").cloned() {
        set(&mut params, "product", id(&body));
        let price = order::price(&call.about("price", params)?, "default_price_data")?;
        set(&mut body, "default_price", id(&price));
    }
    call.keep(body)
}

/// `POST /v1/products/{id}`.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let body = call.revise()?;
    if let Some(price) = call.referred_by("default_price", "price")?
        && text(&price, "product") != Some(id(&body))
    {
        let message =
            format!("The default price {} does not belong to the product {}.", id(&price), id(&body));
        return Err(Failure::state(message).param("default_price"));
    }
    call.keep(body)
}

/// `DELETE /v1/products/{id}`.
fn delete(call: &Call<'_>) -> Outcome<Json> {
    let body = call.named()?;
    if !call.session.having("price", "product", id(&body))?.is_empty() {
        let message = "This product cannot be deleted because it has one or more user-created prices.";
        return Err(Failure::state(message));
    }
    generic::remove(call, &body)
}
