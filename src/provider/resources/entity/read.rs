//! Reads an entity: what Stripe holds now, and what of the payload has drifted.

use serde_json::Value as Json;

use super::{object_of, written};
use crate::catalog::names::quoted;
use crate::connector::{Connector, Error};
use crate::engine::{ImportError, ImportId, Object, export, parse, with_original_keys};
use crate::provider::explain::explain_connector;
use crate::provider::messages::{ends, found};
use crate::provider::payload;
use crate::provider::resources::account::{not_surely_gone, on_way_to, seen_through};
use crate::provider::resources::lifecycle::{comparable, end_sentence, not_refreshed, stored, unreadable};
use crate::provider::resources::payload::Private;
use crate::provider::runtime::Runtime;
use crate::provider::secret_payload::PAYLOADS;
use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::provider::StateResponse;
use crate::terraform::value::Value;

pub(super) async fn read(runtime: &Runtime, state: Value, private: Vec<u8>) -> StateResponse {
    let mut private = Private::decode(&private);
    private.imported |= state.get("input_payload").is_null();
    match read_through(runtime, &state, &private).await {
        Ok(Some(Reading { object, body, private })) => {
            let mut now = state;
            let compared = comparable(runtime, &object, &body, &private);
            for name in PAYLOADS {
                now.set(name, payload_now(&object, now.get(name), &compared));
            }
            if object.imported {
                // The payload that would make it.
                now.set("input_payload", payload::object(&export(object.entity, &object.locator, &body)));
            }
            // Nothing is planned in a read: the record is what Stripe answers.
            now.set("record", Value::Null);
            now = written(now, object.entity, &object.locator, &body);
            let end =
                object.ended_since(&body).map(|end| ends::ended_outside(&end_sentence(&object, &end, ".")));
            StateResponse { state: now, private: private.encode(), diagnostics: end.into_iter().collect() }
        }
        Ok(None) => StateResponse::default(),
        Err(diagnostic) => StateResponse { state, private: private.encode(), diagnostics: vec![diagnostic] },
    }
}

/// What a read has found.
struct Reading {
    /// The object as the state knows it.
    object: Object,
    /// The object as it is now.
    body: Json,
    /// The private data from now on.
    private: Private,
}

/// Reads the object of a state in its own account; none when it is no longer there. What cannot be
/// read stays as it is.
async fn read_through(
    runtime: &Runtime,
    state: &Value,
    private: &Private,
) -> Result<Option<Reading>, Diagnostic> {
    let object = object_of(state, private)?;
    let private = on_way_to(runtime, private, stored(&object, state)).await?;
    let connection = private.connection(runtime)?;
    if connection.settings().suspended {
        return Err(not_refreshed(&object, "Its connection is suspended."));
    }
    let connector = Connector::new(&connection);
    match seen_through(&connection, private.home.as_ref(), object.read(&connector)).await {
        Ok(Some((body, home))) => {
            let mut private = Private { home: Some(home), ..private };
            private.learn_peers(connector.count_peer(object.entity, &object.locator, &body));
            Ok(Some(Reading { object, body, private }))
        }
        Ok(None) => match not_surely_gone(&connection, &private, stored(&object, state)).await {
            None => Ok(None),
            Some(elsewhere) => Err(elsewhere),
        },
        Err(error) => Err(unreadable(&object, &error)),
    }
}

/// One of the stored payloads, with what drifted in Stripe as Stripe has it now.
fn payload_now(entity: &Object, stored: &Value, body: &Json) -> Value {
    let known = entity.entity.params();
    let Ok(Some(written)) = payload::written(stored) else { return stored.clone() };
    let Ok(wanted) = parse(&written, known) else { return stored.clone() };
    let own = Object { params: wanted.params, ..entity.clone() };
    match own.drifted(body) {
        Some(drifted) => {
            payload::rewritten(stored, with_original_keys(&written.members, known, &own.params, &drifted))
        }
        None => stored.clone(),
    }
}

pub(super) fn import(id: &str) -> StateResponse {
    match ImportId::parse(id) {
        Ok(ImportId { entity, account, locator }) => StateResponse {
            private: Private { imported: true, account, ..Private::default() }.encode(),
            state: Value::map([
                ("entity", Value::from(entity.name.as_str())),
                ("id", Value::from(locator.as_str())),
                ("entity_id", Value::from(locator)),
            ]),
            ..StateResponse::default()
        },
        Err(error) => StateResponse { diagnostics: vec![refused(id, &error)], ..StateResponse::default() },
    }
}

fn refused(id: &str, error: &ImportError) -> Diagnostic {
    match error {
        ImportError::Entity(error @ Error::UnknownEntity { .. }) => explain_connector(error, "entity"),
        ImportError::Form { .. } => found::import_id_of_no_type(&error.to_string()),
        error => found::invalid_import_id(&quoted(id), &error.to_string(), ""),
    }
}
