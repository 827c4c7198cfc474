//! From one state to another: the refusal of a call that the object's state does not allow.

use crate::sandbox::call::Call;
use crate::sandbox::error::Failure;
use crate::sandbox::fields::text;
use crate::sandbox::store::Body;

/// Nothing is done in this state; `what` is the verb of the call.
pub(super) fn not_in_state(call: &Call<'_>, body: &Body, what: &str) -> Failure {
    let status = text(body, "status").unwrap_or("unknown");
    Failure::state(format!("You cannot {what} this {} because it has a status of {status}.", call.label()))
}
