//! When a subscription is to end by itself, and the states from which none comes back.

use serde_json::Value as Json;

use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{set, set_inner};
use crate::sandbox::store::Body;

use super::item;

/// States from which no subscription comes back.
pub(super) const ENDED: &[&str] = &["canceled", "incomplete_expired"];

/// When the subscription is to end by itself.
pub(super) fn ending(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    let at_period_end = call.params.get("cancel_at_period_end").and_then(Json::as_bool);
    let at = call.params.get("cancel_at").filter(|at| !at.is_null());
    if at_period_end.is_none() && at.is_none() {
        return Ok(());
    }
    if at_period_end == Some(true) && at.is_some_and(|at| *at != "") {
        let message = "You may only specify one of these parameters: cancel_at, cancel_at_period_end.";
        return Err(Failure::invalid(message).code("parameters_exclusive").param("cancel_at"));
    }
    let (first, last) = item::period_ends(body);
    let until = match (at_period_end, at) {
        (Some(true), _) => Some(last),
        (_, Some(Json::String(word))) if word == "min_period_end" => Some(first),
        (_, Some(Json::String(word))) if !word.is_empty() => Some(last),
        (_, Some(at)) => at.as_i64(),
        _ => None,
    };
    if until.is_some_and(|until| until <= call.now) {
        return Err(Failure::invalid("`cancel_at` must be in the future.").param("cancel_at"));
    }
    set(body, "cancel_at", until.map_or(Json::Null, Json::from));
    set(body, "cancel_at_period_end", at_period_end.unwrap_or(false));
    set(body, "canceled_at", until.map_or(Json::Null, |_| Json::from(call.now)));
    let reason = until.map(|_| "cancellation_requested");
    set_inner(body, "cancellation_details", "reason", reason.map_or(Json::Null, Json::from));
    Ok(())
}
