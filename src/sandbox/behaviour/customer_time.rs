//! The time of a customer, which is that of its test clock if it has one.

use crate::sandbox::behaviour::prelude::*;

/// Returns the same call at the time of a customer, or of another object with a test clock.
pub(super) fn of<'a>(call: &Call<'a>, owned: &Body) -> ApiResult<Call<'a>> {
    let clock = call.session.linked(owned, "test_clock", "test_helpers.test_clock")?;
    let now = clock.map_or(Ok(call.now), |clock| needed_number(&clock, "frozen_time"))?;
    Ok(Call { now, ..call.clone() })
}

/// Returns the same call at the time of its object: an existing one under a test clock, or a new one of a
/// customer under a test clock.
pub(super) fn of_call<'a>(call: &Call<'a>) -> ApiResult<Call<'a>> {
    if call.entity.field("test_clock").is_none() {
        return Ok(call.clone());
    }
    let owned = match call.id.as_str() {
        "" => call.session.linked(&call.params, "customer", "customer")?,
        _ => call.stored()?.map(|stored| stored.body),
    };
    owned.map_or_else(|| Ok(call.clone()), |owned| of(call, &owned))
}
