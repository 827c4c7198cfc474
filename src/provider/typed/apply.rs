//! Creates, updates and ends the object of a typed resource. What Stripe accepted is in the state.

use crate::connector::Connector;
use crate::engine::{self, create_params, parse};
use crate::provider::explain::{explain_created, explain_taken};
use crate::provider::resources::{Private, end_object, place_of, unchanged};
use crate::provider::runtime::Runtime;
use crate::provider::typed::memory::Memory;
use crate::provider::typed::surface::Surface;
use crate::terraform::diagnostic::Diagnostics;
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
    let (connection, params) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostics) => return StateResponse { diagnostics, ..StateResponse::default() },
    };
    let (key, connector) = (private.key.as_deref(), Connector::new(&connection));
    match engine::create(&connector, &runtime.journal, surface.entity, params.clone(), key).await {
        Ok(made) => {
            let incomplete = made.incomplete.map(|error| surface.refused(&error));
            let name = &surface.entity.name;
            let mut diagnostics = explain_created(name, made.unrecorded.as_ref(), made.adopted.as_ref());
            diagnostics.extend(incomplete);
            let home = Some(connection.identity().await);
            let mut private = Private { key: None, leaves: None, home, ..private };
            private.learn_peers(made.peers);
            let memory = Memory { private, locator: Some(made.locator), params, body: made.body };
            StateResponse { diagnostics, ..surface.remember(&request.planned, &memory) }
        }
        Err(error) => {
            let refused = surface.refused(&error);
            let diagnostic = match engine::taken(&connector, surface.entity, &params, &error).await {
                Some(taken) => explain_taken(refused, surface.entity, &place_of(&connection), &taken),
                None => refused,
            };
            StateResponse { diagnostics: vec![diagnostic], ..StateResponse::default() }
        }
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
    /// The state after Stripe accepted what was written.
    fn remember(&self, planned: &Value, memory: &Memory) -> StateResponse {
        let locator = Self::locator(planned, memory);
        let state = self.answered(planned, &memory.params, &locator, &memory.body);
        StateResponse { state, private: memory.encode(), diagnostics: Diagnostics::new() }
    }
}
