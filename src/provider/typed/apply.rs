//! Creates, updates and ends the object of a typed resource. What Stripe accepted is in the state.

use std::sync::Arc;

use serde_json::Value as Json;

use crate::connection::Connection;
use crate::connector::{Connector, Error};
use crate::provider::resources::{CreateContext, MadeObject, PrivateData, end_object, unchanged};
use crate::provider::runtime::Runtime;
use crate::provider::typed::config_params::ConfigParams;
use crate::provider::typed::private_state::TypedPrivateData;
use crate::provider::typed::surface::Surface;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{ApplyRequest, StateResponse};
use crate::terraform::value::Value;

pub(super) async fn create(
    surface: &Surface,
    runtime: &Runtime,
    request: ApplyRequest,
    private_state: TypedPrivateData,
) -> StateResponse {
    let handle = request.planned.get("connection_handle").as_str().map(str::to_owned);
    let private = PrivateData { handle, ..private_state.common };
    let prepared = surface
        .create_config_params(runtime, &request.config)
        .map_err(|error| surface.explain(&error))
        .and_then(|config_params| {
            Ok((private.connection(runtime).map_err(|unusable| vec![unusable])?, config_params))
        });
    let made = match prepared {
        Ok((connection, config_params)) => {
            let refused = &|error: &Error| surface.refused(error);
            let creation = surface.creation(runtime, connection, private, refused);
            creation.make(config_params.desired.params.clone()).await.map(|made| (made, config_params))
        }
        Err(diagnostics) => Err(StateResponse { diagnostics, ..StateResponse::default() }),
    };
    match made {
        Ok((made, config_params)) => surface.made(runtime, &request.planned, config_params, made),
        Err(stays) => stays,
    }
}

pub(super) async fn update(
    surface: &Surface,
    runtime: &Runtime,
    request: ApplyRequest,
    private_state: TypedPrivateData,
) -> StateResponse {
    let object = surface.object(&request.prior, &private_state);
    let prepared = surface
        .planned_config_params(runtime, &request, &private_state)
        .map_err(|error| surface.explain(&error))
        .and_then(|config_params| {
            Ok((private_state.common.connection(runtime).map_err(|unusable| vec![unusable])?, config_params))
        });
    let (connection, config_params) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostics) => return unchanged(request, diagnostics),
    };
    let change = object.change_to(&config_params.desired);
    // Planned so: in one step, or because the argument that makes it necessary was unknown.
    if change.needs_new() && request.planned.get("id").is_unknown() {
        let refused = &|error: &Error| surface.refused(error);
        let config_params = match surface.replacement_config_params(runtime, &request, &private_state) {
            Ok(config_params) => config_params,
            Err(error) => return unchanged(request, surface.explain(&error)),
        };
        let creation = surface.creation(runtime, connection, private_state.common, refused);
        return match creation.replace(config_params.desired.params.clone(), &object, &request.prior).await {
            Ok(made) => surface.made(runtime, &request.planned, config_params, made),
            Err(diagnostics) => unchanged(request, diagnostics),
        };
    }
    let private = private_state.common.of_changed(&object, &change, &config_params.desired);
    let connector = Connector::new(&connection);
    match object.update(&connector, change).await {
        Ok(body) => {
            let private = private.with_expected_reads(&connector, &object, &body);
            let private_state = config_params.remembered(private, object.locator, body);
            surface.remember(runtime, &request.planned, private_state)
        }
        Err(error) => unchanged(request, vec![surface.refused(&error)]),
    }
}

pub(super) async fn destroy(
    surface: &Surface,
    runtime: &Runtime,
    request: ApplyRequest,
    private_state: TypedPrivateData,
) -> StateResponse {
    let object = surface.object(&request.prior, &private_state);
    end_object(runtime, request, &object, private_state.common).await
}

impl Surface {
    /// What a create goes through.
    fn creation<'r>(
        &'r self,
        runtime: &'r Runtime,
        connection: Arc<Connection>,
        private: PrivateData,
        refused: &'r (dyn Fn(&Error) -> Diagnostic + Send + Sync),
    ) -> CreateContext<'r> {
        let import_prefix = String::new();
        CreateContext { runtime, entity: self.entity, connection, private, import_prefix, refused }
    }

    /// The state of an object that was just made.
    fn made(
        &self,
        runtime: &Runtime,
        planned: &Value,
        config_params: ConfigParams,
        made: MadeObject,
    ) -> StateResponse {
        let MadeObject { private, locator, body, diagnostics, unset, .. } = made;
        let private_state = config_params.remembered(PrivateData { unset, ..private }, locator, body);
        StateResponse { diagnostics, ..self.remember(runtime, planned, private_state) }
    }

    /// The state after Stripe accepted what was written.
    fn remember(
        &self,
        runtime: &Runtime,
        planned: &Value,
        mut private_state: TypedPrivateData,
    ) -> StateResponse {
        private_state.body = self.kept_body(runtime, planned, private_state.body);
        let state = self.answered(planned, &private_state, &self.locator(planned, &private_state));
        StateResponse { state, private: private_state.encode(), diagnostics: Diagnostics::new() }
    }
}

impl ConfigParams {
    /// The private data of an object after a successful apply.
    fn remembered(self, private: PrivateData, locator: String, body: Json) -> TypedPrivateData {
        let Self { own: params, default_metadata, .. } = self;
        TypedPrivateData {
            common: private,
            locator: Some(locator),
            params,
            default_metadata,
            body,
            planned: None,
        }
    }
}
