//! What the service serves: a provider that speaks values.

use std::fmt::Debug;

use crate::diagnostic::Diagnostics;
use crate::provider::{ApplyRequest, Outcome, PlanRequest, Planned, Provider, Schemas};
use crate::value::Value;

/// A provider in values. Its methods mirror the RPCs, after decoding and before encoding;
/// a type name is always one of [`Served::schemas`].
#[tonic::async_trait]
pub trait Served: Debug + Send + Sync + 'static {
    /// Every schema, the same ones at every call.
    fn schemas(&self) -> &'static Schemas;
    /// Checks the provider block; runs before it is configured.
    fn validate_provider(&self, config: &Value) -> Diagnostics;
    /// Takes the provider block. It may hold unknown values, and may come more than once.
    async fn configure(&self, config: Value, terraform_version: &str) -> Diagnostics;
    /// Checks a resource's configuration; values in it may be unknown.
    fn validate_resource(&self, type_name: &str, config: &Value) -> Diagnostics;
    /// Checks a data source's configuration; values in it may be unknown.
    fn validate_data_source(&self, type_name: &str, config: &Value) -> Diagnostics;
    /// Rewrites a stored state of any schema version to the current one.
    fn upgrade(&self, type_name: &str, version: i64, state: Value) -> (Value, Diagnostics);
    /// The object as it is now; a null state when it is gone.
    async fn read(&self, type_name: &str, state: Value, private: Vec<u8>) -> Outcome;
    /// What an apply would come to.
    async fn plan(&self, type_name: &str, request: PlanRequest) -> Planned;
    /// Creates, updates or deletes, as planned.
    async fn apply(&self, type_name: &str, request: ApplyRequest) -> Outcome;
    /// The state of an object that is not managed yet.
    async fn import(&self, type_name: &str, id: &str) -> Outcome;
    /// Reads a data source.
    async fn read_data_source(&self, type_name: &str, config: Value) -> (Value, Diagnostics);
    /// Asks calls in flight to end early with what they have.
    fn stop(&self);
}

#[tonic::async_trait]
impl Served for Provider {
    fn schemas(&self) -> &'static Schemas {
        self.schemas()
    }

    fn validate_provider(&self, config: &Value) -> Diagnostics {
        self.validate_provider(config)
    }

    async fn configure(&self, config: Value, terraform_version: &str) -> Diagnostics {
        self.configure(config, terraform_version).await
    }

    fn validate_resource(&self, type_name: &str, config: &Value) -> Diagnostics {
        self.validate_resource(type_name, config)
    }

    fn validate_data_source(&self, type_name: &str, config: &Value) -> Diagnostics {
        self.validate_data_source(type_name, config)
    }

    fn upgrade(&self, type_name: &str, version: i64, state: Value) -> (Value, Diagnostics) {
        self.upgrade(type_name, version, state)
    }

    async fn read(&self, type_name: &str, state: Value, private: Vec<u8>) -> Outcome {
        self.read(type_name, state, private).await
    }

    async fn plan(&self, type_name: &str, request: PlanRequest) -> Planned {
        self.plan(type_name, request).await
    }

    async fn apply(&self, type_name: &str, request: ApplyRequest) -> Outcome {
        self.apply(type_name, request).await
    }

    async fn import(&self, type_name: &str, id: &str) -> Outcome {
        self.import(type_name, id).await
    }

    async fn read_data_source(&self, type_name: &str, config: Value) -> (Value, Diagnostics) {
        self.read_data_source(type_name, config).await
    }

    fn stop(&self) {
        self.stop();
    }
}
