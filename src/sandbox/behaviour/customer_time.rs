//! The time of a customer, which is that of the customer's test clock where there is one.

use super::prelude::*;

/// The same call at the time of a customer, or of what is the customer's and names the clock too.
pub(super) fn of<'a>(call: &Call<'a>, owned: &Body) -> Outcome<Call<'a>> {
    let clock = call.session.linked(owned, "test_clock", "test_helpers.test_clock")?;
    let now = clock.map_or(Ok(call.now), |clock| needed_number(&clock, "frozen_time"))?;
    Ok(Call { now, ..call.clone() })
}
