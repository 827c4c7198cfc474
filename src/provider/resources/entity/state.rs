//! What a state or a configuration of an entity says: its type, its params, and the entity itself.

use serde_json::Value as Json;

use crate::catalog;
use crate::connector::{self, Arrays};
use crate::engine::{DesiredParams, Error, Object, WrittenParams, create_params, parse};
use crate::provider::explain::{explain, explain_connector, explain_faults};
use crate::provider::object::PrivateData;
use crate::provider::secret_payload::{self, Hidden};
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::value::Value;

/// Attributes that Stripe's answer decides.
pub(super) const COMPUTED: [&str; 4] = ["id", "entity_id", "record", "output_payload"];

/// The entity type of that name, or an error that says which one is meant.
pub(in crate::provider) fn find(name: &str) -> Result<&'static catalog::Entity, Diagnostic> {
    connector::entity(name).map_err(|error| explain_connector(&error, "entity"))
}

/// The flat map of an entity; what is secret is left out, in lists too.
pub(in crate::provider) fn record(entity: &catalog::Entity, body: &Json) -> Value {
    let shown = connector::record_of(&entity.fields, &entity.without_secrets(body), Arrays::Text);
    Value::map(shown.into_iter().map(|(key, value)| (key, Value::from(value))))
}

/// What the secret payload of a state or a configuration sets.
pub(super) fn hidden(state: &Value) -> Hidden {
    Hidden::of(state, entity_of(state).map_or(&[][..], |entity| entity.params()))
}

/// The entity type that a state or a configuration names.
pub(super) fn entity_of(state: &Value) -> Result<&'static catalog::Entity, Diagnostic> {
    find(state.get("entity").as_str().unwrap_or_default())
}

/// The params of a create, where the type can be created and as far as the payload is known.
pub(super) fn creatable(
    entity: &'static catalog::Entity,
    config: &Value,
) -> Result<DesiredParams, Diagnostics> {
    params_of(entity, config, create_params)
}

/// The params that a payload comes to when it is checked in this way.
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

/// What the payload of a state or a configuration asks for; none while all of it is unknown.
pub(super) fn desired(entity: &catalog::Entity, state: &Value) -> Result<Option<DesiredParams>, Diagnostics> {
    let written = secret_payload::written(state, entity.params())?;
    let parsed = written.map(|written| parse(&written, entity.params())).transpose();
    parsed.map_err(|faults| explain_faults(&faults))
}

/// The object that a state describes. A payload that this version of the provider cannot read
/// counts as none: the object is still there.
pub(super) fn object_of(state: &Value, private: &PrivateData) -> Result<Object, Diagnostic> {
    let entity = entity_of(state)?;
    let params = desired(entity, state).ok().flatten().unwrap_or_default().params;
    Ok(private.known(Object::new(entity, locator_of(state).to_owned(), params, output(state))))
}

/// The entity as it was when it was last written or read; null where it never was.
pub(super) fn output(state: &Value) -> Json {
    state
        .get("output_payload")
        .as_str()
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or(Json::Null)
}

/// The state of an entity as Stripe just answered it. What a plan showed of the record is kept,
/// even if Stripe answers something newer: the next refresh tells that.
pub(super) fn written(mut state: Value, entity: &catalog::Entity, locator: &str, body: &Json) -> Value {
    let shown = hidden(&state).left_out(record(entity, body));
    state.set("id", connector::id_of(body, locator).to_owned().into());
    state.set("entity_id", locator.to_owned().into());
    state.set("record", as_planned(state.get("record"), shown));
    state.set("output_payload", body.to_string().into());
    state
}

/// What was answered, but for what was planned and is known.
fn as_planned(planned: &Value, answered: Value) -> Value {
    let Some(entries) = planned.as_map() else { return answered };
    let kept = entries.iter().map(|(key, value)| {
        let value = if value.is_unknown() { answered.get(key) } else { value };
        (key.clone(), value.clone())
    });
    Value::map(kept)
}

/// Where the entity of a state is.
pub(super) fn locator_of(state: &Value) -> &str {
    state.get("entity_id").as_str().or_else(|| state.get("id").as_str()).unwrap_or_default()
}
