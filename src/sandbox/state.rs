//! Refusals of what the state of an object does not allow.

use super::call::Call;
use super::error::Failure;
use super::fields::{Body, id, status, text, visible};

/// A refusal with a text of its own, in which `{status}` and `{id}` stand for those of the object.
/// Who meets an intent in an unexpected state is shown the intent.
pub(super) fn refusal(body: &Body, message: &str, code: Option<&str>) -> Failure {
    let failure = Failure::state(message.replace("{status}", status(body)).replace("{id}", id(body)));
    let Some(code) = code else { return failure };
    match text(body, "object").filter(|object| object.ends_with("_intent")) {
        Some(object) if code.ends_with("_unexpected_state") => failure.code(code).with(object, visible(body)),
        _ => failure.code(code),
    }
}

/// The refusal of a call that the state of an intent does not allow.
pub(super) fn unexpected(message: &str, intent: &Body) -> Failure {
    let object = text(intent, "object").unwrap_or("payment_intent");
    refusal(intent, message, Some(&format!("{object}_unexpected_state")))
}

/// Nothing is done in this state; `what` is the verb of the call.
pub(super) fn not_in_state(call: &Call<'_>, body: &Body, what: &str) -> Failure {
    let status = text(body, "status").unwrap_or("unknown");
    Failure::state(format!("You cannot {what} this {} because it has a status of {status}.", call.label()))
}
