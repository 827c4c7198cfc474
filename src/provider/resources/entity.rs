//! `stripe_entity`: any Stripe object, as a payload that is created, kept and ended.

mod apply;
mod plan;
mod read;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value as Json};

use crate::catalog::{self, Member, OperationKind, Presence};
use crate::connector::{self, Arrays, Connector};
use crate::provider::Resource;
use crate::provider::connection_schema::computed;
use crate::provider::explain::{explain, explain_payload};
use crate::provider::resources::payload::{Private, connection_attribute, object};
use crate::provider::runtime::Runtime;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics, has_errors};
use crate::terraform::provider::{ApplyRequest, PlanRequest, PlanResponse, StateResponse};
use crate::terraform::schema::Presence::Required;
use crate::terraform::schema::{Attribute, Block, Rule, Schema, check};
use crate::terraform::value::{Type, Value};

/// The resource.
#[derive(Debug)]
pub(in crate::provider) struct Entity;

impl Resource for Entity {
    fn schema(&self) -> Schema {
        let attributes = vec![
            connection_attribute(),
            Attribute::new(
                "entity",
                Type::String,
                Required,
                "Entity type, such as `Customer` or `PaymentIntent`. A change makes a new entity.",
            )
            .rule(Rule::NotEmpty),
            Attribute::new(
                "input_payload",
                Type::String,
                Required,
                "What to create, as JSON: keys in PascalCase (`AddressCity`) or in Stripe's spelling (`address = { city = … }`). A change updates the entity where Stripe can, and makes a new one where it cannot.",
            ),
            computed("id", Type::String, "Stripe's id of the entity."),
            computed(
                "entity_id",
                Type::String,
                "Where the entity is: its id, behind the ids of what it belongs to (`cus_123/txi_456`). This is what `stripe_entity` is imported by and what the data source takes.",
            ),
            computed(
                "record",
                Type::map(Type::String),
                "The entity as a flat map: dotted keys, every value a string; secrets left out.",
            ),
            computed("output_payload", Type::String, "The entity as Stripe returns it, as JSON.").sensitive(),
        ];
        let description = "An entity of any type the connector knows, created, read, updated and ended through a connection.";
        Schema {
            version: 0,
            block: Block { attributes, blocks: Vec::new(), description: description.to_owned() },
        }
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let mut found = check(&self.schema().block, config);
        if let (Some(name), false) = (config.get("entity").as_str(), has_errors(&found)) {
            let checked = find(name).and_then(|entity| creatable(entity, config));
            found.extend(checked.err());
        }
        found
    }

    fn plan<'a>(&'a self, runtime: &'a Runtime, request: PlanRequest) -> BoxFuture<'a, PlanResponse> {
        Box::pin(async move { plan::plan(runtime, request) })
    }

    fn apply<'a>(&'a self, runtime: &'a Runtime, request: ApplyRequest) -> BoxFuture<'a, StateResponse> {
        Box::pin(async move {
            if request.planned.is_null() {
                apply::destroy(runtime, request).await
            } else if request.prior.is_null() {
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

    fn seen(&self, runtime: &Runtime, state: &Value) {
        if let Some(id) = state.get("id").as_str() {
            runtime.journal.arrived(id);
        }
    }
}

/// The entity type of that name, or an error that says which one is meant.
pub(in crate::provider) fn find(name: &str) -> Result<&'static catalog::Entity, Diagnostic> {
    connector::entity(name).map_err(|error| explain(&error, "entity"))
}

/// The flat map of an entity; what the catalog calls sensitive is left out.
pub(in crate::provider) fn record(entity: &catalog::Entity, body: &Json) -> Value {
    let shown = connector::record(body, Arrays::Text).into_iter().filter(|(key, _)| !entity.is_secret(key));
    Value::map(shown.map(|(key, value)| (key, Value::from(value))))
}

/// The entity type a state names, and the connector that its calls go through.
fn target(
    runtime: &Runtime,
    state: &Value,
    private: &Private,
) -> Result<(&'static catalog::Entity, Connector), Diagnostic> {
    let entity = find(state.get("entity").as_str().unwrap_or_default())?;
    let connection = runtime.connection(private.handle.as_deref())?;
    Ok((entity, Connector::new(&connection)))
}

/// The params a config's payload comes to, where it is known and the type can be created.
fn creatable(entity: &'static catalog::Entity, config: &Value) -> Result<Map<String, Json>, Diagnostic> {
    if entity.create_operation().is_none() {
        let detail =
            format!("Stripe has no call that creates {}; use the data source of the same name.", entity.name);
        return Err(Diagnostic::error("Entity Not Creatable", detail).at_attribute("entity"));
    }
    if config.get("input_payload").is_unknown() {
        return Ok(Map::new());
    }
    let params = params_of(config, &known_params(entity))?;
    connector::require(&params, &entity.create_params()).map_err(|error| explain_payload(&error))?;
    Ok(params)
}

fn params_of(state: &Value, params: &[Member]) -> Result<Map<String, Json>, Diagnostic> {
    let payload = object(state.get("input_payload"))?;
    connector::payload(&payload, params).map_err(|error| explain_payload(&error))
}

/// Every param that create or update takes, what the entity belongs to among them.
fn known_params(entity: &catalog::Entity) -> Vec<Member> {
    let mut params: Vec<Member> = Vec::new();
    let update = entity.operation(OperationKind::Update).into_iter().flat_map(|update| &update.params);
    for param in entity.create_params().iter().chain(update) {
        if params.iter().all(|known| known.name != param.name) {
            let shape = param.shape.clone().with_presence(Presence::Optional);
            params.push(Member::new(param.name.as_str(), shape));
        }
    }
    params
}

/// The params of a create, and those that only an update takes, which follows it.
fn in_two(entity: &catalog::Entity, params: Map<String, Json>) -> (Map<String, Json>, Map<String, Json>) {
    let create = entity.create_params();
    params.into_iter().partition(|(name, _)| create.iter().any(|param| param.name == *name))
}

fn updatable(entity: &catalog::Entity, param: &str) -> bool {
    entity.operation(OperationKind::Update).is_some_and(|update| update.param(param).is_some())
}

/// The params that bring the entity of `prior` to what `planned` says.
fn change_of(
    entity: &'static catalog::Entity,
    prior: &Value,
    planned: &Value,
) -> Result<connector::Change, Diagnostic> {
    let params = known_params(entity);
    let after = params_of(planned, &params)?;
    let before = params_of(prior, &params)?;
    // An imported entity has no payload yet: what it already is need not be sent.
    if before.is_empty() && connector::fulfilled(&after, &output(prior)) {
        return Ok(connector::Change::default());
    }
    Ok(connector::change(&before, &after))
}

/// The entity as it was when it was last written or read; null where it never was.
fn output(state: &Value) -> Json {
    state
        .get("output_payload")
        .as_str()
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or(Json::Null)
}

/// The state of an entity as Stripe just answered it. What only the answer to a create holds is
/// kept from then on.
fn written(mut state: Value, entity: &catalog::Entity, locator: &str, body: &Json) -> Value {
    let body = connector::retain_create_only(entity, body, &output(&state));
    state.set("id", id_of(&body, locator).to_owned().into());
    state.set("entity_id", locator.to_owned().into());
    state.set("record", record(entity, &body));
    state.set("output_payload", body.to_string().into());
    state
}

/// Stripe's id of an entity; where it is, if it has none.
fn id_of<'a>(body: &'a Json, locator: &'a str) -> &'a str {
    body.get("id").and_then(Json::as_str).unwrap_or(locator)
}

/// Where the entity of a state is.
fn locator_of(state: &Value) -> &str {
    state.get("entity_id").as_str().or_else(|| state.get("id").as_str()).unwrap_or_default()
}
