//! Products: kept for good once they have prices.

use serde_json::Value as Json;

use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{flag, id, set, text};
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Create, Delete, Update};
use super::price;

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Delete, delete), (Update, update)],
    ..Behaviour::of(&["product"])
}];

/// `POST /v1/products`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let mut body = made(call)?;
    call.session.put(&body)?;
    if let Some(data) = call.params.get("default_price_data").and_then(Json::as_object) {
        let mut params = data.clone();
        set(&mut params, "product", id(&body));
        let price = price::made(&call.about("price", params)?, "default_price_data")?;
        set(&mut body, "default_price", id(&price));
    }
    call.keep(body)
}

/// A product made of params, not yet kept.
pub(super) fn made(call: &Call<'_>) -> Outcome<Body> {
    let mut body = call.build()?;
    if let Some(own) = text(&call.params, "id") {
        if call.session.alive("product", own)?.is_some() {
            return Err(Failure::state("Product already exists.")
                .code("resource_already_exists")
                .param("id"));
        }
        set(&mut body, "id", own);
    }
    if !call.params.contains_key("active") {
        set(&mut body, "active", true);
    }
    if !call.params.contains_key("type") {
        set(&mut body, "type", "service");
    }
    Ok(body)
}

/// `POST /v1/products/{id}`.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let body = call.revise()?;
    if let Some(price) = text(&call.params, "default_price") {
        let price = call.session.referred("price", price, "default_price")?;
        if text(&price, "product") != Some(id(&body)) {
            let message =
                format!("The default price {} does not belong to the product {}.", id(&price), id(&body));
            return Err(Failure::state(message).param("default_price"));
        }
        if !flag(&price, "active") {
            let message = "The default price of a product must be active.";
            return Err(Failure::state(message).param("default_price"));
        }
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
    super::generic::remove(call, &body)
}
