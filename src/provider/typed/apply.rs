//! Creates, updates and ends the object of a typed resource. What Stripe accepted is in the state.

use serde_json::Value as Json;

use crate::connector::Connector;
use crate::engine::{self, Ended, Params, create_params, parse};
use crate::provider::explain::{explain_connector, unrecorded};
use crate::provider::runtime::Runtime;
use crate::provider::typed::memory::Memory;
use crate::provider::typed::surface::Surface;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{ApplyRequest, StateResponse};
use crate::terraform::value::Value;

pub(super) async fn create(surface: &Surface, runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let private = Memory::decode(&request.private).private;
    let private = private.on(runtime, request.planned.get("connection_handle"), &Value::Null);
    let mut memory = Memory { private, ..Memory::default() };
    let prepared = create_params(surface.entity, &surface.written(&request.config))
        .map_err(|error| surface.explain(&error))
        .and_then(|wanted| {
            Ok((memory.connector(runtime).map_err(|unusable| vec![unusable])?, wanted.params))
        });
    let (connector, params) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostics) => return StateResponse { diagnostics, ..StateResponse::default() },
    };
    let key = memory.private.key.take();
    match engine::create(&connector, &runtime.journal, surface.entity, params.clone(), key.as_deref()).await {
        Ok(made) => {
            let incomplete = made.incomplete.map(|error| surface.refused(&error));
            let diagnostics = made.unrecorded.as_ref().map(unrecorded).into_iter().chain(incomplete);
            memory.locator = Some(made.locator);
            let mut state = written(surface, request.planned, memory, params, made.body);
            state.diagnostics = diagnostics.collect();
            state
        }
        Err(error) => {
            StateResponse { diagnostics: vec![surface.refused(&error)], ..StateResponse::default() }
        }
    }
}

pub(super) async fn update(surface: &Surface, runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let mut memory = Memory::decode(&request.private);
    memory.private = memory.private.on(
        runtime,
        request.config.get("connection_handle"),
        request.prior.get("connection_handle"),
    );
    let object = surface.object(&request.prior, &memory);
    let prepared = parse(&surface.written(&request.config), surface.entity.params())
        .map_err(|faults| surface.explain_faults(&faults))
        .and_then(|wanted| Ok((memory.connector(runtime).map_err(|unusable| vec![unusable])?, wanted)));
    let (connector, wanted) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostics) => return unchanged(request, diagnostics),
    };
    let change = object.change_to(&wanted);
    match object.update(&connector, change).await {
        Ok(body) => {
            memory.locator = Some(object.locator);
            written(surface, request.planned, memory, wanted.params, body)
        }
        Err(error) => {
            let refused = surface.refused(&error);
            unchanged(request, vec![refused])
        }
    }
}

pub(super) async fn destroy(surface: &Surface, runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let mut memory = Memory::decode(&request.private);
    memory.private = memory.private.on(runtime, &Value::Null, request.prior.get("connection_handle"));
    let object = surface.object(&request.prior, &memory);
    let connector = match memory.connector(runtime) {
        Ok(connector) => connector,
        Err(diagnostic) => return unchanged(request, vec![diagnostic]),
    };
    match object.end(&connector).await {
        Err(error) => unchanged(request, vec![explain_connector(&error, "id")]),
        Ok(ended) => {
            StateResponse { diagnostics: said(ended).into_iter().collect(), ..StateResponse::default() }
        }
    }
}

/// The state after Stripe accepted what was written.
fn written(surface: &Surface, planned: Value, memory: Memory, params: Params, body: Json) -> StateResponse {
    let memory = Memory { params, body, ..memory };
    let locator = surface.locator(&planned, &memory);
    let state = surface.answered(&planned, &memory.params, &locator, &memory.body);
    StateResponse { state, private: memory.encode(), diagnostics: Diagnostics::new() }
}

/// What there is to say of an end.
fn said(ended: Ended) -> Option<Diagnostic> {
    match ended {
        Ended::Ended | Ended::AlreadyGone => None,
        Ended::Stays(why) => Some(Diagnostic::warning("Object Stays In Stripe", why)),
    }
}

/// The state as it was, and what went wrong.
fn unchanged(request: ApplyRequest, diagnostics: Diagnostics) -> StateResponse {
    StateResponse { state: request.prior, private: request.private, diagnostics }
}

impl Memory {
    /// The connector that the calls of the object go through.
    pub(super) fn connector(&self, runtime: &Runtime) -> Result<Connector, Diagnostic> {
        Ok(Connector::new(&runtime.connection(self.private.handle.as_deref())?))
    }
}
