//! Creates, updates and ends an entity. What Stripe accepted is in the state.

use super::{connector, creatable, entity_of, object_of, params_of, written};
use crate::engine::{self, Ended};
use crate::provider::explain::{explain_connector, unrecorded};
use crate::provider::resources::payload::Private;
use crate::provider::runtime::Runtime;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{ApplyRequest, StateResponse};
use crate::terraform::value::Value;

pub(super) async fn create(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let private =
        Private::decode(&request.private).on(runtime, request.planned.get("connection_handle"), &Value::Null);
    let failed = |diagnostic| StateResponse { diagnostics: vec![diagnostic], ..StateResponse::default() };
    let prepared = entity_of(&request.planned)
        .and_then(|entity| Ok((entity, connector(runtime, &private)?, creatable(entity, &request.planned)?)));
    let (entity, connector, params) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostic) => return failed(diagnostic),
    };
    match engine::create(&connector, &runtime.journal, entity, params, private.key.as_deref()).await {
        Ok(made) => StateResponse {
            state: written(request.planned, entity, &made.locator, &made.body),
            private: Private { handle: private.handle, key: None }.encode(),
            diagnostics: [
                made.unrecorded.as_ref().map(unrecorded),
                made.incomplete.map(|error| explain_connector(&error, "input_payload")),
            ]
            .into_iter()
            .flatten()
            .collect(),
        },
        Err(error) => failed(explain_connector(&error, "input_payload")),
    }
}

pub(super) async fn update(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let private = Private::decode(&request.private).on(
        runtime,
        request.config.get("connection_handle"),
        request.prior.get("connection_handle"),
    );
    let prepared = object_of(&request.prior).and_then(|object| {
        let wanted = params_of(object.entity, &request.planned)?;
        let change = object.change_to(&wanted);
        Ok((object, connector(runtime, &private)?, change))
    });
    let (object, connector, change) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostic) => return unchanged(request, diagnostic),
    };
    match object.update(&connector, change).await {
        Ok(body) => StateResponse {
            state: written(request.planned, object.entity, &object.locator, &body),
            private: private.encode(),
            diagnostics: Diagnostics::new(),
        },
        Err(error) => unchanged(request, explain_connector(&error, "input_payload")),
    }
}

pub(super) async fn destroy(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let stored = request.prior.get("connection_handle");
    let private = Private::decode(&request.private).on(runtime, &Value::Null, stored);
    let prepared = object_of(&request.prior).and_then(|object| Ok((object, connector(runtime, &private)?)));
    let (object, connector) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostic) => return unchanged(request, diagnostic),
    };
    match object.end(&connector).await {
        Ok(Ended::Ended | Ended::AlreadyGone) => StateResponse::default(),
        Ok(Ended::Stays(why)) => StateResponse {
            diagnostics: vec![Diagnostic::warning("Entity Stays In Stripe", why)],
            ..StateResponse::default()
        },
        Err(error) => unchanged(request, explain_connector(&error, "id")),
    }
}

/// The state as it was, and what went wrong.
fn unchanged(request: ApplyRequest, diagnostic: Diagnostic) -> StateResponse {
    StateResponse { state: request.prior, private: request.private, diagnostics: vec![diagnostic] }
}
