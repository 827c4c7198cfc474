//! Plans, the legacy form of prices: each plan is a recurring price with the same id.

use crate::catalog::{catalog, find};
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{generic, order};

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Delete, delete), (Update, update)],
    ..Behaviour::of(&["plan"])
}];

/// Fields of a plan that have other names in a price.
const OTHER: &[(&str, &str)] = &[
    ("amount", "unit_amount"),
    ("amount_decimal", "unit_amount_decimal"),
    ("interval", "recurring.interval"),
    ("interval_count", "recurring.interval_count"),
    ("meter", "recurring.meter"),
    ("transform_usage", "transform_quantity"),
    ("usage_type", "recurring.usage_type"),
];

/// Returns the fields of a plan, each with its name in a price.
fn fields() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of = |object| catalog().by_key(object).map_or(&[][..], |entity| entity.fields.as_slice());
    let names = of("plan").iter().map(|field| field.name.as_str());
    let same =
        names.filter(move |name| find(of("price"), name).is_some() && !["id", "object"].contains(name));
    same.map(|name| (name, name)).chain(OTHER.iter().copied())
}

/// `POST /v1/plans`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    // This refuses an id that is taken.
    let mut body = call.build()?;
    let product = product_of(call)?;
    let mut made = order::price(&call.about("price", price_params(call, &product))?, "")?;
    call.session.remove("price", id(&made))?;
    let own = text(&call.params, "id").map_or_else(|| id(&made).replace("price_", "plan_"), str::to_owned);
    call.update(&mut made, body! {"id": own})?;
    body.extend(of_price(call, &made)?);
    set(&mut body, "trial_period_days", member(&call.params, "trial_period_days"));
    call.keep(body)
}

fn product_of(call: &Call<'_>) -> ApiResult<String> {
    match call.params.get("product") {
        Some(Json::String(known)) => {
            call.session.referred("product", known, "product")?;
            Ok(known.clone())
        }
        Some(Json::Object(data)) => {
            let made = order::product_described(call, data.clone())?;
            Ok(id(&made).to_owned())
        }
        _ => Err(missing("product")),
    }
}

fn price_params(call: &Call<'_>, product: &str) -> Body {
    let mut params = Body::new();
    for (own, path) in fields() {
        match (call.params.get(own), path.split_once('.')) {
            (Some(given), Some((outer, name))) => set_inner(&mut params, outer, name, given.clone()),
            (Some(given), None) => set(&mut params, path, given.clone()),
            (None, _) => {}
        }
    }
    set(&mut params, "product", product);
    params
}

/// Returns a price in the form of a plan.
pub(super) fn of_price(call: &Call<'_>, price: &Body) -> ApiResult<Body> {
    let mut body = call.fresh_of("plan")?;
    copy(&mut body, price, &["id"]);
    for (own, path) in fields() {
        set(&mut body, own, at(price, path).cloned());
    }
    Ok(body)
}

/// `POST /v1/plans/{id}`.
fn update(call: &Call<'_>) -> ApiResult<Json> {
    let body = call.revise()?;
    if let Some(mut price) = call.session.get_live("price", id(&body))? {
        copy(&mut price, &body, &["active", "metadata", "nickname"]);
        call.session.put(&price)?;
    }
    call.keep(body)
}

/// `DELETE /v1/plans/{id}`: subscriptions keep the plan.
fn delete(call: &Call<'_>) -> ApiResult<Json> {
    let body = call.named()?;
    call.session.remove("price", id(&body))?;
    generic::remove(call, &body)
}
