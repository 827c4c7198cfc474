//! Creates, updates and ends an entity. What Stripe accepted is in the state.

use super::{connector, creatable, entity_of, object_of, wanted, written};
use crate::catalog::Entity;
use crate::connector::{Connector, Error};
use crate::engine::{self, Ended, Params};
use crate::provider::explain::{explain_connector, explain_created};
use crate::provider::resources::payload::Private;
use crate::provider::runtime::Runtime;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{ApplyRequest, StateResponse};
use crate::terraform::value::Value;

pub(super) async fn create(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let configured = request.planned.get("connection_handle");
    let private = Private::decode(&request.private).on(runtime, configured, &Value::Null);
    let prepared = entity_of(&request.planned).map_err(|unknown| vec![unknown]).and_then(|entity| {
        let wanted = creatable(entity, &request.planned)?;
        let connector = connector(runtime, &private).map_err(|unusable| vec![unusable])?;
        Ok((entity, connector, wanted.params))
    });
    match prepared {
        Ok((entity, connector, params)) => {
            Creation { runtime, entity, connector, private }.make(params, request.planned).await
        }
        Err(diagnostics) => StateResponse { diagnostics, ..StateResponse::default() },
    }
}

/// What a create goes through.
struct Creation<'r> {
    runtime: &'r Runtime,
    entity: &'static Entity,
    connector: Connector,
    private: Private,
}

impl Creation<'_> {
    /// Creates the entity; the state is null where it was not made.
    async fn make(self, params: Params, planned: Value) -> StateResponse {
        let Self { runtime, entity, connector, private } = self;
        let key = private.key.as_deref();
        match engine::create(&connector, &runtime.journal, entity, params, key).await {
            Ok(made) => {
                let incomplete = made.incomplete.map(|error| explain_connector(&error, "input_payload"));
                let mut diagnostics =
                    explain_created(&entity.name, made.unrecorded.as_ref(), made.adopted.as_ref());
                diagnostics.extend(incomplete);
                StateResponse {
                    state: written(planned, entity, &made.locator, &made.body),
                    private: Private { handle: private.handle, key: None }.encode(),
                    diagnostics,
                }
            }
            Err(error) => StateResponse {
                diagnostics: vec![explain_connector(&error, "input_payload")],
                ..StateResponse::default()
            },
        }
    }
}

pub(super) async fn update(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let private = Private::decode(&request.private).on(
        runtime,
        request.config.get("connection_handle"),
        request.prior.get("connection_handle"),
    );
    let prepared = object_of(&request.prior).map_err(|unknown| vec![unknown]).and_then(|object| {
        let wanted = wanted(object.entity, &request.planned)?.unwrap_or_default();
        let connector = connector(runtime, &private).map_err(|unusable| vec![unusable])?;
        Ok((object, connector, wanted))
    });
    let (object, connector, wanted) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostics) => return unchanged(request, diagnostics),
    };
    let change = object.change_to(&wanted);
    // The payload was unknown when this was planned as an update.
    if !change.replaces.is_empty() && request.planned.get("id").is_unknown() {
        let creation = Creation { runtime, entity: object.entity, connector: connector.clone(), private };
        let mut made = creation.make(wanted.params, request.planned.clone()).await;
        if made.state.is_null() {
            return unchanged(request, made.diagnostics);
        }
        made.diagnostics.extend(ended(object.end(&connector).await));
        return made;
    }
    match object.update(&connector, change).await {
        Ok(body) => StateResponse {
            state: written(request.planned, object.entity, &object.locator, &body),
            private: private.encode(),
            diagnostics: Diagnostics::new(),
        },
        Err(error) => unchanged(request, vec![explain_connector(&error, "input_payload")]),
    }
}

pub(super) async fn destroy(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let stored = request.prior.get("connection_handle");
    let private = Private::decode(&request.private).on(runtime, &Value::Null, stored);
    let prepared = object_of(&request.prior).and_then(|object| Ok((object, connector(runtime, &private)?)));
    let (object, connector) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostic) => return unchanged(request, vec![diagnostic]),
    };
    match object.end(&connector).await {
        Err(error) => unchanged(request, vec![explain_connector(&error, "id")]),
        result => {
            StateResponse { diagnostics: ended(result).into_iter().collect(), ..StateResponse::default() }
        }
    }
}

/// What there is to say of an end.
fn ended(result: Result<Ended, Error>) -> Option<Diagnostic> {
    match result {
        Ok(Ended::Ended | Ended::AlreadyGone) => None,
        Ok(Ended::Stays(why)) => Some(Diagnostic::warning("Entity Stays In Stripe", why)),
        Err(error) => Some(explain_connector(&error, "id")),
    }
}

/// The state as it was, and what went wrong.
fn unchanged(request: ApplyRequest, diagnostics: Diagnostics) -> StateResponse {
    StateResponse { state: request.prior, private: request.private, diagnostics }
}
