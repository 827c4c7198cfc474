//! Creates, updates and ends the object of a typed resource, by its arguments.

use crate::catalog::Entity;
use crate::connector::Error;
use crate::provider::object::{self, Accepted, ObjectConfig};
use crate::provider::runtime::Runtime;
use crate::provider::typed::config_params::ConfigParams;
use crate::provider::typed::private_state::TypedPrivateData;
use crate::provider::typed::surface::Surface;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{ApplyRequest, StateResponse};

pub(super) async fn create(
    surface: &Surface,
    runtime: &Runtime,
    request: ApplyRequest,
    private_state: TypedPrivateData,
) -> StateResponse {
    let private = private_state.common.clone();
    let arguments = Arguments { surface, runtime, private_state };
    object::create(&arguments, runtime, request, private).await
}

pub(super) async fn update(
    surface: &Surface,
    runtime: &Runtime,
    request: ApplyRequest,
    private_state: TypedPrivateData,
) -> StateResponse {
    let object = surface.object(&request.prior, &private_state);
    let private = private_state.common.clone();
    let arguments = Arguments { surface, runtime, private_state };
    object::update(&arguments, runtime, request, (object, private)).await
}

pub(super) async fn destroy(
    surface: &Surface,
    runtime: &Runtime,
    request: ApplyRequest,
    private_state: TypedPrivateData,
) -> StateResponse {
    let object = surface.object(&request.prior, &private_state);
    object::end(runtime, request, &object, private_state.common).await
}

/// An object written as arguments.
struct Arguments<'r> {
    surface: &'r Surface,
    runtime: &'r Runtime,
    private_state: TypedPrivateData,
}

impl ObjectConfig for Arguments<'_> {
    type Desired = ConfigParams;

    fn entity(&self) -> &'static Entity {
        self.surface.entity
    }

    fn import_prefix(&self) -> String {
        String::new()
    }

    fn create_params(&self, request: &ApplyRequest) -> Result<ConfigParams, Diagnostics> {
        let Self { surface, runtime, .. } = self;
        surface.create_config_params(runtime, &request.config).map_err(|error| surface.explain(&error))
    }

    fn replacement_params(&self, request: &ApplyRequest) -> Result<ConfigParams, Diagnostics> {
        let Self { surface, runtime, private_state } = self;
        let params = surface.replacement_config_params(runtime, request, private_state);
        params.map_err(|error| surface.explain(&error))
    }

    fn update_params(&self, request: &ApplyRequest) -> Result<ConfigParams, Diagnostics> {
        let Self { surface, runtime, private_state } = self;
        let params = surface.planned_config_params(runtime, request, private_state);
        params.map_err(|error| surface.explain(&error))
    }

    fn refused(&self, _: &ApplyRequest, error: &Error) -> Diagnostic {
        self.surface.refused(error)
    }

    fn accepted(&self, request: ApplyRequest, desired: ConfigParams, accepted: Accepted) -> StateResponse {
        let Accepted { locator, body, private } = accepted;
        let body = self.surface.kept_body(self.runtime, &request.planned, body);
        let ConfigParams { own: params, default_metadata, .. } = desired;
        let private_state = TypedPrivateData {
            common: private,
            locator: Some(locator.clone()),
            params,
            default_metadata,
            body,
            planned: None,
        };
        let state = self.surface.answered(&request.planned, &private_state, &locator);
        StateResponse { state, private: private_state.encode(), diagnostics: Diagnostics::new() }
    }
}
