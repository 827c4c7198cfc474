//! The time of a customer, which is that of the customer's test clock where there is one.

use crate::sandbox::call::Call;
use crate::sandbox::error::Outcome;
use crate::sandbox::fields::{Body, number, text};

/// The same call at the time of the customer that an object is of.
pub(super) fn of_owned<'a>(call: &Call<'a>, body: &Body) -> Outcome<Call<'a>> {
    match call.session.linked(body, "customer", "customer")? {
        Some(customer) => of(call, &customer),
        None => Ok(call.clone()),
    }
}

/// The same call at the time of the customer.
pub(super) fn of<'a>(call: &Call<'a>, customer: &Body) -> Outcome<Call<'a>> {
    let clock = match text(customer, "test_clock") {
        Some(clock) => call.session.alive("test_helpers.test_clock", clock)?,
        None => None,
    };
    let now = clock.map_or(call.now, |clock| number(&clock, "frozen_time"));
    Ok(Call { now, ..call.clone() })
}
