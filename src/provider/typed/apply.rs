//! Creates, updates and ends the object of a typed resource. What Stripe accepted is in the state.

use std::sync::Arc;

use serde_json::Value as Json;

use crate::connection::Connection;
use crate::connector::{Connector, Error};
use crate::provider::resources::{CreateContext, Made, PrivateData, end_object, unchanged};
use crate::provider::runtime::Runtime;
use crate::provider::typed::asked::Asked;
use crate::provider::typed::memory::PrivateState;
use crate::provider::typed::surface::Surface;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{ApplyRequest, StateResponse};
use crate::terraform::value::Value;

pub(super) async fn create(
    surface: &Surface,
    runtime: &Runtime,
    request: ApplyRequest,
    memory: PrivateState,
) -> StateResponse {
    let handle = request.planned.get("connection_handle").as_str().map(str::to_owned);
    let private = PrivateData { handle, ..memory.private };
    let prepared = surface
        .asked_to_create(runtime, &request.config)
        .map_err(|error| surface.explain(&error))
        .and_then(|asked| Ok((private.connection(runtime).map_err(|unusable| vec![unusable])?, asked)));
    let made = match prepared {
        Ok((connection, asked)) => {
            let refused = &|error: &Error| surface.refused(error);
            let creation = surface.creation(runtime, connection, private, refused);
            creation.make(asked.wanted.params.clone()).await.map(|made| (made, asked))
        }
        Err(diagnostics) => Err(StateResponse { diagnostics, ..StateResponse::default() }),
    };
    match made {
        Ok((made, asked)) => surface.made(runtime, &request.planned, asked, made),
        Err(stays) => stays,
    }
}

pub(super) async fn update(
    surface: &Surface,
    runtime: &Runtime,
    request: ApplyRequest,
    memory: PrivateState,
) -> StateResponse {
    let object = surface.object(&request.prior, &memory);
    let prepared =
        surface.asked_by_plan(runtime, &request, &memory).map_err(|error| surface.explain(&error)).and_then(
            |asked| Ok((memory.private.connection(runtime).map_err(|unusable| vec![unusable])?, asked)),
        );
    let (connection, asked) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostics) => return unchanged(request, diagnostics),
    };
    let change = object.change_to(&asked.wanted);
    // Planned so: in one step, or because the argument that makes it necessary was unknown.
    if change.needs_new() && request.planned.get("id").is_unknown() {
        let refused = &|error: &Error| surface.refused(error);
        let asked = match surface.asked_to_replace(runtime, &request, &memory) {
            Ok(asked) => asked,
            Err(error) => return unchanged(request, surface.explain(&error)),
        };
        let creation = surface.creation(runtime, connection, memory.private, refused);
        return match creation.replace(asked.wanted.params.clone(), &object, &request.prior).await {
            Ok(made) => surface.made(runtime, &request.planned, asked, made),
            Err(diagnostics) => unchanged(request, diagnostics),
        };
    }
    let private = memory.private.of_changed(&object, &change, &asked.wanted);
    let connector = Connector::new(&connection);
    match object.update(&connector, change).await {
        Ok(body) => {
            let private = private.with_peers(&connector, &object, &body);
            let memory = asked.remembered(private, object.locator, body);
            surface.remember(runtime, &request.planned, memory)
        }
        Err(error) => unchanged(request, vec![surface.refused(&error)]),
    }
}

pub(super) async fn destroy(
    surface: &Surface,
    runtime: &Runtime,
    request: ApplyRequest,
    memory: PrivateState,
) -> StateResponse {
    let object = surface.object(&request.prior, &memory);
    end_object(runtime, request, &object, memory.private).await
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
    fn made(&self, runtime: &Runtime, planned: &Value, asked: Asked, made: Made) -> StateResponse {
        let Made { private, locator, body, diagnostics, unset, .. } = made;
        let memory = asked.remembered(PrivateData { unset, ..private }, locator, body);
        StateResponse { diagnostics, ..self.remember(runtime, planned, memory) }
    }

    /// The state after Stripe accepted what was written.
    fn remember(&self, runtime: &Runtime, planned: &Value, mut memory: PrivateState) -> StateResponse {
        memory.body = self.kept_body(runtime, planned, memory.body);
        let state = self.answered(planned, &memory, &self.locator(planned, &memory));
        StateResponse { state, private: memory.encode(), diagnostics: Diagnostics::new() }
    }
}

impl Asked {
    /// The private data of an object after a successful apply.
    fn remembered(self, private: PrivateData, locator: String, body: Json) -> PrivateState {
        let Self { own: params, default_metadata, .. } = self;
        PrivateState { private, locator: Some(locator), params, default_metadata, body, planned: None }
    }
}
