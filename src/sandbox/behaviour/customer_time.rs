//! The time of a customer, which is that of the customer's test clock where there is one.

use crate::sandbox::call::Call;
use crate::sandbox::error::Outcome;
use crate::sandbox::fields::{Body, number, text};

/// The same call at the time of the customer.
pub(super) fn of<'a>(call: &Call<'a>, customer: &Body) -> Outcome<Call<'a>> {
    let clock = match text(customer, "test_clock") {
        Some(clock) => call.session.alive("test_helpers.test_clock", clock)?,
        None => None,
    };
    let now = clock.map_or(call.now, |clock| number(&clock, "frozen_time"));
    Ok(Call { now, ..call.clone() })
}
