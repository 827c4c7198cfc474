//! Reads the object of a typed resource, and imports one.

use serde_json::Value as Json;

use crate::connector;
use crate::engine::{Object, parse};
use crate::provider::explain::explain_connector;
use crate::provider::runtime::Runtime;
use crate::provider::typed::answered::{OUTPUT, without_nested_secrets};
use crate::provider::typed::memory::Memory;
use crate::provider::typed::surface::Surface;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::StateResponse;
use crate::terraform::value::Value;

pub(super) async fn read(
    surface: &Surface,
    runtime: &Runtime,
    state: Value,
    private: Vec<u8>,
) -> StateResponse {
    let mut memory = Memory::decode(&private);
    memory.private = memory.private.on(runtime, &Value::Null, state.get("connection_handle"));
    let connector = match memory.connector(runtime) {
        Ok(connector) => connector,
        Err(diagnostic) => return StateResponse { state, private, diagnostics: vec![diagnostic] },
    };
    let object = surface.object(&state, &memory);
    match object.read(&connector).await {
        Ok(None) => StateResponse::default(),
        Ok(Some(body)) => {
            memory.locator = Some(object.locator.clone());
            now(surface, &state, memory, &object, body)
        }
        Err(error) => StateResponse {
            state,
            private: memory.encode(),
            diagnostics: vec![explain_connector(&error, "id")],
        },
    }
}

/// The state as Stripe holds the object now: what drifted among the written, and what is answered.
fn now(surface: &Surface, state: &Value, mut memory: Memory, object: &Object, body: Json) -> StateResponse {
    let mut shown = Value::map(surface.slots.iter().map(|slot| {
        let written = memory.params.contains_key(&slot.member) || slot.retired.is_some();
        (slot.name.clone(), if written { state.get(&slot.name).clone() } else { Value::Unknown })
    }));
    shown.set("connection_handle", state.get("connection_handle").clone());
    if surface.has_output() {
        shown.set(OUTPUT, Value::Unknown);
    }
    if let Some(drifted) = object.drifted(&body) {
        for slot in surface.arguments().filter(|slot| memory.params.contains_key(&slot.member)) {
            let param = drifted.get(&slot.member);
            if memory.params.get(&slot.member) != param {
                shown.set(&slot.name, slot.from_param(state.get(&slot.name), param));
            }
        }
        memory.params = drifted.into_iter().filter(|(_, value)| !value.is_null()).collect();
    }
    let mut now = surface.answered(&shown, &memory.params, &object.locator, &body);
    if memory.body.is_null() {
        surface.show_imported(&mut now, &body);
    }
    memory.body = body;
    StateResponse { state: now, private: memory.encode(), diagnostics: Diagnostics::new() }
}

impl Surface {
    /// An imported object was written by nobody: its blocks show what Stripe answers of them.
    fn show_imported(&self, state: &mut Value, body: &Json) {
        let body = without_nested_secrets(self.entity, body);
        for slot in self.arguments() {
            if !slot.is_unset(state.get(&slot.name)) {
                continue;
            }
            let Some(field) = body.get(&slot.member).filter(|field| !field.is_null()) else { continue };
            let written = serde_json::Map::from_iter([(slot.member.clone(), field.clone())]);
            let written = crate::engine::Written { members: written, unknown: Vec::new() };
            if parse(&written, self.entity.params()).is_ok() {
                state.set(&slot.name, slot.from_param(&Value::Null, Some(field)));
            }
        }
    }

    /// What an apply of Stripe's refusal says: at the argument that Stripe names.
    pub(super) fn refused(&self, error: &connector::Error) -> Diagnostic {
        explain_connector(error, "id")
    }
}

/// The state of an object that is not managed yet: where it is.
pub(super) fn import(surface: &Surface, id: &str) -> StateResponse {
    if let Err(error) = connector::check_locator(surface.entity, id) {
        return StateResponse {
            diagnostics: vec![explain_connector(&error, "id")],
            ..StateResponse::default()
        };
    }
    let memory = Memory { locator: Some(id.to_owned()), ..Memory::default() };
    let own = id.rsplit('/').next().unwrap_or(id);
    let state = Value::map([("id", Value::from(own))]);
    StateResponse { state, private: memory.encode(), diagnostics: Diagnostics::new() }
}
