//! Creates, updates and ends an entity. What Stripe accepted is in the state.

use serde_json::{Map, Value as Json};

use super::{change_of, creatable, id_of, in_two, locator_of, output, target, updatable, written};
use crate::catalog;
use crate::connector::{self, Connector, Removed};
use crate::provider::explain::explain;
use crate::provider::journal::{InFlight, fingerprint};
use crate::provider::resources::payload::Private;
use crate::provider::runtime::Runtime;
use crate::stripe::Reply;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{ApplyRequest, StateResponse};
use crate::terraform::value::Value;

pub(super) async fn create(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let private =
        Private::decode(&request.private).on(runtime, request.planned.get("connection_handle"), &Value::Null);
    let prepared = target(runtime, &request.planned, &private)
        .and_then(|(entity, connector)| Ok((entity, connector, creatable(entity, &request.planned)?)));
    let (entity, connector, params) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostic) => {
            return StateResponse { diagnostics: vec![diagnostic], ..StateResponse::default() };
        }
    };
    let sent = Json::Object(params.clone()).to_string();
    let mark = fingerprint(&["entity", &entity.name, &connector.identity(), &sent]);
    let (in_flight, unrecorded) = runtime.begin(&entity.name, &mark, private.key.as_deref());
    let (first, then) = in_two(entity, params);
    let mut diagnostics: Diagnostics = unrecorded.into_iter().collect();
    let (mut body, locator) = match create_once(&connector, entity, first, in_flight).await {
        Ok(made) => made,
        Err(error) => {
            return StateResponse {
                diagnostics: vec![explain(&error, "input_payload")],
                ..StateResponse::default()
            };
        }
    };
    if !then.is_empty() {
        match connector.update(entity, &locator, then).await {
            Ok(now) => body = connector::retain_create_only(entity, &now, &body),
            Err(error) => diagnostics.push(explain(&error, "input_payload")),
        }
    }
    StateResponse {
        state: written(request.planned, entity, &locator, &body),
        private: Private { handle: private.handle, key: None }.encode(),
        diagnostics,
    }
}

/// The entity made under the key that is in flight, in this run or in one that was cut off, and
/// where it is.
async fn create_once(
    connector: &Connector,
    entity: &'static catalog::Entity,
    params: Map<String, Json>,
    mut in_flight: InFlight,
) -> Result<(Json, String), connector::Error> {
    let mut answered = connector.create(entity, params.clone(), in_flight.key()).await;
    if answered.as_ref().is_err_and(|error| in_flight.is_spent_by(error)) {
        in_flight.renew();
        answered = connector.create(entity, params.clone(), in_flight.key()).await;
    }
    if let Ok(Reply { replayed: true, body, .. }) = &answered {
        let locator = connector::locator(entity, &params, body, in_flight.key());
        match current(connector, entity, &locator).await {
            // The object of the earlier run was ended since: this create is a new one.
            Ok(None) => {
                in_flight.renew();
                answered = connector.create(entity, params.clone(), in_flight.key()).await;
            }
            Ok(Some(now)) => {
                let whole = connector::retain_create_only(entity, &now, body);
                answered = answered.map(|reply| Reply { body: whole, ..reply });
            }
            // The replayed body is older, but it is the object.
            Err(_) => {}
        }
    }
    match answered {
        Ok(reply) => {
            let locator = connector::locator(entity, &params, &reply.body, in_flight.key());
            in_flight.answered(id_of(&reply.body, &locator));
            Ok((reply.body, locator))
        }
        Err(error) => {
            if !error.may_have_happened() {
                in_flight.failed();
            }
            Err(error)
        }
    }
}

/// The entity as it is now; none when it is gone.
async fn current(
    connector: &Connector,
    entity: &'static catalog::Entity,
    locator: &str,
) -> Result<Option<Json>, connector::Error> {
    match connector.get(entity, locator).await {
        Ok(now) if connector::is_gone(&now) => Ok(None),
        Ok(now) => Ok(Some(now)),
        Err(error) if error.is_gone() => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) async fn update(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let private = Private::decode(&request.private).on(
        runtime,
        request.config.get("connection_handle"),
        request.prior.get("connection_handle"),
    );
    let prepared = target(runtime, &request.planned, &private).and_then(|(entity, connector)| {
        Ok((entity, connector, change_of(entity, &request.prior, &request.planned)?))
    });
    let (entity, connector, change) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostic) => return unchanged(request, diagnostic),
    };
    let locator = locator_of(&request.prior).to_owned();
    let params: Map<String, Json> =
        change.params.into_iter().filter(|(name, _)| updatable(entity, name)).collect();
    let params = connector::with_ids(entity, params, &output(&request.prior));
    let answered = if params.is_empty() {
        connector.get(entity, &locator).await
    } else {
        connector.update(entity, &locator, params).await
    };
    match answered {
        Ok(body) => StateResponse {
            state: written(kept(request.planned, &request.prior), entity, &locator, &body),
            private: private.encode(),
            diagnostics: Diagnostics::new(),
        },
        Err(error) => unchanged(request, explain(&error, "input_payload")),
    }
}

pub(super) async fn destroy(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    let private =
        Private::decode(&request.private).on(runtime, &Value::Null, request.prior.get("connection_handle"));
    let (entity, connector) = match target(runtime, &request.prior, &private) {
        Ok(target) => target,
        Err(diagnostic) => return unchanged(request, diagnostic),
    };
    match connector.delete(entity, locator_of(&request.prior), &output(&request.prior)).await {
        Ok(Removed::Deleted | Removed::Called | Removed::AlreadyGone) => StateResponse::default(),
        Ok(Removed::Archived(why) | Removed::Kept(why)) => StateResponse {
            diagnostics: vec![Diagnostic::warning("Entity Stays In Stripe", why)],
            ..StateResponse::default()
        },
        Err(error) => unchanged(request, explain(&error, "id")),
    }
}

/// The planned state with the entity as it was last seen, for what is only answered once.
fn kept(mut planned: Value, prior: &Value) -> Value {
    planned.set("output_payload", prior.get("output_payload").clone());
    planned
}

/// The state as it was, and what went wrong.
fn unchanged(request: ApplyRequest, diagnostic: Diagnostic) -> StateResponse {
    StateResponse { state: request.prior, private: request.private, diagnostics: vec![diagnostic] }
}
