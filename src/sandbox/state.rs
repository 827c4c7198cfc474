//! Refusals of what the state of an object does not allow.

use serde_json::Value as Json;

use super::call::Call;
use super::error::Failure;
use super::fields::{Body, at, text, visible};

/// A text with what the names in its braces stand for; a name that stands for nothing stays.
pub(super) fn filled(text: &str, named: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        filled += before;
        filled += &named(name).unwrap_or_else(|| format!("{{{name}}}"));
        rest = after;
    }
    filled + rest
}

/// A refusal with a text of its own, in which `{status}` stands for the status of the object.
/// Who meets an intent in an unexpected state is shown the intent.
pub(super) fn refusal(body: &Body, message: &str, code: Option<&str>) -> Failure {
    let member = |name: &str| match at(body, name)? {
        Json::String(text) => Some(text.clone()),
        other => other.as_i64().map(|number| number.to_string()),
    };
    let failure = Failure::state(filled(message, member));
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
