//! Reads the state or configuration of an entity: its type, its params, and the entity itself.

use serde_json::Value as Json;

use crate::catalog;
use crate::connector::{self, Arrays};
use crate::engine::{DesiredParams, Error, Object, WrittenParams, create_params, parse};
use crate::provider::explain::{explain, explain_connector, explain_faults};
use crate::provider::object::PrivateData;
use crate::provider::secret_payload::{self, Hidden};
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::value::Value;

/// The attributes that Stripe's response decides.
pub(super) const COMPUTED: [&str; 4] = ["id", "entity_id", "record", "output_payload"];

/// Finds the entity type of that name, or returns an error that suggests the right one.
pub(in crate::provider) fn find(name: &str) -> Result<&'static catalog::Entity, Diagnostic> {
    connector::entity(name).map_err(|error| explain_connector(&error, "entity"))
}

/// Returns the flat map of an entity; secrets are left out, in lists too.
pub(in crate::provider) fn record(entity: &catalog::Entity, body: &Json) -> Value {
    let shown = connector::record_of(&entity.fields, &entity.without_secrets(body), Arrays::Text);
    Value::map(shown.into_iter().map(|(key, value)| (key, Value::from(value))))
}

/// Returns what the secret payload of a state or a configuration sets.
pub(super) fn hidden(state: &Value) -> Hidden {
    Hidden::of(state, entity_of(state).map_or(&[][..], |entity| entity.params()))
}

/// The entity type that a state or a configuration names.
pub(super) fn entity_of(state: &Value) -> Result<&'static catalog::Entity, Diagnostic> {
    find(state.get("entity").as_str().unwrap_or_default())
}

/// Returns the params of a create, if the type can be created, as far as the payload is known.
pub(super) fn creatable(
    entity: &'static catalog::Entity,
    config: &Value,
) -> Result<DesiredParams, Diagnostics> {
    params_of(entity, config, create_params)
}

/// Returns the params of a payload, checked in this way.
pub(super) fn params_of(
    entity: &'static catalog::Entity,
    config: &Value,
    check: fn(&'static catalog::Entity, &WrittenParams) -> Result<DesiredParams, Error>,
) -> Result<DesiredParams, Diagnostics> {
    let written = secret_payload::written(config, entity.params())?;
    match written {
        None if entity.create_operation().is_some() => Ok(DesiredParams::default()),
        written => {
            check(entity, &written.unwrap_or_default()).map_err(|error| explain(&error, "input_payload"))
        }
    }
}

/// Returns the params that the payload of a state or a configuration asks for; None while it is wholly
/// unknown.
pub(super) fn desired(entity: &catalog::Entity, state: &Value) -> Result<Option<DesiredParams>, Diagnostics> {
    let written = secret_payload::written(state, entity.params())?;
    let parsed = written.map(|written| parse(&written, entity.params())).transpose();
    parsed.map_err(|faults| explain_faults(&faults))
}

/// Returns the object that a state describes. A payload that this version of the provider cannot read
/// counts as empty: the object still exists.
pub(super) fn object_of(state: &Value, private: &PrivateData) -> Result<Object, Diagnostic> {
    let entity = entity_of(state)?;
    let params = desired(entity, state).ok().flatten().unwrap_or_default().params;
    Ok(private.known(Object::new(entity, locator_of(state).to_owned(), params, output(state))))
}

/// Returns the entity as last written or read; null if it never was.
pub(super) fn output(state: &Value) -> Json {
    state
        .get("output_payload")
        .as_str()
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or(Json::Null)
}

/// Returns the state of an entity after Stripe's response. It keeps the record that a plan showed, even if
/// Stripe returns something newer; the next refresh shows that.
pub(super) fn written(mut state: Value, entity: &catalog::Entity, locator: &str, body: &Json) -> Value {
    let shown = hidden(&state).left_out(record(entity, body));
    state.set("id", connector::id_of(body, locator).to_owned().into());
    state.set("entity_id", locator.to_owned().into());
    state.set("record", as_planned(state.get("record"), shown));
    state.set("output_payload", body.to_string().into());
    state
}

/// Returns the response, but with the known values of the plan.
fn as_planned(planned: &Value, answered: Value) -> Value {
    let Some(entries) = planned.as_map() else { return answered };
    let kept = entries.iter().map(|(key, value)| {
        let value = if value.is_unknown() { answered.get(key) } else { value };
        (key.clone(), value.clone())
    });
    Value::map(kept)
}

/// Returns the place of a state's entity.
pub(super) fn locator_of(state: &Value) -> &str {
    state.get("entity_id").as_str().or_else(|| state.get("id").as_str()).unwrap_or_default()
}
