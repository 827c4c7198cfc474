//! Reads the discounts and the tax rates of an order or a line from params.

use crate::sandbox::behaviour::discount;
use crate::sandbox::behaviour::prelude::*;

/// Stored with an invoice or a line: its discounts as whole objects.
pub const DISCOUNTS: &str = "_discounts";

/// Applies the tax rates and the discounts in the params; without a param, an object keeps what it has.
pub fn apply_reductions(
    call: &Call<'_>,
    body: &mut Body,
    params: &Body,
    rates: &str,
    path: &str,
) -> ApiResult<()> {
    apply_tax_rates(call, body, params, rates, path)?;
    apply_discounts(call, body, params, path)
}

/// Applies the `discounts` param: writes ids to the field and whole objects to `_discounts`.
pub fn apply_discounts(call: &Call<'_>, body: &mut Body, params: &Body, path: &str) -> ApiResult<()> {
    if params.contains_key("discounts") {
        discount::apply_param(call, body, params, path)?;
        let whole = discount::active(call, items(body, "discounts"), call.now)?;
        keep_discounts(body, &whole);
    }
    Ok(())
}

/// Stores whole discounts with the object that they reduce.
pub fn keep_discounts(body: &mut Body, discounts: &[Body]) {
    set(body, DISCOUNTS, discounts.iter().cloned().map(Json::Object).collect::<Vec<_>>());
}

/// Applies a param that lists ids of tax rates; the field gets whole objects.
pub fn apply_tax_rates(
    call: &Call<'_>,
    body: &mut Body,
    params: &Body,
    name: &str,
    path: &str,
) -> ApiResult<()> {
    if !params.contains_key(name) {
        return Ok(());
    }
    let given = items(params, name).iter().filter_map(Json::as_str).enumerate();
    let whole = given.map(|(at, rate)| {
        let param = format!("{}[{at}]", child(path, name));
        call.session.referred("tax_rate", rate, &param).map(Json::Object)
    });
    set(body, name, whole.collect::<ApiResult<Vec<_>>>()?);
    Ok(())
}

/// Returns the ids of the tax rates in a field of an object.
pub fn rate_ids(owner: &Body, name: &str) -> Json {
    objects(owner, name).map(id).collect()
}
