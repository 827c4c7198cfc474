//! Creates, updates and ends an entity. What Stripe accepted is in the state.

use std::sync::Arc;

use super::{creatable, entity_of, object_of, wanted, written};
use crate::catalog::Entity;
use crate::connection::Connection;
use crate::connector::Connector;
use crate::engine::{self, Object, Params};
use crate::provider::explain::{explain_connector, explain_created, explain_taken};
use crate::provider::resources::lifecycle::{
    end_object, end_wish, ended, place_of, unchanged, without_consent,
};
use crate::provider::resources::payload::Private;
use crate::provider::runtime::Runtime;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::terraform::provider::{ApplyRequest, StateResponse};
use crate::terraform::value::Value;

pub(super) async fn create(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let handle = request.planned.get("connection_handle").as_str().map(str::to_owned);
    let private = Private { handle, ..Private::decode(&request.private) };
    let prepared = entity_of(&request.planned).map_err(|unknown| vec![unknown]).and_then(|entity| {
        let wanted = creatable(entity, &request.planned)?;
        let connection = private.connection(runtime).map_err(|unusable| vec![unusable])?;
        Ok((entity, connection, wanted.params))
    });
    match prepared {
        Ok((entity, connection, params)) => {
            Creation { runtime, entity, connection, private }.make(params, request.planned).await
        }
        Err(diagnostics) => StateResponse { diagnostics, ..StateResponse::default() },
    }
}

/// What a create goes through.
struct Creation<'r> {
    runtime: &'r Runtime,
    entity: &'static Entity,
    connection: Arc<Connection>,
    private: Private,
}

impl Creation<'_> {
    /// Creates the entity; the state is null where it was not made.
    async fn make(self, params: Params, planned: Value) -> StateResponse {
        let Self { runtime, entity, connection, private } = self;
        let (key, connector) = (private.key.as_deref(), Connector::new(&connection));
        match engine::create(&connector, &runtime.journal, entity, params.clone(), key).await {
            Ok(made) => {
                let incomplete = made.incomplete.map(|error| explain_connector(&error, "input_payload"));
                let mut diagnostics =
                    explain_created(&entity.name, made.unrecorded.as_ref(), made.adopted.as_ref());
                diagnostics.extend(incomplete);
                let home = Some(connection.identity().await);
                let mut private = Private { key: None, leaves: None, home, ..private };
                private.learn_peers(made.peers);
                StateResponse {
                    state: written(planned, entity, &made.locator, &made.body),
                    private: private.encode(),
                    diagnostics,
                }
            }
            Err(error) => {
                let refused = explain_connector(&error, "input_payload");
                let diagnostic = match engine::taken(&connector, entity, &params, &error).await {
                    Some(taken) => {
                        let place = format!("{}/{}", entity.name, place_of(&connection));
                        explain_taken(refused, entity, &place, &taken)
                    }
                    None => refused,
                };
                StateResponse { diagnostics: vec![diagnostic], ..StateResponse::default() }
            }
        }
    }
}

pub(super) async fn update(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let private = Private::decode(&request.private);
    let prepared = object_of(&request.prior, &private).map_err(|unknown| vec![unknown]).and_then(|object| {
        let wanted = wanted(object.entity, &request.planned)?.unwrap_or_default();
        let connection = private.connection(runtime).map_err(|unusable| vec![unusable])?;
        Ok((object, connection, wanted))
    });
    let (object, connection, wanted) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostics) => return unchanged(request, diagnostics),
    };
    let (change, connector) = (object.change_to(&wanted), Connector::new(&connection));
    // The payload was unknown when this was planned as an update.
    if change.needs_new() && request.planned.get("id").is_unknown() {
        let private = Private { imported: false, ..private };
        let shared = Arc::clone(&connection);
        let creation = Creation { runtime, entity: object.entity, connection: shared, private };
        let mut made = creation.make(wanted.params, request.planned.clone()).await;
        if made.state.is_null() {
            return unchanged(request, made.diagnostics);
        }
        made.diagnostics.extend(end_replaced(&object, &request.prior, &connection).await);
        return made;
    }
    match object.update(&connector, change).await {
        Ok(body) => StateResponse {
            state: written(request.planned, object.entity, &object.locator, &body),
            private: Private { imported: false, ..private }.encode(),
            diagnostics: Diagnostics::new(),
        },
        Err(error) => unchanged(request, vec![explain_connector(&error, "input_payload")]),
    }
}

pub(super) async fn destroy(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let private = Private::decode(&request.private);
    match object_of(&request.prior, &private) {
        Ok(object) => end_object(runtime, request, &object, private).await,
        Err(unknown) => unchanged(request, vec![unknown]),
    }
}

/// Ends an object whose successor exists already: what goes wrong is a warning.
async fn end_replaced(object: &Object, state: &Value, connection: &Arc<Connection>) -> Option<Diagnostic> {
    match without_consent(object, state, connection).await {
        Some(protected) => Some(Diagnostic { severity: Severity::Warning, ..protected }),
        None => ended(object.end(&Connector::new(connection), end_wish(state)).await),
    }
}
