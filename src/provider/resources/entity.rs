//! `stripe_entity`: any Stripe object, as a payload that is created, kept and ended.

use futures_util::future::BoxFuture;
use serde_json::{Map, Value as Json};

use crate::catalog::{self, OperationKind, Param, catalog};
use crate::connector::{self, Change, Connector, Removed};
use crate::diagnostic::{Diagnostic, Diagnostics, has_errors};
use crate::provider::connection_schema::computed;
use crate::provider::explain::{explain, explain_payload};
use crate::provider::journal::fingerprint;
use crate::provider::resources::payload::{Private, connection_attribute, keep_equal_handle, object};
use crate::provider::runtime::Runtime;
use crate::provider::{ApplyRequest, Outcome, PlanRequest, Planned, Resource};
use crate::schema::Presence::Required;
use crate::schema::{Attribute, Block, Rule, Schema, check};
use crate::value::{Path, Type, Value};

/// The resource.
#[derive(Debug)]
pub(in crate::provider) struct Entity;

impl Resource for Entity {
    fn schema(&self) -> Schema {
        let attributes = vec![
            connection_attribute(),
            Attribute::new("entity", Type::String, Required, "Entity type, such as `Customer` or `PaymentIntent`. A change makes a new entity.")
                .rule(Rule::NotEmpty),
            Attribute::new("input_payload", Type::String, Required, "What to create, as JSON: keys in PascalCase (`AddressCity`) or in Stripe's spelling (`address = { city = … }`). A change updates the entity where Stripe can, and makes a new one where it cannot."),
            computed("id", Type::String, "Stripe's id of the entity."),
            computed("record", Type::map(Type::String), "The entity as a flat map: dotted keys, every value a string; secrets left out."),
            computed("output_payload", Type::String, "The entity as Stripe returns it, as JSON.").sensitive(),
        ];
        let description = "An entity of any type the connector knows, created, read, updated and ended through a connection.";
        Schema { version: 0, block: Block { attributes, blocks: Vec::new(), description: description.to_owned() } }
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let mut found = check(&self.schema().block, config);
        if let (Some(name), false) = (config.get("entity").as_str(), has_errors(&found)) {
            let checked = find(name).and_then(|entity| creatable(entity, config));
            found.extend(checked.err());
        }
        found
    }

    fn plan<'a>(&'a self, runtime: &'a Runtime, request: PlanRequest) -> BoxFuture<'a, Planned> {
        Box::pin(async move { plan(runtime, request) })
    }

    fn apply<'a>(&'a self, runtime: &'a Runtime, request: ApplyRequest) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            if request.planned.is_null() {
                destroy(runtime, request).await
            } else if request.prior.is_null() {
                create(runtime, request).await
            } else {
                update(runtime, request).await
            }
        })
    }

    fn read<'a>(&'a self, runtime: &'a Runtime, state: Value, private: Vec<u8>) -> BoxFuture<'a, Outcome> {
        Box::pin(read(runtime, state, private))
    }

    fn import<'a>(&'a self, _runtime: &'a Runtime, id: &'a str) -> BoxFuture<'a, Outcome> {
        Box::pin(async move { import(id) })
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

/// The params a config's payload comes to, where it is known and the type can be created.
fn creatable(entity: &'static catalog::Entity, config: &Value) -> Result<Map<String, Json>, Diagnostic> {
    let Some(operation) = entity.operation(OperationKind::Create) else {
        let detail = format!("Stripe has no call that creates {}; use the data source of the same name.", entity.name);
        return Err(Diagnostic::error("Entity Not Creatable", detail).at_attribute("entity"));
    };
    if config.get("input_payload").is_unknown() {
        return Ok(Map::new());
    }
    let params = params_of(config, &operation.params)?;
    connector::require(&params, &operation.params).map_err(|error| explain_payload(&error))?;
    Ok(params)
}

fn params_of(state: &Value, params: &[Param]) -> Result<Map<String, Json>, Diagnostic> {
    let payload = object(state.get("input_payload"))?;
    connector::payload(&payload, params).map_err(|error| explain_payload(&error))
}

fn plan(runtime: &Runtime, request: PlanRequest) -> Planned {
    let private = Private::decode(&request.private);
    if request.config.is_null() {
        let private = private.on(runtime, &Value::Null, request.prior.get("connection")).encode();
        return Planned { private, diagnostics: end_warning(&request.prior), ..Planned::default() };
    }
    let private = private.on(runtime, request.config.get("connection"), request.prior.get("connection"));
    let mut planned = request.proposed;
    if request.prior.is_null() {
        for name in ["id", "record", "output_payload"] {
            planned.set(name, Value::Unknown);
        }
        return Planned { state: planned, private: private.with_key().encode(), ..Planned::default() };
    }
    keep_equal_handle(&mut planned, &request.prior);
    let mut answer = match planned_change(&request.prior, &planned) {
        Ok(Some(change)) => change,
        Ok(None) => {
            planned.set("input_payload", request.prior.get("input_payload").clone());
            Planned::default()
        }
        Err(diagnostic) => Planned { diagnostics: vec![diagnostic], ..Planned::default() },
    };
    if planned != request.prior {
        planned.set("record", Value::Unknown);
        planned.set("output_payload", Value::Unknown);
    }
    answer.requires_replace.extend([Path::attribute("entity"), Path::attribute("connection")]);
    Planned { state: planned, private: private.encode(), ..answer }
}

/// What a new payload means for the entity: nothing, an update, or a new entity.
fn planned_change(prior: &Value, planned: &Value) -> Result<Option<Planned>, Diagnostic> {
    let (Some(name), false) = (planned.get("entity").as_str(), planned.get("input_payload").is_unknown()) else {
        return Ok(Some(Planned::default()));
    };
    if planned.get("entity") != prior.get("entity") {
        return Ok(Some(Planned::default()));
    }
    let entity = find(name)?;
    let change = change_of(entity, prior, planned)?;
    if change.params.is_empty() {
        return Ok(None);
    }
    let update = entity.operation(OperationKind::Update);
    let can = |param: &str| update.is_some_and(|update| update.param(param).is_some());
    let must_replace = change.params.keys().any(|param| !can(param) && !change.removed.contains(param));
    let requires_replace = if must_replace { vec![Path::attribute("input_payload")] } else { Vec::new() };
    let diagnostics = change.removed.iter().filter(|param| !can(param)).map(|param| stays(entity, param)).collect();
    Ok(Some(Planned { requires_replace, diagnostics, ..Planned::default() }))
}

fn stays(entity: &catalog::Entity, param: &str) -> Diagnostic {
    let detail = format!(
        "`{param}` was removed from the payload, but Stripe has no call that clears it: the {} keeps its value.",
        entity.name
    );
    Diagnostic::warning("Value Stays In Stripe", detail).at_attribute("input_payload")
}

/// The params that bring the entity of `prior` to what `planned` says.
fn change_of(entity: &'static catalog::Entity, prior: &Value, planned: &Value) -> Result<Change, Diagnostic> {
    let params = known_params(entity);
    let after = params_of(planned, &params)?;
    let before = params_of(prior, &params)?;
    let actual = output(prior);
    // An imported entity has no payload yet: what it already is need not be sent.
    if before.is_empty() && connector::fulfilled(&after, &actual) {
        return Ok(Change::default());
    }
    Ok(connector::change(&before, &after))
}

/// Every param that create or update takes.
fn known_params(entity: &catalog::Entity) -> Vec<Param> {
    let mut params: Vec<Param> = Vec::new();
    for kind in [OperationKind::Create, OperationKind::Update] {
        let more = entity.operation(kind).into_iter().flat_map(|operation| &operation.params);
        for param in more {
            if params.iter().all(|known| known.name != param.name) {
                params.push(Param { required: false, ..param.clone() });
            }
        }
    }
    params
}

fn output(state: &Value) -> Json {
    state.get("output_payload").as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Json::Null)
}

/// What a destroy will not do, said before it is asked for.
fn end_warning(prior: &Value) -> Diagnostics {
    let entity = prior.get("entity").as_str().and_then(|name| find(name).ok());
    let stays = entity.and_then(|entity| connector::what_stays(entity, &output(prior)));
    stays.map(|detail| Diagnostic::warning("Entity Stays In Stripe", detail)).into_iter().collect()
}

async fn create(runtime: &Runtime, request: ApplyRequest) -> Outcome {
    let private = Private::decode(&request.private).on(runtime, request.planned.get("connection"), &Value::Null);
    let prepared = find(request.planned.get("entity").as_str().unwrap_or_default())
        .and_then(|entity| Ok((entity, creatable(entity, &request.planned)?)))
        .and_then(|(entity, params)| Ok((entity, params, runtime.connection(private.handle.as_deref())?)));
    let (entity, params, connection) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostic) => return Outcome { diagnostics: vec![diagnostic], ..Outcome::default() },
    };
    let sent = Json::Object(params.clone()).to_string();
    let mark = fingerprint(&["entity", &entity.name, connection.account().unwrap_or_default(), &connection.settings().id, &sent]);
    let connector = Connector::new(&connection);
    let created = runtime
        .once(&mark, private.key.as_deref(), |key| {
            let params = params.clone();
            let connector = connector.clone();
            async move { connector.create(entity, params, &key).await }
        }, |made| connector.clone().get_value(entity, made))
        .await;
    match created {
        Ok((body, diagnostics)) => {
            let stored = Private { handle: private.handle, key: None }.encode();
            Outcome { state: written(request.planned, entity, &body), private: stored, diagnostics }
        }
        Err(error) => Outcome { diagnostics: vec![explain(&error, "input_payload")], ..Outcome::default() },
    }
}

/// The state of an entity as Stripe just answered it.
fn written(mut state: Value, entity: &catalog::Entity, body: &Json) -> Value {
    state.set("id", body.get("id").and_then(Json::as_str).map(str::to_owned).into());
    state.set("record", record(entity, body));
    state.set("output_payload", body.to_string().into());
    state
}

/// The flat map of an entity; what the catalog calls sensitive is left out.
pub(in crate::provider) fn record(entity: &catalog::Entity, body: &Json) -> Value {
    let shown = connector::record(body).into_iter().filter(|(key, _)| !entity.sensitive.contains(key));
    Value::map(shown.map(|(key, value)| (key, Value::from(value))))
}

async fn update(runtime: &Runtime, request: ApplyRequest) -> Outcome {
    let private = Private::decode(&request.private).on(runtime, request.config.get("connection"), request.prior.get("connection"));
    let kept = |diagnostic| Outcome { state: request.prior.clone(), private: request.private.clone(), diagnostics: vec![diagnostic] };
    let prepared = find(request.planned.get("entity").as_str().unwrap_or_default())
        .and_then(|entity| Ok((entity, change_of(entity, &request.prior, &request.planned)?)))
        .and_then(|(entity, change)| Ok((entity, change, runtime.connection(private.handle.as_deref())?)));
    let (entity, change, connection) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostic) => return kept(diagnostic),
    };
    let id = request.prior.get("id").as_str().unwrap_or_default();
    let updatable = |param: &str| entity.operation(OperationKind::Update).is_some_and(|o| o.param(param).is_some());
    let params: Map<String, Json> = change.params.into_iter().filter(|(name, _)| updatable(name)).collect();
    let connector = Connector::new(&connection);
    let answered = if params.is_empty() {
        connector.get(entity, id).await
    } else {
        connector.update(entity, id, params).await
    };
    match answered {
        Ok(body) => Outcome {
            state: written(request.planned, entity, &body),
            private: private.encode(),
            diagnostics: Diagnostics::new(),
        },
        Err(error) => kept(explain(&error, "input_payload")),
    }
}

async fn destroy(runtime: &Runtime, request: ApplyRequest) -> Outcome {
    let private = Private::decode(&request.private).on(runtime, &Value::Null, request.prior.get("connection"));
    let kept = |diagnostic| Outcome { state: request.prior.clone(), private: request.private.clone(), diagnostics: vec![diagnostic] };
    let prepared = find(request.prior.get("entity").as_str().unwrap_or_default())
        .and_then(|entity| Ok((entity, runtime.connection(private.handle.as_deref())?)));
    let (entity, connection) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostic) => return kept(diagnostic),
    };
    let id = request.prior.get("id").as_str().unwrap_or_default();
    match Connector::new(&connection).delete(entity, id).await {
        Ok(Removed::Deleted | Removed::Called | Removed::AlreadyGone) => Outcome::default(),
        Ok(Removed::Archived(why) | Removed::Kept(why)) => {
            Outcome { diagnostics: vec![Diagnostic::warning("Entity Stays In Stripe", why)], ..Outcome::default() }
        }
        Err(error) => kept(explain(&error, "id")),
    }
}

async fn read(runtime: &Runtime, state: Value, private: Vec<u8>) -> Outcome {
    let private = Private::decode(&private).on(runtime, &Value::Null, state.get("connection"));
    let failed = |diagnostic| Outcome { state: state.clone(), private: private.encode(), diagnostics: vec![diagnostic] };
    let prepared = find(state.get("entity").as_str().unwrap_or_default())
        .and_then(|entity| Ok((entity, runtime.connection(private.handle.as_deref())?)));
    let (entity, connection) = match prepared {
        Ok(prepared) => prepared,
        Err(diagnostic) => return failed(diagnostic),
    };
    let id = state.get("id").as_str().unwrap_or_default();
    match Connector::new(&connection).get(entity, id).await {
        Ok(body) if connector::is_gone(&body) => Outcome::default(),
        Ok(body) => {
            let payload = payload_now(entity, &state, &body);
            let mut now = written(state, entity, &body);
            now.set("input_payload", payload);
            Outcome { state: now, private: private.encode(), diagnostics: Diagnostics::new() }
        }
        Err(error) if error.is_gone() => Outcome::default(),
        Err(error) => failed(explain(&error, "id")),
    }
}

/// The stored payload, with what drifted in Stripe as Stripe has it now.
fn payload_now(entity: &catalog::Entity, state: &Value, body: &Json) -> Value {
    let (then, stored) = (output(state), state.get("input_payload"));
    let Ok(params) = params_of(state, &known_params(entity)) else { return stored.clone() };
    match connector::drifted(&params, &then, body) {
        Some(drifted) if !then.is_null() => Json::Object(drifted).to_string().into(),
        _ if stored.is_null() => "{}".into(),
        _ => stored.clone(),
    }
}

fn import(id: &str) -> Outcome {
    let Some((name, entity_id)) = id.split_once('/').filter(|(_, id)| !id.is_empty()) else {
        let detail = format!("{id:?} must be `ENTITY/ID`, such as `Customer/cus_123`.");
        return Outcome { diagnostics: vec![Diagnostic::error("Invalid Import Id", detail)], ..Outcome::default() };
    };
    match find(name) {
        Ok(entity) => {
            let state = Value::map([("entity", Value::from(entity.name.as_str())), ("id", Value::from(entity_id))]);
            Outcome { state, ..Outcome::default() }
        }
        Err(diagnostic) => Outcome { diagnostics: vec![diagnostic], ..Outcome::default() },
    }
}

// The catalog is linked in, so looking an entity up costs no I/O.
const _: fn() -> &'static catalog::Catalog = catalog;
