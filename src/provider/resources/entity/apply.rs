//! Creates, updates and ends an entity. What Stripe accepted is in the state.

use std::sync::Arc;

use super::{creatable, desired, entity_of, object_of, written};
use crate::catalog::Entity;
use crate::connection::Connection;
use crate::connector::{Connector, Error};
use crate::engine::Object;
use crate::provider::resources::creation::{CreateContext, MadeObject};
use crate::provider::resources::lifecycle::end_object;
use crate::provider::resources::private_data::PrivateData;
use crate::provider::resources::responses::unchanged;
use crate::provider::runtime::Runtime;
use crate::provider::secret_payload;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{ApplyRequest, StateResponse};
use crate::terraform::value::Value;

pub(super) async fn create(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let handle = request.planned.get("connection_handle").as_str().map(str::to_owned);
    let readable = PrivateData::decode(&request.private).map(|private| PrivateData { handle, ..private });
    let prepared = readable.map_err(|unreadable| vec![unreadable]).and_then(|private| {
        let entity = entity_of(&request.planned).map_err(|unknown| vec![unknown])?;
        let desired = creatable(entity, &request.planned)?;
        let connection = private.connection(runtime).map_err(|unusable| vec![unusable])?;
        Ok((entity, connection, private, desired.params))
    });
    let made = match prepared {
        Ok((entity, connection, private, params)) => {
            let refused = |error: &Error| refused(error, &request.planned, entity);
            let creation = creation(runtime, entity, connection, private, &refused);
            creation.make(params).await.map(|made| (entity, made))
        }
        Err(diagnostics) => Err(StateResponse { diagnostics, ..StateResponse::default() }),
    };
    match made {
        Ok((entity, made)) => made_state(request.planned, entity, made),
        Err(stays) => stays,
    }
}

/// What a create of an entity goes through.
fn creation<'r>(
    runtime: &'r Runtime,
    entity: &'static Entity,
    connection: Arc<Connection>,
    private: PrivateData,
    refused: &'r (dyn Fn(&Error) -> Diagnostic + Send + Sync),
) -> CreateContext<'r> {
    let import_prefix = format!("{}/", entity.name);
    CreateContext { runtime, entity, connection, private, import_prefix, refused }
}

/// What Stripe refused, at the part of the payload that it names.
fn refused(error: &Error, planned: &Value, entity: &Entity) -> Diagnostic {
    secret_payload::explain(error, planned, entity.params())
}

fn made_state(planned: Value, entity: &'static Entity, made: MadeObject) -> StateResponse {
    StateResponse {
        state: written(planned, entity, &made.locator, &made.body),
        private: PrivateData { unset: made.unset, ..made.private }.encode(),
        diagnostics: made.diagnostics,
    }
}

pub(super) async fn update(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let prior = prior_object(&request).map_err(|unreadable| vec![unreadable]);
    let prepared = prior.and_then(|(object, private)| {
        let desired = desired(object.entity, &request.planned)?.unwrap_or_default();
        let connection = private.connection(runtime).map_err(|unusable| vec![unusable])?;
        Ok((object, private, connection, desired))
    });
    let (object, private, connection, desired) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostics) => return unchanged(request, diagnostics),
    };
    let change = object.change_to(&desired);
    // The payload was unknown when this was planned as an update.
    if change.needs_new() && request.planned.get("id").is_unknown() {
        // A new object needs what an update of the old one does not.
        let desired = match creatable(object.entity, &request.planned) {
            Ok(desired) => desired,
            Err(diagnostics) => return unchanged(request, diagnostics),
        };
        let refused = |error: &Error| refused(error, &request.planned, object.entity);
        let creation = creation(runtime, object.entity, connection, private, &refused);
        return match creation.replace(desired.params, &object, &request.prior).await {
            Ok(made) => made_state(request.planned, object.entity, made),
            Err(diagnostics) => unchanged(request, diagnostics),
        };
    }
    let private = private.of_changed(&object, &change, &desired);
    let connector = Connector::new(&connection);
    match object.update(&connector, change).await {
        Ok(body) => StateResponse {
            private: private.with_expected_reads(&connector, &object, &body).encode(),
            state: written(request.planned, object.entity, &object.locator, &body),
            diagnostics: Diagnostics::new(),
        },
        Err(error) => {
            let refused = refused(&error, &request.planned, object.entity);
            unchanged(request, vec![refused])
        }
    }
}

pub(super) async fn destroy(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    match prior_object(&request) {
        Ok((object, private)) => end_object(runtime, request, &object, private).await,
        Err(unreadable) => unchanged(request, vec![unreadable]),
    }
}

/// The object of the prior state, and what is kept beside it.
fn prior_object(request: &ApplyRequest) -> Result<(Object, PrivateData), Diagnostic> {
    let private = PrivateData::decode(&request.private)?;
    Ok((object_of(&request.prior, &private)?, private))
}
