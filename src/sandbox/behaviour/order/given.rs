//! Reads the discounts and the tax rates of an order or a line from params.

use crate::sandbox::behaviour::discount;
use crate::sandbox::behaviour::prelude::*;

/// Kept with an invoice or a line: its discounts, whole.
pub const DISCOUNTS: &str = "_discounts";

/// The tax rates and the discounts that params ask for; without them an object keeps those it has.
pub fn give_reductions(
    call: &Call<'_>,
    body: &mut Body,
    params: &Body,
    rates: &str,
    path: &str,
) -> ApiResult<()> {
    give_rates(call, body, params, rates, path)?;
    give_discounts(call, body, params, path)
}

/// The discounts of a `discounts` param, by id and whole.
pub fn give_discounts(call: &Call<'_>, body: &mut Body, params: &Body, path: &str) -> ApiResult<()> {
    if params.contains_key("discounts") {
        discount::give(call, body, params, path)?;
        let whole = discount::at_work(call, items(body, "discounts"), call.now)?;
        keep_discounts(body, &whole);
    }
    Ok(())
}

/// Keeps discounts whole with what they are taken off.
pub fn keep_discounts(body: &mut Body, discounts: &[Body]) {
    set(body, DISCOUNTS, discounts.iter().cloned().map(Json::Object).collect::<Vec<_>>());
}

/// The rates that a list param of ids names, whole.
pub fn give_rates(call: &Call<'_>, body: &mut Body, params: &Body, name: &str, path: &str) -> ApiResult<()> {
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

/// The ids of the rates that an object holds whole, as params name them.
pub fn rate_ids(owner: &Body, name: &str) -> Json {
    objects(owner, name).map(id).collect()
}
