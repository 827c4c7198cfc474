//! The cash balance of a customer, which exists without being created and is set together with the customer.

use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::singletons;

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { operations: &[(Update, update)], ..Behaviour::of(&["cash_balance"]) }];

/// The mode that stands for the account's own setting.
const OF_ACCOUNT: &str = "merchant_default";

/// `POST /v1/customers/{customer}/cash_balance`.
fn update(call: &Call<'_>) -> ApiResult<Json> {
    let mut call = call.clone();
    if let Some(mode) = text(&call.params, "settings.reconciliation_mode").map(str::to_owned) {
        let is_of_account = mode == OF_ACCOUNT;
        let mode = if is_of_account { "automatic" } else { mode.as_str() };
        set_inner(&mut call.params, "settings", "reconciliation_mode", mode);
        set_inner(&mut call.params, "settings", "using_merchant_default", is_of_account);
    }
    singletons::update(&call)
}

/// Sets the cash balance according to a call on its customer.
pub(super) fn set_along(call: &Call<'_>, customer: &str, params: Option<Json>) -> ApiResult<()> {
    let Some(params) = params else { return Ok(()) };
    let mut call = call.about("cash_balance", members(params))?;
    call.parents.push(("customer".into(), customer.to_owned()));
    update(&call).map(drop)
}
