//! Reads an entity: what Stripe holds now, and what of the payload has drifted.

use serde_json::Value as Json;

use super::{connector, object_of, written};
use crate::catalog::names::quoted;
use crate::connector::Error;
use crate::engine::{ImportError, ImportId, Object, with_original_keys};
use crate::provider::explain::explain_connector;
use crate::provider::payload;
use crate::provider::resources::payload::Private;
use crate::provider::runtime::Runtime;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::StateResponse;
use crate::terraform::value::Value;

pub(super) async fn read(runtime: &Runtime, state: Value, private: Vec<u8>) -> StateResponse {
    let stored = state.get("connection_handle");
    let private = Private::decode(&private).on(runtime, &Value::Null, stored);
    let kept = |state, diagnostics| StateResponse { state, private: private.encode(), diagnostics };
    let prepared = object_of(&state).and_then(|object| Ok((object, connector(runtime, &private)?)));
    let (object, connector) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostic) => return kept(state, vec![diagnostic]),
    };
    match object.read(&connector).await {
        Ok(None) => StateResponse::default(),
        Ok(Some(body)) => {
            let payload = payload_now(&object, &state, &body);
            let mut now = state;
            // Nothing is planned in a read: the record is what Stripe answers.
            now.set("record", Value::Null);
            now = written(now, object.entity, &object.locator, &body);
            now.set("input_payload", payload);
            kept(now, Diagnostics::new())
        }
        Err(error) => kept(state, vec![explain_connector(&error, "id")]),
    }
}

/// The stored payload, with what drifted in Stripe as Stripe has it now.
fn payload_now(entity: &Object, state: &Value, body: &Json) -> Value {
    let stored = state.get("input_payload");
    let Ok(Some(written)) = payload::written(stored) else { return stored.clone() };
    match entity.drifted(body) {
        Some(drifted) => {
            let known = entity.entity.params();
            payload::rewritten(stored, with_original_keys(&written.members, known, &entity.params, &drifted))
        }
        None if stored.is_null() => payload::text("{}".to_owned()),
        None => stored.clone(),
    }
}

pub(super) fn import(id: &str) -> StateResponse {
    match ImportId::parse(id) {
        Ok(ImportId { entity, locator }) => StateResponse {
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
        ImportError::Form { .. } => Diagnostic::error("Invalid Import Id", format!("{error}.")),
        error => {
            Diagnostic::error("Invalid Import Id", format!("{} cannot be imported: {error}.", quoted(id)))
        }
    }
}
