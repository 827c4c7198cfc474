//! Reads an entity: what Stripe holds now, and which parts of the payload have drifted.

use serde_json::Value as Json;

use crate::catalog::names::quoted;
use crate::connector::Error;
use crate::engine::{ImportError, ImportId, Object, export, parse, with_original_keys};
use crate::provider::explain::{explain_connector, explain_other_id};
use crate::provider::messages::found;
use crate::provider::object::{self, PrivateData, Reading, comparable};
use crate::provider::payload;
use crate::provider::resources::entity::state::{object_of, written};
use crate::provider::runtime::Runtime;
use crate::provider::secret_payload::PAYLOADS;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::StateResponse;
use crate::terraform::value::Value;

pub(super) async fn read(runtime: &Runtime, state: Value, private: Vec<u8>) -> StateResponse {
    let readable = PrivateData::decode(&private).and_then(|mut private| {
        private.imported |= state.get("input_payload").is_null();
        Ok((object_of(&state, &private)?, private))
    });
    let (object, private) = match readable {
        Ok(readable) => readable,
        Err(unreadable) => return StateResponse { state, private, diagnostics: vec![unreadable] },
    };
    let stored = StateResponse { state, private: private.encode(), diagnostics: Diagnostics::new() };
    object::read(runtime, stored, &object, &private, |state, reading| now(runtime, state, &object, &reading))
        .await
}

/// Returns the state of an entity as Stripe holds it now.
fn now(runtime: &Runtime, mut state: Value, object: &Object, reading: &Reading) -> StateResponse {
    let Reading { body, private } = reading;
    let compared = comparable(runtime, object, body, private);
    for name in PAYLOADS {
        state.set(name, payload_now(object, state.get(name), &compared));
    }
    if object.imported {
        // The payload that would create it.
        state.set("input_payload", payload::object(&export(object.entity, &object.locator, body)));
    }
    // A read plans nothing: the record is Stripe's response.
    state.set("record", Value::Null);
    let state = written(state, object.entity, &object.locator, body);
    StateResponse { state, private: private.encode(), diagnostics: Diagnostics::new() }
}

/// Returns one of the stored payloads, with Stripe's current value for everything that drifted.
fn payload_now(entity: &Object, stored: &Value, body: &Json) -> Value {
    let known = entity.entity.params();
    let Ok(Some(written)) = payload::written(stored) else { return stored.clone() };
    let Ok(Some(opened)) = payload::opened(stored, known) else { return stored.clone() };
    let Ok(desired) = parse(&opened, known) else { return stored.clone() };
    let own = Object { params: desired.params, ..entity.clone() };
    match own.drifted(body) {
        Some(drifted) => {
            payload::rewritten(stored, with_original_keys(&written.members, known, &own.params, &drifted))
        }
        None => stored.clone(),
    }
}

pub(super) fn import(id: &str) -> StateResponse {
    match ImportId::parse(id) {
        Ok(ImportId { entity, account, locator, other }) => StateResponse {
            diagnostics: explain_other_id(id, other.as_ref()),
            private: PrivateData { imported: true, account, ..PrivateData::default() }.encode(),
            state: Value::map([
                ("entity", Value::from(entity.name.as_str())),
                ("id", Value::from(locator.as_str())),
                ("entity_id", Value::from(locator)),
            ]),
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
