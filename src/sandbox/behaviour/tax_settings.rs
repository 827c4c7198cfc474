//! Tax settings and tax calculations.

use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{generic, singletons};

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour { operations: &[(Update, update)], ..Behaviour::of(&["tax.settings"]) },
    Behaviour { operations: &[(Create, calculate)], ..Behaviour::of(&["tax.calculation"]) },
];

/// The settings that are required before tax settings become active.
const NEEDED: &[&str] = &["defaults.tax_behavior", "head_office"];

/// `POST /v1/tax/settings`.
fn update(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = members(singletons::update(call)?);
    let missing: Vec<&str> = NEEDED.iter().copied().filter(|path| lacks(&body, path)).collect();
    let (status, details) = match missing.as_slice() {
        [] => ("active", json!({"active": {}})),
        missing => ("pending", json!({"pending": {"missing_fields": missing}})),
    };
    body.extend(body! {"status": status, "status_details": details});
    call.keep(body)
}

fn lacks(body: &Body, path: &str) -> bool {
    at(body, path).is_none_or(Json::is_null)
}

/// `POST /v1/tax/calculations`: nothing is taxed; the total is the sum of the lines and the shipping.
fn calculate(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = members(generic::create(call)?);
    let lines: i64 = objects(&call.params, "line_items").map(|line| number(line, "amount")).sum();
    let total = lines + number(&call.params, "shipping_cost.amount");
    set(&mut body, "amount_total", total);
    call.keep(body)
}
