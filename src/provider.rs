//! The Terraform surface: the provider block, its resources and data sources, and who
//! serves which type name. Everything here speaks [`Value`]s; the wire is `protocol`'s.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use futures_util::future::BoxFuture;

use crate::diagnostic::{Diagnostic, Diagnostics, has_errors};
use crate::env::Env;
use crate::provider::runtime::Runtime;
use crate::schema::Schema;
use crate::value::{Path, Value};

mod block;
mod connection_schema;
mod data_sources;
mod explain;
mod journal;
mod resources;
mod runtime;

/// Every schema the provider has, by type name.
#[derive(Debug, Clone)]
pub struct Schemas {
    /// The provider block.
    pub provider: Schema,
    /// Managed resources.
    pub resources: BTreeMap<&'static str, Schema>,
    /// Data sources.
    pub data_sources: BTreeMap<&'static str, Schema>,
}

/// What a plan starts from. `prior` is null for a create, `proposed` and `config` for a destroy.
#[derive(Debug, Clone, Default)]
pub struct PlanRequest {
    /// The state as last read.
    pub prior: Value,
    /// The config merged with the prior state's computed values.
    pub proposed: Value,
    /// The configuration.
    pub config: Value,
    /// What the provider stored beside the state.
    pub private: Vec<u8>,
}

/// What a plan came to.
#[derive(Debug, Clone, Default)]
pub struct Planned {
    /// The planned state; null for a destroy.
    pub state: Value,
    /// Changes at these paths need a new object.
    pub requires_replace: Vec<Path>,
    /// Handed to the apply.
    pub private: Vec<u8>,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

/// What an apply starts from. `planned` is null for a destroy.
#[derive(Debug, Clone, Default)]
pub struct ApplyRequest {
    /// The state before.
    pub prior: Value,
    /// The state as planned.
    pub planned: Value,
    /// The configuration; null for a destroy.
    pub config: Value,
    /// What the plan handed over.
    pub private: Vec<u8>,
}

/// A state as an apply, a read or an import left it, whatever else went wrong.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The new state; null when the object is gone or was never made.
    pub state: Value,
    /// What to store beside the state.
    pub private: Vec<u8>,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

/// One managed resource type.
trait Resource: Send + Sync {
    fn schema(&self) -> Schema;

    /// Everything that is wrong with a config before anything is sent.
    fn validate(&self, config: &Value) -> Diagnostics;

    fn plan<'a>(&'a self, runtime: &'a Runtime, request: PlanRequest) -> BoxFuture<'a, Planned>;

    fn apply<'a>(&'a self, runtime: &'a Runtime, request: ApplyRequest) -> BoxFuture<'a, Outcome>;

    fn read<'a>(&'a self, runtime: &'a Runtime, state: Value, private: Vec<u8>) -> BoxFuture<'a, Outcome>;

    fn import<'a>(&'a self, runtime: &'a Runtime, id: &'a str) -> BoxFuture<'a, Outcome>;

    /// Terraform showed us a stored object: whatever was in flight for it has arrived.
    fn seen(&self, _runtime: &Runtime, _state: &Value) {}
}

/// One data source type.
trait DataSource: Send + Sync {
    fn schema(&self) -> Schema;

    /// Everything that is wrong with a config before anything is sent.
    fn validate(&self, config: &Value) -> Diagnostics;

    fn read<'a>(&'a self, runtime: &'a Runtime, config: Value) -> BoxFuture<'a, (Value, Diagnostics)>;
}

/// Who serves which resource type.
const RESOURCES: [(&str, &dyn Resource); 3] = [
    ("stripe_action", &resources::Action),
    ("stripe_connection", &resources::Connection),
    ("stripe_entity", &resources::Entity),
];

/// Who serves which data source type.
const DATA_SOURCES: [(&str, &dyn DataSource); 4] = [
    ("stripe_actions", &data_sources::Actions),
    ("stripe_entities", &data_sources::Entities),
    ("stripe_entity", &data_sources::Entity),
    ("stripe_entity_types", &data_sources::EntityTypes),
];

/// The provider: one per plugin process, configured once per walk (several times when a
/// debugger holds the process, in which case the last configuration holds).
#[derive(Debug)]
pub struct Provider {
    env: Env,
    runtime: RwLock<Arc<Runtime>>,
}

impl Provider {
    /// A provider that reads this environment.
    pub fn new(env: Env) -> Self {
        let runtime = Arc::new(Runtime::new(&Value::Null, env.clone()));
        Self { env, runtime: RwLock::new(runtime) }
    }

    /// Every schema, built once.
    pub fn schemas(&self) -> &'static Schemas {
        static SCHEMAS: OnceLock<Schemas> = OnceLock::new();
        SCHEMAS.get_or_init(|| Schemas {
            provider: block::schema(),
            resources: RESOURCES.iter().map(|(name, resource)| (*name, resource.schema())).collect(),
            data_sources: DATA_SOURCES.iter().map(|(name, source)| (*name, source.schema())).collect(),
        })
    }

    /// Everything that is wrong with a provider block.
    pub fn validate_provider(&self, config: &Value) -> Diagnostics {
        block::validate(&self.schemas().provider.block, config)
    }

    /// Takes a configuration over, and warns of what an earlier run may have left. Makes no
    /// call and needs no key.
    #[expect(clippy::unused_async, reason = "a configuration may have to ask somebody one day")]
    pub async fn configure(&self, config: Value, _terraform_version: &str) -> Diagnostics {
        let mut found = self.validate_provider(&config);
        if !has_errors(&found) {
            let runtime = Runtime::new(&config, self.env.clone());
            found.extend(runtime.unanswered());
            found.extend(runtime.connection(None).ok().and_then(|it| connection_schema::log_problem(&it)));
            *self.runtime.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(runtime);
        }
        found
    }

    /// Everything that is wrong with a resource's config before anything is sent.
    pub fn validate_resource(&self, type_name: &str, config: &Value) -> Diagnostics {
        resource(type_name).map_or_else(|unknown| vec![unknown], |resource| resource.validate(config))
    }

    /// Everything that is wrong with a data source's config before anything is sent.
    pub fn validate_data_source(&self, type_name: &str, config: &Value) -> Diagnostics {
        data_source(type_name).map_or_else(|unknown| vec![unknown], |source| source.validate(config))
    }

    /// Brings a stored state to the current schema version. There is only one so far.
    pub fn upgrade(&self, type_name: &str, _version: i64, state: Value) -> (Value, Diagnostics) {
        match resource(type_name) {
            Ok(resource) => {
                resource.seen(&self.runtime(), &state);
                (state, Diagnostics::new())
            }
            Err(unknown) => (state, vec![unknown]),
        }
    }

    /// The object as it is now; a null state when it is gone.
    pub async fn read(&self, type_name: &str, state: Value, private: Vec<u8>) -> Outcome {
        match resource(type_name) {
            Ok(_) if state.is_null() => Outcome::default(),
            Ok(resource) => {
                let runtime = self.runtime();
                resource.seen(&runtime, &state);
                resource.read(&runtime, state, private).await
            }
            Err(unknown) => Outcome { state, private, diagnostics: vec![unknown] },
        }
    }

    /// What an apply would come to.
    pub async fn plan(&self, type_name: &str, request: PlanRequest) -> Planned {
        match resource(type_name) {
            Ok(resource) => resource.plan(&self.runtime(), request).await,
            Err(unknown) => Planned { diagnostics: vec![unknown], ..Planned::default() },
        }
    }

    /// Creates, updates or destroys. The state says what was reached, also beside errors.
    pub async fn apply(&self, type_name: &str, request: ApplyRequest) -> Outcome {
        match resource(type_name) {
            Ok(resource) => {
                let runtime = self.runtime();
                resource.seen(&runtime, &request.prior);
                resource.apply(&runtime, request).await
            }
            Err(unknown) => {
                Outcome { state: request.prior, private: request.private, diagnostics: vec![unknown] }
            }
        }
    }

    /// The id-like attributes of an existing object; a read follows.
    pub async fn import(&self, type_name: &str, id: &str) -> Outcome {
        match resource(type_name) {
            Ok(resource) => resource.import(&self.runtime(), id).await,
            Err(unknown) => Outcome { diagnostics: vec![unknown], ..Outcome::default() },
        }
    }

    /// Reads a data source.
    pub async fn read_data_source(&self, type_name: &str, config: Value) -> (Value, Diagnostics) {
        match data_source(type_name) {
            Ok(source) => source.read(&self.runtime(), config).await,
            Err(unknown) => (Value::Null, vec![unknown]),
        }
    }

    /// Ends waiting early: calls in flight return what they have reached.
    pub fn stop(&self) {
        self.runtime().stop();
    }

    fn runtime(&self) -> Arc<Runtime> {
        Arc::clone(&self.runtime.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn resource(type_name: &str) -> Result<&'static dyn Resource, Diagnostic> {
    let found = RESOURCES.iter().find(|(name, _)| *name == type_name);
    found.map(|(_, resource)| *resource).ok_or_else(|| unknown_type("resource", type_name))
}

fn data_source(type_name: &str) -> Result<&'static dyn DataSource, Diagnostic> {
    let found = DATA_SOURCES.iter().find(|(name, _)| *name == type_name);
    found.map(|(_, source)| *source).ok_or_else(|| unknown_type("data source", type_name))
}

fn unknown_type(family: &str, type_name: &str) -> Diagnostic {
    Diagnostic::error("Unknown Type", format!("This provider has no {family} {type_name}."))
}
