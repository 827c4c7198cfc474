//! `stripe_entity`: any Stripe object, as a payload that is created, kept and ended.

mod apply;
mod identity;
mod moves;
mod plan;
mod read;

use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use crate::catalog;
use crate::connector::{self, Arrays};
use crate::engine::{
    DesiredParams, Error, Object, WrittenParams, config_params, create_params, faults_of, parse,
    sound_params, unlisted_values,
};
use crate::provider::connection_settings::connection_attribute;
use crate::provider::explain::{explain, explain_connector, explain_faults, explain_unlisted, not_a_payload};
use crate::provider::managed::Resource;
use crate::provider::moves::MovedObject;
use crate::provider::object::{PrivateData, check_end, end_attributes};
use crate::provider::payload;
use crate::provider::runtime::Runtime;
use crate::provider::secret_payload::{self, Hidden};
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{ApplyRequest, PlanRequest, PlanResponse, StateResponse};
use crate::terraform::schema::{Attribute, IdentitySchema, Rule, Schema};
use crate::terraform::value::{Type, Value};

/// Attributes that Stripe's answer decides.
const COMPUTED: [&str; 4] = ["id", "entity_id", "record", "output_payload"];

/// The resource `stripe_entity`.
#[derive(Debug)]
pub(in crate::provider) struct EntityResource;

impl Resource for EntityResource {
    fn schema(&self) -> Schema {
        let mut attributes = vec![
            connection_attribute(),
            Attribute::required(
                "entity",
                Type::String,
                "Entity type, such as `Customer` or `PaymentIntent`. A change creates a new entity.",
            )
            .rule(Rule::NotEmpty),
            Attribute::required(
                "input_payload",
                Type::Dynamic,
                "What to create: an object, or its JSON text. Keys are in PascalCase (`AddressCity`) or in Stripe's spelling (`address = { city = … }`). A change updates the entity if Stripe allows it, and otherwise creates a new one.",
            ),
            secret_payload::attribute(),
            Attribute::computed("id", Type::String, "Stripe's id of the entity."),
            Attribute::computed(
                "entity_id",
                Type::String,
                "The entity's id, after the ids of its parents (`cus_123/txi_456`). Use it to import a `stripe_entity`, and in the data source.",
            ),
            Attribute::computed(
                "record",
                Type::map(Type::String),
                "The entity as a flat map: dotted keys, every value a string; without secrets.",
            ),
            Attribute::computed("output_payload", Type::String, "The entity as Stripe returns it, as JSON.")
                .sensitive(),
        ];
        attributes.splice(4..4, end_attributes());
        let description = "An entity of any type the connector knows, created, read, updated and ended through a connection.";
        Schema::new(description, attributes)
    }

    fn secrets(&self, config: &Value) -> Hidden {
        hidden(config)
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        check(config)
    }

    fn plan<'a>(&'a self, runtime: &'a Runtime, request: PlanRequest) -> BoxFuture<'a, PlanResponse> {
        Box::pin(plan::plan(runtime, request))
    }

    fn apply<'a>(&'a self, runtime: &'a Runtime, request: ApplyRequest) -> BoxFuture<'a, StateResponse> {
        Box::pin(async move {
            if request.is_destroy() {
                apply::destroy(runtime, request).await
            } else if request.is_create() {
                apply::create(runtime, request).await
            } else {
                apply::update(runtime, request).await
            }
        })
    }

    fn read<'a>(
        &'a self,
        runtime: &'a Runtime,
        state: Value,
        private: Vec<u8>,
    ) -> BoxFuture<'a, StateResponse> {
        Box::pin(read::read(runtime, state, private))
    }

    fn import<'a>(&'a self, _runtime: &'a Runtime, id: &'a str) -> BoxFuture<'a, StateResponse> {
        Box::pin(async move { read::import(id) })
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(identity::schema())
    }

    fn identity(&self, state: &Value, private: &[u8]) -> Value {
        identity::of(state, private)
    }

    fn import_by_identity(&self, identity: &Value) -> StateResponse {
        read::import(&identity::import_id(identity))
    }

    fn move_out(&self, state: &Value, private: &[u8]) -> Result<Option<MovedObject>, Diagnostic> {
        moves::move_out(state, private)
    }

    fn move_in(&self, moved: MovedObject) -> Option<StateResponse> {
        Some(moves::move_in(moved))
    }

    fn seen(&self, runtime: &Runtime, state: &Value) {
        if let Ok(entity) = entity_of(state) {
            runtime.arrived(entity, state);
        }
    }
}

/// Everything that is wrong with a configuration, as far as it is known.
fn check(config: &Value) -> Diagnostics {
    let Some(name) = config.get("entity").as_str() else { return Diagnostics::new() };
    let entity = match find(name) {
        Ok(entity) => entity,
        Err(unknown) => {
            let unreadable = payload::written(config.get("input_payload")).err();
            return [unknown].into_iter().chain(unreadable).collect();
        }
    };
    let mut found: Diagnostics = check_end(entity, config).into_iter().collect();
    if config.get("input_payload").is_null() {
        found.push(not_a_payload("it is null; an entity without any params has `{}`"));
    }
    found.extend(secret_payload::shown_secrets(config, entity.params()));
    let known = payload::known_part(config.get("input_payload"));
    let known = payload::opened(&known, entity.params()).ok().flatten();
    let known = known.unwrap_or_default();
    let desired = params_of(entity, config, config_params).unwrap_or_else(|diagnostics| {
        found.extend(diagnostics);
        sound_params(entity, &known)
    });
    found.extend(explain_unlisted(&unlisted_values(&desired, entity.params())));
    let more = explain_faults(&faults_of(entity, &known)).into_iter().filter(|fault| !found.contains(fault));
    found.extend(more.collect::<Vec<_>>());
    found
}

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
fn hidden(state: &Value) -> Hidden {
    Hidden::of(state, entity_of(state).map_or(&[][..], |entity| entity.params()))
}

/// The entity type that a state or a configuration names.
fn entity_of(state: &Value) -> Result<&'static catalog::Entity, Diagnostic> {
    find(state.get("entity").as_str().unwrap_or_default())
}

/// The params of a create, where the type can be created and as far as the payload is known.
fn creatable(entity: &'static catalog::Entity, config: &Value) -> Result<DesiredParams, Diagnostics> {
    params_of(entity, config, create_params)
}

/// The params that a payload comes to when it is checked in this way.
fn params_of(
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
fn desired(entity: &catalog::Entity, state: &Value) -> Result<Option<DesiredParams>, Diagnostics> {
    let written = secret_payload::written(state, entity.params())?;
    let parsed = written.map(|written| parse(&written, entity.params())).transpose();
    parsed.map_err(|faults| explain_faults(&faults))
}

/// The object that a state describes. A payload that this version of the provider cannot read
/// counts as none: the object is still there.
fn object_of(state: &Value, private: &PrivateData) -> Result<Object, Diagnostic> {
    let entity = entity_of(state)?;
    let params = desired(entity, state).ok().flatten().unwrap_or_default().params;
    Ok(private.known(Object::new(entity, locator_of(state).to_owned(), params, output(state))))
}

/// The entity as it was when it was last written or read; null where it never was.
fn output(state: &Value) -> Json {
    state
        .get("output_payload")
        .as_str()
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or(Json::Null)
}

/// The state of an entity as Stripe just answered it. What a plan showed of the record is kept,
/// even if Stripe answers something newer: the next refresh tells that.
fn written(mut state: Value, entity: &catalog::Entity, locator: &str, body: &Json) -> Value {
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
fn locator_of(state: &Value) -> &str {
    state.get("entity_id").as_str().or_else(|| state.get("id").as_str()).unwrap_or_default()
}
