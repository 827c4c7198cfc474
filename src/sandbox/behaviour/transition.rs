//! From one state to another: in which states an action is possible, and its refusal in the others.

use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{self, Body, id, status};
use crate::sandbox::life::Transition;

/// Refuses an action, or an operation, that the state of its object does not allow.
pub(super) fn check(call: &Call<'_>, body: &Body, course: &Transition, path: &str) -> Outcome<()> {
    let is = status(body);
    let locked = call.params.keys().find(|name| !course.free.contains(name));
    let is_free = !course.free.is_empty() && locked.is_none();
    if is_free || course.when.is_empty() || course.when.iter().any(|state| state == is) {
        return Ok(());
    }
    let Some(text) = &course.message else {
        let verb = path.rsplit('/').next().unwrap_or_default().replace('_', " ");
        return Err(not_in_state(call, body, &verb));
    };
    let message = text.replace("{status}", is).replace("{id}", id(body));
    let message = message.replace("{states}", &course.when.join(", "));
    let mut failure = match locked.filter(|_| text.contains("{param}")) {
        Some(param) => Failure::state(message.replace("{param}", param)).param(param.as_str()),
        None => Failure::state(message),
    };
    if let Some(code) = &course.code {
        failure = failure.code(code);
        // who confirms an intent is shown how it stands
        if code.ends_with("_unexpected_state") {
            let object = fields::text(body, "object").unwrap_or_default();
            failure = failure.with(object, visible(body));
        }
    }
    Err(failure)
}

/// Nothing is done in this state; `what` is the verb of the call.
pub(super) fn not_in_state(call: &Call<'_>, body: &Body, what: &str) -> Failure {
    let status = fields::text(body, "status").unwrap_or("unknown");
    Failure::state(format!("You cannot {what} this {} because it has a status of {status}.", call.label()))
}

/// An object as an error carries it.
pub(super) fn visible(body: &Body) -> Body {
    body.clone().into_iter().filter(|(name, _)| !name.starts_with('_')).collect()
}
