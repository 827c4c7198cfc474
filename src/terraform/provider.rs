//! What a provider is: the RPCs of protocol 5 after decoding and before encoding.

use std::collections::BTreeMap;
use std::fmt::Debug;

use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::schema::Schema;
use crate::terraform::value::{Path, Value};

/// A provider in values. Its methods mirror the RPCs; a type name is always one of
/// [`Provider::schemas`].
#[tonic::async_trait]
pub trait Provider: Debug + Send + Sync + 'static {
    /// Every schema, the same ones at every call.
    fn schemas(&self) -> &'static Schemas;
    /// Checks the provider block; runs before it is configured.
    fn validate_provider(&self, config: &Value) -> Diagnostics;
    /// Takes the provider block. It may hold unknown values, and may come more than once.
    async fn configure(&self, config: Value, terraform_version: &str) -> Diagnostics;
    /// Checks a resource's configuration before anything is sent; values in it may be unknown.
    fn validate_resource(&self, type_name: &str, config: &Value) -> Diagnostics;
    /// Checks a data source's configuration before anything is sent; values in it may be unknown.
    fn validate_data_source(&self, type_name: &str, config: &Value) -> Diagnostics;
    /// Rewrites a stored state of any schema version to the current one.
    fn upgrade(&self, type_name: &str, version: i64, state: Value) -> (Value, Diagnostics);
    /// The object as it is now; a null state when it is gone.
    async fn read(&self, type_name: &str, state: Value, private: Vec<u8>) -> StateResponse;
    /// What an apply would come to.
    async fn plan(&self, type_name: &str, request: PlanRequest) -> PlanResponse;
    /// Creates, updates or deletes, as planned. The state says what was reached, also beside errors.
    async fn apply(&self, type_name: &str, request: ApplyRequest) -> StateResponse;
    /// The state of an object that is not managed yet; a read follows.
    async fn import(&self, type_name: &str, id: &str) -> StateResponse;
    /// Reads a data source.
    async fn read_data_source(&self, type_name: &str, config: Value) -> (Value, Diagnostics);
    /// Asks calls in flight to end early with what they have.
    fn stop(&self);
}

/// Every schema a provider has, by type name.
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

/// What an apply would come to.
#[derive(Debug, Clone, Default)]
pub struct PlanResponse {
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
pub struct StateResponse {
    /// The new state; null when the object is gone or was never made.
    pub state: Value,
    /// What to store beside the state.
    pub private: Vec<u8>,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}
