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

    /// The secrets in a configuration or a state: no message and no log repeats them.
    fn secrets(&self, config: &Value) -> Hidden;

    /// What is wrong with a config that keeps the rules of the schema, before anything is sent.
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

    /// The attributes of an object's identity; none if objects have no identity.
    fn identity_schema(&self) -> Option<IdentitySchema> {
        None
    }

    /// The identity of an object; null while it is not known.
    fn identity(&self, _state: &Value, _private: &[u8]) -> Value {
        Value::Null
    }

    /// The state of the object of an identity, in the way of an import.
    fn import_by_identity(&self, _identity: &Value) -> StateResponse {
        StateResponse::default()
    }

    /// The arguments that select the objects of a list; none if objects cannot be listed.
    fn list_schema(&self) -> Option<Schema> {
        None
    }

    /// Faults of the arguments that select the objects of a list.
    fn validate_list(&self, _config: &Value) -> Diagnostics {
        Diagnostics::new()
    }

    /// The objects of a list.
    fn list(&'static self, _runtime: Arc<Runtime>, _request: ListRequest) -> BoxStream<'static, Listed> {
        stream::empty().boxed()
    }

    /// An object of this type as one that becomes an object of another type; none where none can.
    fn move_out(&self, _state: &Value, _private: &[u8]) -> Result<Option<MovedObject>, Diagnostic> {
        Ok(None)
    }

    /// The state of an object that was of another type so far; none where it is nothing that this type keeps.
    fn move_in(&self, _moved: MovedObject) -> Option<StateResponse> {
        None
    }

    /// Terraform holds this object, so its pending create can leave the journal.
    fn seen(&self, _runtime: &Runtime, _state: &Value) {}
}
