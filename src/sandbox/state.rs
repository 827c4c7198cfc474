//! Errors for calls that the state of an object does not allow.

use serde_json::Value as Json;

use crate::sandbox::call::Call;
use crate::sandbox::error::ApiError;
use crate::sandbox::fields::{Body, at, object, visible};
use crate::sandbox::message::message;

/// An error with a given message, in which `{status}` is the status of the object. The error for an intent in
/// an unexpected state contains the intent.
pub(super) fn refusal(body: &Body, text: &str, code: Option<&str>) -> ApiError {
    let member = |name: &str| match at(body, name)? {
        Json::String(text) => Some(text.clone()),
        other => other.as_i64().map(|number| number.to_string()),
    };
    let failure = ApiError::state(message(text, member));
    let Some(code) = code else { return failure };
    match object(body) {
        intent if intent.ends_with("_intent") && code.ends_with("_unexpected_state") => {
            failure.code(code).with(intent, visible(body))
        }
        _ => failure.code(code),
    }
}

/// The error for a call that the state of an intent does not allow; it contains the intent.
pub(super) fn unexpected(refusal: ApiError, intent: &Body) -> ApiError {
    let object = object(intent);
    refusal.code(&format!("{object}_unexpected_state")).with(object, visible(intent))
}

/// The error for a call that the state does not allow; `what` is the verb of the call.
pub(super) fn not_in_state(call: &Call<'_>, body: &Body, what: &str) -> ApiError {
    let label = call.label();
    refusal(body, &format!("You cannot {what} this {label} because it has a status of {{status}}."), None)
}
