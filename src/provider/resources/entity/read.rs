//! Reads an entity: what Stripe holds now, and what of the payload has drifted.

use serde_json::Value as Json;

use super::{find, known_params, locator_of, output, params_of, target, written};
use crate::catalog::{self, OperationKind};
use crate::connector;
use crate::provider::explain::explain;
use crate::provider::resources::payload::{Private, object};
use crate::provider::runtime::Runtime;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::StateResponse;
use crate::terraform::value::Value;

pub(super) async fn read(runtime: &Runtime, state: Value, private: Vec<u8>) -> StateResponse {
    let private = Private::decode(&private).on(runtime, &Value::Null, state.get("connection_handle"));
    let (entity, connector) = match target(runtime, &state, &private) {
        Ok(target) => target,
        Err(diagnostic) => {
            return StateResponse { state, private: private.encode(), diagnostics: vec![diagnostic] };
        }
    };
    // What Stripe never shows again is kept as its create answered it.
    if entity.operation(OperationKind::Get).is_none() {
        return StateResponse { state, private: private.encode(), diagnostics: Diagnostics::new() };
    }
    let locator = locator_of(&state).to_owned();
    match connector.get(entity, &locator).await {
        Ok(body) if connector::is_gone(&body) => StateResponse::default(),
        Ok(body) => {
            let payload = payload_now(entity, &state, &body);
            let mut now = written(state, entity, &locator, &body);
            now.set("input_payload", payload);
            StateResponse { state: now, private: private.encode(), diagnostics: Diagnostics::new() }
        }
        Err(error) if error.is_gone() => StateResponse::default(),
        Err(error) => {
            StateResponse { state, private: private.encode(), diagnostics: vec![explain(&error, "id")] }
        }
    }
}

/// The stored payload, with what drifted in Stripe as Stripe has it now.
fn payload_now(entity: &catalog::Entity, state: &Value, body: &Json) -> Value {
    let (then, stored) = (output(state), state.get("input_payload"));
    let known = known_params(entity);
    let (Ok(params), Ok(payload)) = (params_of(state, &known), object(stored)) else {
        return stored.clone();
    };
    match connector::drifted(&params, &then, body) {
        Some(drifted) if !then.is_null() => {
            Json::Object(connector::with_original_keys(&payload, &known, &params, &drifted))
                .to_string()
                .into()
        }
        _ if stored.is_null() => "{}".into(),
        _ => stored.clone(),
    }
}

pub(super) fn import(id: &str) -> StateResponse {
    match imported(id) {
        Ok(state) => StateResponse { state, ..StateResponse::default() },
        Err(diagnostic) => StateResponse { diagnostics: vec![diagnostic], ..StateResponse::default() },
    }
}

fn imported(id: &str) -> Result<Value, Diagnostic> {
    let wrong = |detail: String| Diagnostic::error("Invalid Import Id", detail);
    let Some((name, locator)) = id.split_once('/').filter(|(_, id)| !id.is_empty()) else {
        return Err(wrong(format!("{id:?} must be `ENTITY/ID`, such as `Customer/cus_123`.")));
    };
    let entity = find(name)?;
    if let Err(error) = connector::check_locator(entity, locator) {
        return Err(wrong(format!("{id:?} cannot be imported: {error}.")));
    }
    if entity.operation(OperationKind::Get).is_none() {
        return Err(wrong(format!("Stripe shows no {} again, so none can be imported.", entity.name)));
    }
    Ok(Value::map([
        ("entity", Value::from(entity.name.as_str())),
        ("id", Value::from(locator)),
        ("entity_id", Value::from(locator)),
    ]))
}
