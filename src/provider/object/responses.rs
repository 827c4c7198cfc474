//! Helpers for the responses of all resources: the name and place of an object, and responses that change
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

/// A stored object and what is known about where it was created.
#[derive(Debug, Clone, Copy)]
pub(super) struct StoredObject<'s> {
    /// Its entity type.
    pub(super) entity: &'static Entity,
    /// Its place: `cus_1`.
    pub(super) locator: &'s str,
    /// The object in Stripe's last response.
    pub(super) body: &'s Json,
    /// The `connection_handle` of the state.
    pub(super) handle: &'s Value,
}

/// Names an object: its type and its place.
pub(in crate::provider) fn named(object: &Object) -> String {
    format!("{} {}", object.entity.name, object.locator)
}

/// Collects what is known about where an object is.
pub(super) fn stored<'s>(object: &'s Object, state: &'s Value) -> StoredObject<'s> {
    let Object { entity, locator, body, .. } = object;
    StoredObject { entity, locator, body, handle: state.get("connection_handle") }
}

/// The part of an import id that names the connected account, before the other ids.
pub(super) fn place_of(connection: &Connection) -> String {
    connection.account().map(|account| format!("{account}/")).unwrap_or_default()
}

/// Returns the prior state with diagnostics.
pub(in crate::provider) fn unchanged(request: ApplyRequest, diagnostics: Diagnostics) -> StateResponse {
    StateResponse { state: request.prior, private: request.private, diagnostics }
}

/// Returns an unchanged plan with the diagnostics that explain it.
pub(in crate::provider) fn unplanned(request: PlanRequest, diagnostics: Diagnostics) -> PlanResponse {
    PlanResponse { state: request.prior, private: request.private, diagnostics, ..PlanResponse::default() }
}

/// The paths that force a new object if the connection leads to another account. The stored handle may be
/// as new as the configured one, so the id must change too.
pub(in crate::provider) fn forced_by_move() -> Vec<Path> {
    ["connection_handle", "id"].map(Path::attribute).to_vec()
}

/// Reports that the replacement of an object would be created in another account. Terraform ends the
/// object before the create, which then only knows the configuration.
pub(super) fn lacks_handle(private: &PrivateData, object: &Object, config: &Value) -> Option<Diagnostic> {
    let account = private.account.as_ref().filter(|_| config.get("connection_handle").is_null())?;
    Some(found::of_another_account(&named(object), account).at_attribute("connection_handle"))
}
