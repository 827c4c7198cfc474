//! Moves objects from and to a typed resource.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::catalog::Entity;
use crate::engine::{Params, put, secret_params};
use crate::provider::object::{MovedObject, PrivateData, end_attributes};
use crate::provider::payload::{self, text_at};
use crate::provider::resources::entity::state::{desired, entity_of, locator_of, output, written};
use crate::provider::secret_payload::SECRET;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::StateResponse;
use crate::terraform::value::Value;

/// Gives an entity away as it is, whatever type it becomes.
pub(super) fn move_out(state: &Value, private: &[u8]) -> Result<Option<MovedObject>, Diagnostic> {
    let Ok(entity) = entity_of(state) else { return Ok(None) };
    Ok(Some(MovedObject {
        entity,
        locator: locator_of(state).to_owned(),
        private: PrivateData::decode(private)?,
        params: desired(entity, state).ok().flatten().unwrap_or_default().params,
        default_metadata: Params::new(),
        body: output(state),
        state: state.clone(),
        types: BTreeMap::new(),
    }))
}

/// Returns the state of an object that comes from a typed resource: its arguments become the payload, and
/// the secret ones become the part that plans do not show.
pub(super) fn move_in(moved: MovedObject) -> StateResponse {
    let MovedObject { entity, locator, private, params, body, state: was, .. } = moved;
    let ends = end_attributes();
    let kept = ends.iter().map(|it| it.name.as_ref()).chain(["connection_handle"]);
    let mut state = Value::map(kept.map(|name| (name, was.get(name).clone())));
    state.set("entity", entity.name.as_str().into());
    if body.is_null() {
        // A read fills in the payload, as after an import; secrets that Stripe showed once exist only
        // here.
        let shown_once = shown_once(entity, &was);
        state.set("id", locator.as_str().into());
        state.set("entity_id", locator.into());
        state.set("output_payload", Value::from(shown_once.map(|shown| shown.to_string())));
    } else {
        let (open, secret) = split(params, entity);
        state.set("input_payload", payload::object(&open));
        state.set(SECRET, if secret.is_empty() { Value::Null } else { payload::object(&secret) });
        state = written(state, entity, &locator, &body);
    }
    StateResponse { state, private: private.encode(), diagnostics: Diagnostics::new() }
}

/// Returns the secrets in another provider's state that Stripe does not show again.
fn shown_once(entity: &Entity, was: &Value) -> Option<Json> {
    let mut kept = Params::new();
    for path in &entity.answered_once {
        let steps: Vec<&str> = path.split('.').collect();
        if let Some(secret) = text_at(was, &steps) {
            put(&mut kept, path, Json::from(secret));
        }
    }
    (!kept.is_empty()).then_some(Json::Object(kept))
}

/// Splits params into the open and the secret ones.
fn split(mut open: Params, entity: &Entity) -> (Params, Params) {
    let mut secret = Params::new();
    for path in secret_params(&open, entity.params()) {
        let steps: Vec<&str> = path.split('.').collect();
        move_at(&mut open, &steps, &mut secret);
    }
    (open, secret)
}

/// Moves the value at a path; a list moves as a whole, because a list in one payload replaces that in the
/// other.
fn move_at(from: &mut Params, steps: &[&str], into: &mut Params) {
    let Some((first, rest)) = steps.split_first() else { return };
    match (from.get_mut(*first), rest) {
        (Some(Json::Object(inside)), [_, ..]) => {
            let below = into.entry((*first).to_owned()).or_insert_with(|| Json::Object(Map::new()));
            if let Json::Object(below) = below {
                move_at(inside, rest, below);
            }
        }
        (Some(_), _) => into.extend(from.shift_remove_entry(*first)),
        (None, _) => {}
    }
}
