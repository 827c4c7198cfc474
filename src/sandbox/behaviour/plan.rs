//! Plans, the prices of old: each is a recurring price under the same id.

use super::prelude::*;
use super::{generic, order};

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Delete, delete), (Update, update)],
    ..Behaviour::of(&["plan"])
}];

/// Fields that a plan and a price have in common.
const SAME: &[&str] = &[
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
];
/// Fields of a plan that a price calls otherwise.
const RENAMED: &[(&str, &str)] = &[
    ("amount", "unit_amount"),
    ("amount_decimal", "unit_amount_decimal"),
    ("transform_usage", "transform_quantity"),
];
/// Fields of a plan that a price has under `recurring`.
const OFTEN: &[&str] = &["interval", "interval_count", "usage_type", "meter"];

/// `POST /v1/plans`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    // a plan whose id is taken already is refused here
    let mut body = call.build()?;
    let product = product_of(call)?;
    let mut made = order::price(&call.about("price", price_params(call, &product))?, "")?;
    call.session.remove("price", id(&made))?;
    let own = text(&call.params, "id").map_or_else(|| id(&made).replace("price_", "plan_"), str::to_owned);
    set(&mut made, "id", own);
    call.session.put(&made)?;
    body.extend(of_price(call, &made)?);
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
            let made = order::product_described(call, data.clone())?;
            Ok(id(&made).to_owned())
        }
        _ => Err(missing("product")),
    }
}

fn price_params(call: &Call<'_>, product: &str) -> Body {
    let mut params = body! {"product": product};
    let given = |names: &[&str]| -> Body {
        names.iter().filter_map(|name| Some(((*name).to_owned(), call.params.get(*name)?.clone()))).collect()
    };
    params.extend(given(SAME).into_iter().filter(|(name, _)| name != "product"));
    for (from, to) in RENAMED {
        params.extend(call.params.get(*from).map(|value| ((*to).to_owned(), value.clone())));
    }
    set(&mut params, "recurring", given(OFTEN));
    params
}

/// The plan that a price is to those who know plans only.
pub(super) fn of_price(call: &Call<'_>, price: &Body) -> Outcome<Body> {
    let mut body = call.fresh_of("plan")?;
    copy(&mut body, price, SAME);
    copy(&mut body, price, &["id"]);
    for (to, from) in RENAMED {
        set(&mut body, to, member(price, from));
    }
    if let Some(often) = inner(price, "recurring") {
        copy(&mut body, often, OFTEN);
    }
    Ok(body)
}

/// `POST /v1/plans/{id}`.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let body = call.revise()?;
    if let Some(mut price) = call.session.alive("price", id(&body))? {
        copy(&mut price, &body, &["active", "metadata", "nickname"]);
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
