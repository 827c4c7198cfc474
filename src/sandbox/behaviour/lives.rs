//! Who runs which call, for the objects of billing, webhooks and money with a life of their own.

use serde_json::Value as Json;

use crate::catalog::OperationKind;
use crate::sandbox::call::Call;
use crate::sandbox::error::Outcome;

use super::webhook_endpoint;

/// Runs one of the five operations, where the object has a life of its own.
pub(super) fn operate(call: &Call<'_>, kind: OperationKind) -> Option<Outcome<Json>> {
    use OperationKind::{Create, List, Update};
    let done = match (call.entity.object.as_str(), kind) {
        ("event", List) => webhook_endpoint::list_events(call),
        ("webhook_endpoint", Create) => webhook_endpoint::create(call),
        ("webhook_endpoint", Update) => webhook_endpoint::update(call),
        _ => return None,
    };
    Some(done)
}

/// Runs a call that is none of the five, where the object has a life of its own.
pub(super) fn act(call: &Call<'_>, action: &str) -> Option<Outcome<Json>> {
    let _ = (call, action);
    None
}
