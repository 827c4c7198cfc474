//! Applies the plan of an object, in whatever form its type writes it. The state shows what Stripe
//! accepted.

use serde_json::Value as Json;

use crate::catalog::Entity;
use crate::connector::{Connector, Error};
use crate::engine::Object;
use crate::provider::object::creation::{CreateContext, MadeObject};
use crate::provider::object::desired::Desired;
use crate::provider::object::private_data::PrivateData;
use crate::provider::object::responses::unchanged;
use crate::provider::runtime::Runtime;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{ApplyRequest, StateResponse};

/// The configuration of an object, as its resource type writes it: a payload, or arguments.
pub(in crate::provider) trait ObjectConfig: Sync {
    /// The desired params that a configuration yields.
    type Desired: Desired;

    /// The entity type of the objects.
    fn entity(&self) -> &'static Entity;

    /// The part of an import id before an object's locator.
    fn import_prefix(&self) -> String;

    /// The params of a new object.
    fn create_params(&self, request: &ApplyRequest) -> Result<Self::Desired, Diagnostics>;

    /// The params of a new object if an update was planned.
    fn replacement_params(&self, request: &ApplyRequest) -> Result<Self::Desired, Diagnostics>;

    /// The desired params of the existing object.
    fn update_params(&self, request: &ApplyRequest) -> Result<Self::Desired, Diagnostics>;

    /// Reports what Stripe refused, at the part of the configuration that the error names.
    fn refused(&self, request: &ApplyRequest, error: &Error) -> Diagnostic;

    /// Returns the state and the private data after Stripe accepted this.
    fn accepted(&self, request: ApplyRequest, desired: Self::Desired, accepted: Accepted) -> StateResponse;
}

/// An object in Stripe's response to a create or an update.
#[derive(Debug)]
pub(in crate::provider) struct Accepted {
    /// Its id, after the ids of its parents.
    pub(in crate::provider) locator: String,
    /// The object in Stripe's response.
    pub(in crate::provider) body: Json,
    /// The private data of its state.
    pub(in crate::provider) private: PrivateData,
}

/// Creates the object.
pub(in crate::provider) async fn create<C: ObjectConfig>(
    config: &C,
    runtime: &Runtime,
    request: ApplyRequest,
    private: PrivateData,
) -> StateResponse {
    let handle = request.planned.get("connection_handle").as_str().map(str::to_owned);
    let private = PrivateData { handle, ..private };
    let (desired, connector) = match prepared(config.create_params(&request), runtime, &private) {
        Ok(prepared) => prepared,
        Err(diagnostics) => return StateResponse { diagnostics, ..StateResponse::default() },
    };
    let refused = |error: &Error| config.refused(&request, error);
    let creation = creation(config, runtime, connector, private, &refused);
    match creation.make(desired.params().params.clone()).await {
        Ok(made) => after_create(config, request, desired, made),
        Err(stays) => stays,
    }
}

/// Updates the object, or creates the one that replaces it if that was planned as an update.
pub(in crate::provider) async fn update<C: ObjectConfig>(
    config: &C,
    runtime: &Runtime,
    request: ApplyRequest,
    (object, private): (Object, PrivateData),
) -> StateResponse {
    let (desired, connector) = match prepared(config.update_params(&request), runtime, &private) {
        Ok(prepared) => prepared,
        Err(diagnostics) => return unchanged(request, diagnostics),
    };
    let change = object.change_to(desired.params());
    // Planned as an update, either by choice or because the reason for a new object was unknown.
    if change.needs_new() && request.planned.get("id").is_unknown() {
        return replace(config, runtime, request, (object, private), connector).await;
    }
    let private = private.of_changed(&object, &change, desired.params());
    match object.update(&connector, change).await {
        Ok(body) => {
            let private = private.with_expected_reads(&connector, &object, &body);
            config.accepted(request, desired, Accepted { locator: object.locator, body, private })
        }
        Err(error) => {
            let refused = config.refused(&request, &error);
            unchanged(request, vec![refused])
        }
    }
}

/// Creates another object in place of the old one, which then ends.
async fn replace<C: ObjectConfig>(
    config: &C,
    runtime: &Runtime,
    request: ApplyRequest,
    (old, private): (Object, PrivateData),
    connector: Connector,
) -> StateResponse {
    // A new object needs params that an update of the old one does not.
    let desired = match config.replacement_params(&request) {
        Ok(desired) => desired,
        Err(diagnostics) => return unchanged(request, diagnostics),
    };
    let refused = |error: &Error| config.refused(&request, error);
    let creation = creation(config, runtime, connector, private, &refused);
    match creation.replace(desired.params().params.clone(), &old, &request.prior).await {
        Ok(made) => after_create(config, request, desired, made),
        Err(diagnostics) => unchanged(request, diagnostics),
    }
}

/// Returns what to send and the connector for it, or everything that prevents sending it.
fn prepared<D>(
    desired: Result<D, Diagnostics>,
    runtime: &Runtime,
    private: &PrivateData,
) -> Result<(D, Connector), Diagnostics> {
    let desired = desired?;
    let connector = private.connector(runtime).map_err(|unusable| vec![unusable])?;
    Ok((desired, connector))
}

/// Returns the context of a create.
fn creation<'r>(
    config: &impl ObjectConfig,
    runtime: &'r Runtime,
    connector: Connector,
    private: PrivateData,
    refused: &'r (dyn Fn(&Error) -> Diagnostic + Send + Sync),
) -> CreateContext<'r> {
    let (entity, import_prefix) = (config.entity(), config.import_prefix());
    CreateContext { runtime, entity, connector, private, import_prefix, refused }
}

/// The state of a newly created object.
fn after_create<C: ObjectConfig>(
    config: &C,
    request: ApplyRequest,
    desired: C::Desired,
    made: MadeObject,
) -> StateResponse {
    let MadeObject { private, locator, body, diagnostics, unset, .. } = made;
    let accepted = Accepted { locator, body, private: PrivateData { unset, ..private } };
    StateResponse { diagnostics, ..config.accepted(request, desired, accepted) }
}
