//! Helpers of the responses of all resources: what an object is called and where it is, and responses that change
//! nothing.

use serde_json::Value as Json;

use crate::catalog::Entity;
use crate::connection::Connection;
use crate::engine::Object;
use crate::provider::messages::found;
use crate::provider::object::private_data::PrivateData;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{ApplyRequest, PlanRequest, PlanResponse, StateResponse};
use crate::terraform::value::{Path, Value};

/// A stored object and what is known of where it was made.
#[derive(Debug, Clone, Copy)]
pub(super) struct StoredObject<'s> {
    /// The entity type it is of.
    pub(super) entity: &'static Entity,
    /// Where it is: `cus_1`.
    pub(super) locator: &'s str,
    /// The object as Stripe last answered it.
    pub(super) body: &'s Json,
    /// The `connection_handle` of the state.
    pub(super) handle: &'s Value,
}

/// An object, in words: its type and where it is.
pub(in crate::provider) fn named(object: &Object) -> String {
    format!("{} {}", object.entity.name, object.locator)
}

/// What is known of an object beside the object, for the question where it is.
pub(super) fn stored<'s>(object: &'s Object, state: &'s Value) -> StoredObject<'s> {
    let Object { entity, locator, body, .. } = object;
    StoredObject { entity, locator, body, handle: state.get("connection_handle") }
}

/// What stands before the ids of a connected account in an import id.
pub(super) fn place_of(connection: &Connection) -> String {
    connection.account().map(|account| format!("{account}/")).unwrap_or_default()
}

/// The state as it was, and what went wrong.
pub(in crate::provider) fn unchanged(request: ApplyRequest, diagnostics: Diagnostics) -> StateResponse {
    StateResponse { state: request.prior, private: request.private, diagnostics }
}

/// Nothing is planned, for these reasons.
pub(in crate::provider) fn unplanned(request: PlanRequest, diagnostics: Diagnostics) -> PlanResponse {
    PlanResponse { state: request.prior, private: request.private, diagnostics, ..PlanResponse::default() }
}

/// What forces a new object where the connection leads to another account. The stored handle may be as new as the
/// configured one, so the id must change too.
pub(in crate::provider) fn forced_by_move() -> Vec<Path> {
    ["connection_handle", "id"].map(Path::attribute).to_vec()
}

/// That what replaces an object would be made in another account. Terraform ends the object before the create, which
/// then knows the configuration alone.
pub(super) fn lacks_handle(private: &PrivateData, object: &Object, config: &Value) -> Option<Diagnostic> {
    let account = private.account.as_ref().filter(|_| config.get("connection_handle").is_null())?;
    Some(found::of_another_account(&named(object), account).at_attribute("connection_handle"))
}
