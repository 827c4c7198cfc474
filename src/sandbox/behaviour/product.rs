//! Products, with their first price.

use crate::sandbox::behaviour::order;
use crate::sandbox::behaviour::prelude::*;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { operations: &[(Create, create)], ..Behaviour::of(&["product"]) }];

/// `POST /v1/products`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = call.build()?;
    call.session.put(&body)?;
    if let Some(mut params) = inner(&call.params, "default_price_data").cloned() {
        set(&mut params, "product", id(&body));
        let price = order::price(&call.about("price", params)?, "default_price_data")?;
        set(&mut body, "default_price", id(&price));
    }
    call.keep(body)
}
