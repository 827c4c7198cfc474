//! The trait of managed resource types.

use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};

use crate::provider::object::MovedObject;
use crate::provider::runtime::Runtime;
use crate::provider::secret_payload::Hidden;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::{
    ApplyRequest, ListRequest, Listed, PlanRequest, PlanResponse, StateResponse,
};
use crate::terraform::schema::{IdentitySchema, Schema};
use crate::terraform::value::Value;

/// One managed resource type.
pub(super) trait Resource: Send + Sync {
    fn schema(&self) -> Schema;

    /// Returns the secrets in a configuration or a state, which no message or log may repeat.
    fn secrets(&self, config: &Value) -> Hidden;

    /// Returns the faults of a config that satisfies the schema, before anything is sent.
    fn validate(&self, config: &Value) -> Diagnostics;

    fn plan<'a>(&'a self, runtime: &'a Runtime, request: PlanRequest) -> BoxFuture<'a, PlanResponse>;

    fn apply<'a>(&'a self, runtime: &'a Runtime, request: ApplyRequest) -> BoxFuture<'a, StateResponse>;

    fn read<'a>(
        &'a self,
        runtime: &'a Runtime,
        state: Value,
        private: Vec<u8>,
    ) -> BoxFuture<'a, StateResponse>;

    fn import<'a>(&'a self, runtime: &'a Runtime, id: &'a str) -> BoxFuture<'a, StateResponse>;

    /// The attributes of an object's identity; None if its objects have no identity.
    fn identity_schema(&self) -> Option<IdentitySchema> {
        None
    }

    /// The identity of an object; null while it is unknown.
    fn identity(&self, _state: &Value, _private: &[u8]) -> Value {
        Value::Null
    }

    /// Returns the state for an identity, as an import does.
    fn import_by_identity(&self, _identity: &Value) -> StateResponse {
        StateResponse::default()
    }

    /// The arguments that select the objects of a list; None if objects cannot be listed.
    fn list_schema(&self) -> Option<Schema> {
        None
    }

    /// Returns the faults of the arguments that select the objects of a list.
    fn validate_list(&self, _config: &Value) -> Diagnostics {
        Diagnostics::new()
    }

    /// The objects of a list.
    fn list(&'static self, _runtime: Arc<Runtime>, _request: ListRequest) -> BoxStream<'static, Listed> {
        stream::empty().boxed()
    }

    /// Gives an object of this type away to another type; None if that is impossible.
    fn move_out(&self, _state: &Value, _private: &[u8]) -> Result<Option<MovedObject>, Diagnostic> {
        Ok(None)
    }

    /// Takes over the state of an object that had another type; None if this type cannot keep it.
    fn move_in(&self, _moved: MovedObject) -> Option<StateResponse> {
        None
    }

    /// Notes that Terraform holds this object, so its pending create can leave the journal.
    fn seen(&self, _runtime: &Runtime, _state: &Value) {}
}
