//! From one state to another: in which states an action is possible, and its refusal in the others.

use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{Body, id, status, text};
use crate::sandbox::life::Transition;

/// Refuses an action that the state of its object does not allow.
pub(super) fn check(call: &Call<'_>, body: &Body, course: &Transition, path: &str) -> Outcome<()> {
    let is = status(body);
    if course.when.is_empty() || course.when.iter().any(|state| state == is) {
        return Ok(());
    }
    let Some(message) = &course.message else {
        let verb = path.rsplit('/').next().unwrap_or_default().replace('_', " ");
        return Err(not_in_state(call, body, &verb));
    };
    let message = message.replace("{status}", is).replace("{id}", id(body));
    let message = message.replace("{states}", &course.when.join(", "));
    let failure = Failure::state(message);
    Err(match &course.code {
        // who confirms an intent is shown how it stands
        Some(code) if code.ends_with("_unexpected_state") => {
            let object = text(body, "object").unwrap_or_default();
            failure.code(code).with(object, visible(body))
        }
        Some(code) => failure.code(code),
        None => failure,
    })
}

/// Nothing is done in this state; `what` is the verb of the call.
pub(super) fn not_in_state(call: &Call<'_>, body: &Body, what: &str) -> Failure {
    let status = text(body, "status").unwrap_or("unknown");
    Failure::state(format!("You cannot {what} this {} because it has a status of {status}.", call.label()))
}

/// An object as an error carries it.
pub(super) fn visible(body: &Body) -> Body {
    body.clone().into_iter().filter(|(name, _)| !name.starts_with('_')).collect()
}
