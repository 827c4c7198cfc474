//! Plans, the prices of old: each is a recurring price under the same id.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::check::missing;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{id, inner, member, set, text};
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Create, Delete, Update};
use super::{generic, order};

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Delete, delete), (Update, update)],
    ..Behaviour::of(&["plan"])
}];

/// `POST /v1/plans`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    if let Some(own) = text(&call.params, "id")
        && call.session.alive("plan", own)?.is_some()
    {
        return Err(Failure::state("Plan already exists.").code("resource_already_exists").param("id"));
    }
    let product = product_of(call)?;
    let made = order::price(&call.about("price", price_params(call, &product))?, "")?;
    let mut made = made;
    let own = text(&call.params, "id").map_or_else(|| id(&made).replace("price_", "plan_"), str::to_owned);
    call.session.remove("price", id(&made))?;
    set(&mut made, "id", own);
    call.session.put(&made)?;
    let mut body = of_price(call, &made)?;
    set(&mut body, "trial_period_days", member(&call.params, "trial_period_days"));
    call.keep(body)
}

fn product_of(call: &Call<'_>) -> Outcome<String> {
    match call.params.get("product") {
        Some(Json::String(known)) => {
            call.session.referred("product", known, "product")?;
            Ok(known.clone())
        }
        Some(Json::Object(data)) => {
            let made = order::product_described(call, data.clone(), true)?;
            Ok(id(&made).to_owned())
        }
        _ => Err(missing("product")),
    }
}

fn price_params(call: &Call<'_>, product: &str) -> Body {
    let mut params = Body::new();
    set(&mut params, "product", product);
    let mut recurring = Body::new();
    for (from, to) in [
        ("interval", "interval"),
        ("interval_count", "interval_count"),
        ("usage_type", "usage_type"),
        ("meter", "meter"),
    ] {
        if let Some(value) = call.params.get(from) {
            set(&mut recurring, to, value.clone());
        }
    }
    set(&mut params, "recurring", recurring);
    let same = ["active", "billing_scheme", "currency", "metadata", "nickname", "tiers", "tiers_mode"];
    let renamed = [
        ("amount", "unit_amount"),
        ("amount_decimal", "unit_amount_decimal"),
        ("transform_usage", "transform_quantity"),
    ];
    for (from, to) in same.map(|name| (name, name)).into_iter().chain(renamed) {
        if let Some(value) = call.params.get(from) {
            set(&mut params, to, value.clone());
        }
    }
    params
}

/// The plan that a price is to those who know plans only.
pub(super) fn of_price(call: &Call<'_>, price: &Body) -> Outcome<Body> {
    let mut body = call.about("plan", Body::new())?.fresh();
    let member = |name: &str| price.get(name).cloned().unwrap_or_default();
    for name in [
        "id",
        "active",
        "billing_scheme",
        "created",
        "currency",
        "livemode",
        "metadata",
        "nickname",
        "product",
        "tiers",
        "tiers_mode",
    ] {
        set(&mut body, name, member(name));
    }
    set(&mut body, "amount", member("unit_amount"));
    set(&mut body, "amount_decimal", member("unit_amount_decimal"));
    set(&mut body, "transform_usage", member("transform_quantity"));
    for (name, value) in inner(price, "recurring").into_iter().flatten() {
        if body.contains_key(name) {
            set(&mut body, name, value.clone());
        }
    }
    Ok(body)
}

/// `POST /v1/plans/{id}`.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let body = call.revise()?;
    if let Some(mut price) = call.session.alive("price", id(&body))? {
        for name in ["active", "metadata", "nickname"] {
            set(&mut price, name, body.get(name).cloned().unwrap_or_else(|| json!(null)));
        }
        call.session.put(&price)?;
    }
    call.keep(body)
}

/// `DELETE /v1/plans/{id}`: subscriptions keep what they have.
fn delete(call: &Call<'_>) -> Outcome<Json> {
    let body = call.named()?;
    call.session.remove("price", id(&body))?;
    generic::remove(call, &body)
}
