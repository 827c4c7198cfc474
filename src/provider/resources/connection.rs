//! `stripe_connection`: the settings of a connection to one Stripe account, and whether it works.
//!
//! Nothing is created in Stripe: the resource consists of its settings. It adds the handle that other
//! resources use, and the status that a real call returned.

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use crate::connection::{ConnectionState, Error, encode_handle};
use crate::provider::connection_settings::{
    API_KEY, IN_STATE, all_sources, check_combinations, check_key, check_sources, describe_error,
    describe_lasting_error, idle_service_account, log_file_warning, path_of_error, read_settings, secret,
    shared_attributes, shared_blocks,
};
use crate::provider::managed::Resource;
use crate::provider::messages::{settings, stripe};
use crate::provider::object::unchanged;
use crate::provider::runtime::Runtime;
use crate::provider::secret_payload::Hidden;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{ApplyRequest, PlanRequest, PlanResponse, StateResponse};
use crate::terraform::schema::Presence::OptionalComputed;
use crate::terraform::schema::{Attribute, IdentityAttribute, IdentitySchema, NestedBlock, Rule, Schema};
use crate::terraform::value::{Path, Type, Value};

/// The only version of the connector.
const CONNECTOR_VERSION: &str = "1";
/// The computed attributes that a change of settings may alter.
const DERIVED_AT_APPLY: [&str; 3] = ["status", "livemode", "update_time"];

/// The attributes that identify a connection.
const IDENTITY: [&str; 2] = ["location", "name"];

/// The managed resource `stripe_connection`.
#[derive(Debug)]
pub(in crate::provider) struct ConnectionResource;

impl Resource for ConnectionResource {
    fn schema(&self) -> Schema {
        let mut attributes = own_attributes();
        attributes.extend(shared_attributes(IN_STATE));
        attributes.extend(computed_attributes());
        let mut blocks = shared_blocks();
        blocks.push(NestedBlock::single(
            "lock_config",
            "Protects the connection against changes and destroy.",
            vec![
                Attribute::required("locked", Type::Bool, "Whether it is locked."),
                Attribute::optional(
                    "reason",
                    Type::String,
                    "The reason for the lock; required if it is locked.",
                ),
            ],
        ));
        blocks.push(NestedBlock::single(
            "auth_config",
            "Where the Stripe key comes from; without it the provider's key is used.",
            secret(API_KEY, "Stripe's key", IN_STATE),
        ));
        let description = "A connection to one Stripe account: key, account, proxy, nodes, logging. Pass its `handle` to entities and actions.";
        Schema::new(description, attributes).with_blocks(blocks)
    }

    /// Returns nothing: every text of the program omits keys and passwords anyway ([`crate::secret`]).
    fn secrets(&self, _config: &Value) -> Hidden {
        Hidden::default()
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        let mut found = check_combinations(config);
        found.extend(check_auth(config));
        found.extend(check_lock(config));
        found.extend(idle_service_account(config));
        found
    }

    fn plan<'a>(&'a self, runtime: &'a Runtime, request: PlanRequest) -> BoxFuture<'a, PlanResponse> {
        Box::pin(async move { plan(runtime, request) })
    }

    fn apply<'a>(&'a self, runtime: &'a Runtime, request: ApplyRequest) -> BoxFuture<'a, StateResponse> {
        Box::pin(apply(runtime, request))
    }

    fn read<'a>(
        &'a self,
        runtime: &'a Runtime,
        state: Value,
        private: Vec<u8>,
    ) -> BoxFuture<'a, StateResponse> {
        Box::pin(read(runtime, state, private))
    }

    fn import<'a>(&'a self, _runtime: &'a Runtime, id: &'a str) -> BoxFuture<'a, StateResponse> {
        Box::pin(async move { import(id) })
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        let [location, name] = IDENTITY;
        let attributes = vec![
            IdentityAttribute::required(location, "The location of the connection."),
            IdentityAttribute::required(name, "The name of the connection."),
        ];
        Some(IdentitySchema { version: 0, attributes })
    }

    fn identity(&self, state: &Value, _private: &[u8]) -> Value {
        Value::map(IDENTITY.map(|name| (name, state.get(name).clone())))
    }

    fn import_by_identity(&self, identity: &Value) -> StateResponse {
        import(&id_of(identity).unwrap_or_default())
    }
}

fn own_attributes() -> Vec<Attribute> {
    vec![
        Attribute::required("name", Type::String, "Name: lower-case letters, digits and hyphens, at most 49, beginning with a letter. A change creates a new connection.")
            .rule(Rule::Text(name)),
        Attribute::required("location", Type::String, "Location, such as `us-central1`; part of the id. A change creates a new connection.")
            .rule(Rule::Text(location)),
        Attribute::optional("description", Type::String, "What the connection is for."),
        Attribute::optional("labels", Type::map(Type::String), "Arbitrary labels."),
        Attribute::optional("suspended", Type::Bool, "Refuses every call through the connection. Default `false`."),
        Attribute::new("connector_version", Type::String, OptionalComputed, "Version of the connector; only `1` exists.")
            .rule(Rule::one_of([CONNECTOR_VERSION])),
    ]
}

fn computed_attributes() -> Vec<Attribute> {
    let status = Type::object([("state", Type::String), ("description", Type::String)]);
    vec![
        Attribute::computed("id", Type::String, "`locations/LOCATION/connections/NAME`."),
        Attribute::computed("handle", Type::String, "Text to pass as `connection_handle` to entities, actions and data sources. It contains the reference to the key, and the key itself only if it is set inline.").sensitive(),
        Attribute::computed("status", status, "Outcome of a real call to Stripe: `state` is `ACTIVE`, `ERROR`, `AUTH_ERROR` or `SUSPENDED`, `description` says why."),
        Attribute::computed("livemode", Type::Bool, "Whether the key is a live key; null if it cannot be read."),
        Attribute::computed("connection_revision", Type::Number, "Number of the last change, counted from 1."),
        Attribute::computed("create_time", Type::String, "Time of the creation, RFC 3339."),
        Attribute::computed("update_time", Type::String, "Time of the last change, RFC 3339."),
        Attribute::computed("min_transactions_per_second", Type::Number, "Transactions a second with the minimum number of nodes."),
        Attribute::computed("max_transactions_per_second", Type::Number, "Transactions a second with the maximum number of nodes; Stripe's own limit may be lower."),
    ]
}

fn plan(runtime: &Runtime, request: PlanRequest) -> PlanResponse {
    if let Some(refused) = refused_by_lock(&request.prior, &request.config) {
        let PlanRequest { prior, private, .. } = request;
        return PlanResponse { state: prior, private, diagnostics: vec![refused], ..PlanResponse::default() };
    }
    if request.config.is_null() {
        return PlanResponse { private: request.private, ..PlanResponse::default() };
    }
    let mut planned = request.proposed;
    fill_in_version(&mut planned, request.config.get("connector_version"));
    derive_from_settings(&mut planned);
    if request.prior.is_null() {
        planned.set("connection_revision", Value::from(1));
        planned.set("create_time", Value::Unknown);
        planned.set_unknown(&DERIVED_AT_APPLY);
    } else if planned != request.prior {
        let revision = request.prior.get("connection_revision").as_i64().unwrap_or(0);
        planned.set("connection_revision", Value::from(revision.saturating_add(1)));
        planned.set_unknown(&DERIVED_AT_APPLY);
    }
    match planned.get("handle").as_str() {
        Some(handle) => runtime.note_handle(handle),
        None => runtime.unknown_handles.note(id_of(&planned)),
    }
    let requires_replace = ["name", "location"].map(Path::attribute).to_vec();
    PlanResponse { state: planned, requires_replace, private: request.private, ..PlanResponse::default() }
}

/// Sets the version of the connector if none is written. An unknown version counts as written.
fn fill_in_version(state: &mut Value, written: &Value) {
    if written.is_null() {
        state.set("connector_version", CONNECTOR_VERSION.into());
    }
}

/// Sets the computed attributes that depend only on the settings; they are unknown while the settings are.
fn derive_from_settings(planned: &mut Value) {
    let id = id_of(planned);
    planned.set("id", id.clone().map_or(Value::Unknown, Value::from));
    let settings = id.and_then(|id| read_settings(&settings_part(planned), id));
    let Some(settings) = settings else {
        let derived = ["handle", "min_transactions_per_second", "max_transactions_per_second"];
        return planned.set_unknown(&derived);
    };
    let rate = |rate: usize| Value::from(i64::try_from(rate).unwrap_or(i64::MAX));
    planned.set("handle", encode_handle(&settings).into());
    planned.set("min_transactions_per_second", rate(settings.nodes.min_rate()));
    planned.set("max_transactions_per_second", rate(settings.nodes.max_rate()));
}

/// Returns the attributes and blocks from which the settings are read.
fn settings_part(state: &Value) -> Value {
    let computed = computed_attributes();
    let is_computed = |name: &str| computed.iter().any(|attribute| attribute.name == name);
    // None of these affects a call, so none may make the handle unknown.
    let passive = ["name", "location", "description", "labels", "connector_version"];
    let kept = state.as_map().into_iter().flatten();
    Value::map(
        kept.filter(|(name, _)| !is_computed(name) && !passive.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone())),
    )
}

fn id_of(state: &Value) -> Option<String> {
    let (location, name) = (state.get("location").as_str()?, state.get("name").as_str()?);
    Some(format!("locations/{location}/connections/{name}"))
}

async fn apply(runtime: &Runtime, request: ApplyRequest) -> StateResponse {
    if request.planned.is_null() {
        // A requested replacement, and the replacement of a tainted connection, are planned as a create.
        return match refused_by_lock(&request.prior, &Value::Null) {
            None => StateResponse::default(),
            Some(locked) => unchanged(request, vec![locked]),
        };
    }
    let mut state = request.planned;
    fill_in_version(&mut state, request.config.get("connector_version"));
    derive_from_settings(&mut state);
    let now = now();
    if state.get("create_time").is_unknown() {
        state.set("create_time", now.clone().into());
    }
    state.set("update_time", now.into());
    let diagnostics = update_status(runtime, &mut state).await;
    StateResponse { state, private: request.private, diagnostics }
}

async fn read(runtime: &Runtime, mut state: Value, private: Vec<u8>) -> StateResponse {
    let imported = state.get("create_time").is_null();
    let version = state.get("connector_version").clone();
    fill_in_version(&mut state, &version);
    derive_from_settings(&mut state);
    if imported {
        state.set("connection_revision", Value::from(1));
        let now = now();
        state.set("create_time", now.clone().into());
        state.set("update_time", now.into());
    }
    let diagnostics = update_status(runtime, &mut state).await;
    StateResponse { state, private, diagnostics }
}

/// The current time in RFC 3339, in whole seconds.
fn now() -> String {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}

/// Checks the connection and sets its status. If it does not work, that is a warning, never an error: a
/// plan must be possible while Stripe is unreachable.
async fn update_status(runtime: &Runtime, state: &mut Value) -> Diagnostics {
    let handle = state.get("handle").as_str().unwrap_or_default().to_owned();
    runtime.note_handle(&handle);
    // While the destination of its calls is unknown, the status stays as it is.
    let Ok(connector) = runtime.known_connector(Some(&handle)) else { return Diagnostics::new() };
    let connection = connector.connection();
    let error = connection.check().await.err();
    let status = error.as_ref().map_or(ConnectionState::Active, ConnectionState::from);
    let error = error.filter(|_| status != ConnectionState::Active);
    let description = error.as_ref().map(describe_lasting_error).unwrap_or_default();
    state.set("livemode", connection.livemode().await.into());
    state.set(
        "status",
        Value::map([("state", status.to_string().into()), ("description", Value::from(description))]),
    );
    let unusable = error.filter(|_| status != ConnectionState::Suspended);
    let unusable = unusable.map(|error| unusable_warning(&connection.settings().id, &error));
    log_file_warning(connection).into_iter().chain(unusable).collect()
}

fn unusable_warning(id: &str, error: &Error) -> Diagnostic {
    let cause = describe_error(error);
    stripe::connection_does_not_work(id, &cause).at(path_of_error(error))
}

fn import(id: &str) -> StateResponse {
    match parse_id(id) {
        Ok((at, called)) => {
            let state = [("location", Value::from(at)), ("name", called.into()), ("id", id.into())];
            StateResponse { state: Value::map(state), ..StateResponse::default() }
        }
        Err(why) => {
            let diagnostics = vec![settings::not_a_connection_id(&format!("{id:?}"), &why)];
            StateResponse { diagnostics, ..StateResponse::default() }
        }
    }
}

/// Splits an id into the location and the name.
fn parse_id(id: &str) -> Result<(&str, &str), String> {
    let parts: Vec<&str> = id.split('/').collect();
    let ["locations", at, "connections", called] = parts.as_slice() else {
        return Err("it must be `locations/LOCATION/connections/NAME`".to_owned());
    };
    location(at).and_then(|()| name(called)).map_err(|why| format!("a part of it {why}"))?;
    Ok((at, called))
}

/// Reports an error for a change to a locked connection. A change of the lock alone is allowed; if another
/// change could remove the lock along with it, the lock would protect nothing.
fn refused_by_lock(prior: &Value, config: &Value) -> Option<Diagnostic> {
    let lock = prior.get("lock_config").items().first()?;
    let locked = lock.get("locked").as_bool() == Some(true);
    if !locked || (!config.is_null() && !differs(prior, config)) {
        return None;
    }
    let reason = lock.get("reason").as_str().unwrap_or("none given");
    let connection = prior.get("id").as_str().unwrap_or("The connection");
    Some(settings::connection_locked(connection, reason).at_attribute("lock_config"))
}

/// Returns whether the config differs from the prior state in anything but the lock.
fn differs(prior: &Value, config: &Value) -> bool {
    let computed = computed_attributes();
    let is_computed = |name: &str| computed.iter().any(|attribute| attribute.name == name);
    config.as_map().into_iter().flatten().any(|(name, value)| {
        let kept = name == "lock_config" || (name == "connector_version" && value.is_null());
        !kept && !is_computed(name) && prior.get(name) != value
    })
}

fn check_auth(config: &Value) -> Diagnostics {
    let Some(auth) = config.get("auth_config").items().first() else { return Diagnostics::new() };
    let at = Path::attribute("auth_config").index(0);
    if auth.as_map().is_some_and(|sources| sources.values().all(Value::is_null)) {
        return vec![settings::no_secret_source(&all_sources(API_KEY)).at(at)];
    }
    check_sources(auth, API_KEY, &at).into_iter().chain(check_key(auth)).collect()
}

fn check_lock(config: &Value) -> Option<Diagnostic> {
    let lock = config.get("lock_config").items().first()?;
    let reason = lock.get("reason");
    let silent = reason.is_null() || reason.as_str().is_some_and(str::is_empty);
    (lock.get("locked").as_bool() == Some(true) && silent)
        .then(|| settings::no_lock_reason().at(Path::attribute("lock_config").index(0).name("reason")))
}

fn name(text: &str) -> Result<(), String> {
    let ends_well = text.bytes().last().is_some_and(|byte| byte != b'-');
    let starts_well = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    let good = starts_well && ends_well && text.len() <= 49 && text.bytes().all(is_label_byte);
    good.then_some(()).ok_or_else(|| {
        format!("must be 1 to 49 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen, not {text:?}")
    })
}

fn location(text: &str) -> Result<(), String> {
    let good = !text.is_empty() && text.len() <= 63 && text.bytes().all(is_label_byte);
    good.then_some(()).ok_or_else(|| format!("must be a location such as \"us-central1\", not {text:?}"))
}

const fn is_label_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}
