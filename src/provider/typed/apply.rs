//! Creates, updates and ends the object of a typed resource. What Stripe accepted is in the state.

use std::sync::Arc;

use crate::connection::Connection;
use crate::connector::{Connector, Error};
use crate::engine::{Params, create_params, parse};
use crate::provider::resources::{Creation, Made, Private, end_object, unchanged};
use crate::provider::runtime::Runtime;
use crate::provider::typed::memory::Memory;
use crate::provider::typed::surface::Surface;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{ApplyRequest, StateResponse};
use crate::terraform::value::Value;

pub(super) async fn create(surface: &Surface, runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let handle = request.planned.get("connection_handle").as_str().map(str::to_owned);
    let private = Private { handle, ..Memory::decode(&request.private).private };
    let prepared = create_params(surface.entity, &surface.written(&request.config))
        .map_err(|error| surface.explain(&error))
        .and_then(|wanted| {
            Ok((private.connection(runtime).map_err(|unusable| vec![unusable])?, wanted.params))
        });
    let made = match prepared {
        Ok((connection, params)) => {
            let refused = &|error: &Error| surface.refused(error);
            let creation = surface.creation(runtime, connection, private, refused);
            creation.make(params.clone()).await.map(|made| (made, params))
        }
        Err(diagnostics) => Err(diagnostics),
    };
    match made {
        Ok((made, params)) => surface.made(&request.planned, params, made),
        Err(diagnostics) => StateResponse { diagnostics, ..StateResponse::default() },
    }
}

pub(super) async fn update(surface: &Surface, runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let memory = Memory::decode(&request.private);
    let object = surface.object(&request.prior, &memory);
    let prepared = parse(&surface.written(&request.config), surface.entity.params())
        .map_err(|faults| surface.explain_faults(&faults))
        .and_then(|wanted| {
            Ok((memory.private.connection(runtime).map_err(|unusable| vec![unusable])?, wanted))
        });
    let (connection, wanted) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostics) => return unchanged(request, diagnostics),
    };
    let change = object.change_to(&wanted);
    // Planned so: in one step, or because the argument that makes it necessary was unknown.
    if change.needs_new() && request.planned.get("id").is_unknown() {
        let refused = &|error: &Error| surface.refused(error);
        let creation = surface.creation(runtime, connection, memory.private, refused);
        return match creation.replace(wanted.params.clone(), &object, &request.prior).await {
            Ok(made) => surface.made(&request.planned, wanted.params, made),
            Err(diagnostics) => unchanged(request, diagnostics),
        };
    }
    match object.update(&Connector::new(&connection), change).await {
        Ok(body) => {
            let private = Private { imported: false, ..memory.private };
            let memory = Memory { private, locator: Some(object.locator), params: wanted.params, body };
            surface.remember(&request.planned, &memory)
        }
        Err(error) => unchanged(request, vec![surface.refused(&error)]),
    }
}

pub(super) async fn destroy(surface: &Surface, runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let memory = Memory::decode(&request.private);
    let object = surface.object(&request.prior, &memory);
    end_object(runtime, request, &object, memory.private).await
}

impl Surface {
    /// What a create goes through.
    fn creation<'r>(
        &'r self,
        runtime: &'r Runtime,
        connection: Arc<Connection>,
        private: Private,
        refused: &'r (dyn Fn(&Error) -> Diagnostic + Send + Sync),
    ) -> Creation<'r> {
        let import_prefix = String::new();
        Creation { runtime, entity: self.entity, connection, private, import_prefix, refused }
    }

    /// The state of an object that was just made.
    fn made(&self, planned: &Value, params: Params, made: Made) -> StateResponse {
        let Made { private, locator, body, diagnostics, .. } = made;
        let memory = Memory { private, locator: Some(locator), params, body };
        StateResponse { diagnostics, ..self.remember(planned, &memory) }
    }

    /// The state after Stripe accepted what was written.
    fn remember(&self, planned: &Value, memory: &Memory) -> StateResponse {
        let locator = Self::locator(planned, memory);
        let state = self.answered(planned, &memory.params, &locator, &memory.body);
        StateResponse { state, private: memory.encode(), diagnostics: Diagnostics::new() }
    }
}
