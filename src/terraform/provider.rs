//! The provider interface: the RPCs of protocol 5 after decoding and before encoding.
//!
//! [`Provider`] is all that a provider has to implement. [`Service`](crate::terraform::protocol::Service)
//! wraps it: it decodes and encodes, checks the rules in the schemas, and keeps write-only values out of
//! plans and states.

use std::fmt::Debug;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};

use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::schema::{IdentitySchema, Schema};
use crate::terraform::value::Value;

mod action;
mod ephemeral;
mod family;
mod list;
mod managed;
mod schemas;

pub use action::Progress;
pub use ephemeral::{Opened, Renewed};
pub use family::Family;
pub use list::{ListRequest, Listed};
pub use managed::{ApplyRequest, MoveRequest, PlanRequest, PlanResponse, StateResponse};
pub use schemas::Schemas;
pub(crate) use schemas::identities_of;

/// A provider in terms of values. Its methods mirror the RPCs.
///
/// Objects that are passed in are complete: they have every attribute and block of their schema, null or
/// empty if nothing is written. Objects that a method returns may leave such members out.
///
/// Calls are concurrent, for different objects. A call reports problems in its diagnostics; a panic reaches
/// the practitioner as a diagnostic too.
#[tonic::async_trait]
pub trait Provider: Debug + Send + Sync + 'static {
    /// The names of the types of a family, such as `toy_box`. This is cheap: no schema is built.
    fn types(&self, family: Family) -> Vec<&str>;
    /// The schema of the provider block. A service builds it at most once.
    fn provider_schema(&self) -> Schema;
    /// The schema of a type, or `None` if the type is not served. A service builds it at most once, when the
    /// type is first used. It must be deterministic. An action's schema has no computed attributes.
    fn schema(&self, family: Family, type_name: &str) -> Option<Schema>;

    /// The schemas as [`encoded_schemas`](crate::terraform::protocol::encoded_schemas) writes them, if they
    /// were encoded in advance, or `None` if they are built on request.
    fn encoded_schemas(&self) -> Option<Bytes> {
        None
    }

    /// Returns a message text as the practitioner may see it. Messages repeat what was written and what the
    /// remote side said, and either may contain a secret.
    fn hide_secrets(text: &str) -> String
    where
        Self: Sized,
    {
        text.to_owned()
    }

    /// Finds what is wrong with a provider block apart from the rules of its schema, which are checked
    /// separately: problems that no single attribute shows. Its values may be unknown and may break the
    /// rules. This runs before the provider is configured.
    fn validate_provider(&self, config: &Value) -> Diagnostics;
    /// Receives a provider block that satisfies the rules of its schema. Its values may be unknown. This is
    /// called once per walk of Terraform, and more often if the process is kept running by a debugger.
    /// `terraform_version` is the version that the client states, such as `1.11.4`.
    async fn configure(&self, config: Value, terraform_version: &str) -> Diagnostics;

    /// Finds what is wrong with a configuration apart from the rules of its schema, which are checked
    /// separately: problems that no single attribute shows. Its values may be unknown and may break the
    /// rules; the provider may not be configured yet.
    fn validate(&self, family: Family, type_name: &str, config: &Value) -> Diagnostics;
    /// Rewrites a state that was stored under schema version `version` to the current version. Attributes
    /// that the schema no longer has are already gone, and those that it has gained are null. This is called
    /// before any other use of a stored object.
    fn upgrade(&self, type_name: &str, version: i64, state: Value) -> (Value, Diagnostics);
    /// Returns the object as it is now, or a null state if it is gone. `private` is replaced by the one in
    /// the answer: an empty answer loses it.
    async fn read(&self, type_name: &str, state: Value, private: Vec<u8>) -> StateResponse;
    /// Returns what an apply would produce. The same request must get the same answer, except for the private
    /// data: Terraform plans again before it applies, and compares.
    async fn plan(&self, type_name: &str, request: PlanRequest) -> PlanResponse;
    /// Creates, updates or deletes, as planned. The answer holds the state that was reached, even if there
    /// are errors: anything left out of it is lost.
    async fn apply(&self, type_name: &str, request: ApplyRequest) -> StateResponse;
    /// Returns the state of an object that is not managed yet, as far as its id determines it; a read
    /// follows.
    async fn import(&self, type_name: &str, id: &str) -> StateResponse;

    /// The schema of the identities of a resource type's objects, or `None` if they have no identity.
    fn identity_schema(&self, _type_name: &str) -> Option<IdentitySchema> {
        None
    }
    /// The identity schemas as
    /// [`encoded_identity_schemas`](crate::terraform::protocol::encoded_identity_schemas) writes them, if
    /// they were encoded in advance.
    fn encoded_identity_schemas(&self) -> Option<Bytes> {
        None
    }
    /// Returns the identity of an object, derived from its state and its private data, or null while it is
    /// unknown. It must not change as long as the object is the same.
    fn identity(&self, _type_name: &str, _state: &Value, _private: &[u8]) -> Value {
        Value::Null
    }
    /// Like [`Self::import`], but finds the object by its identity.
    async fn import_by_identity(&self, type_name: &str, _identity: Value) -> StateResponse {
        crate::terraform::messages::not_supported("identity of", type_name).into()
    }

    /// Whether objects of other resource types can become objects of this provider's types.
    fn can_move(&self) -> bool {
        false
    }
    /// Whether states of another provider can be taken over. The provider is given by its full address:
    /// `registry.terraform.io/hashicorp/toys`.
    fn takes_over(&self, _provider: &str) -> bool {
        false
    }
    /// Converts the object of another resource type to one of `type_name`, without a call that changes
    /// anything. This is called before the provider is configured; a read follows.
    fn move_state(&self, type_name: &str, from: MoveRequest) -> StateResponse {
        crate::terraform::messages::move_not_supported(&from.type_name, &from.provider, type_name).into()
    }

    /// Streams the objects of a list as they are found. The caller drops the stream when it has enough.
    fn list(&self, _type_name: &str, _request: ListRequest) -> BoxStream<'static, Listed> {
        stream::empty().boxed()
    }

    /// Reads a data source: returns its configuration with the computed attributes filled in.
    async fn read_data_source(&self, type_name: &str, config: Value) -> (Value, Diagnostics);

    /// Creates something that lasts for one walk of Terraform, from a fully known configuration. A plan opens
    /// it, and the apply opens it again; the result is stored in no plan and no state.
    async fn open(&self, _type_name: &str, _config: Value) -> Opened {
        Opened::default()
    }
    /// Extends the life of something opened. Called when the provider asked for it; the result returned
    /// earlier stays as it is.
    async fn renew(&self, _type_name: &str, private: Vec<u8>) -> Renewed {
        Renewed { private, ..Renewed::default() }
    }
    /// Closes something opened, once nothing in the walk needs it any more.
    async fn close(&self, _type_name: &str, _private: Vec<u8>) -> Diagnostics {
        Diagnostics::new()
    }

    /// Returns reasons not to run an action that are known beforehand. Must not change anything.
    async fn plan_action(&self, _type_name: &str, _config: Value) -> Diagnostics {
        Diagnostics::new()
    }
    /// Runs an action once, with a fully known configuration that satisfies the rules of the schema. An error
    /// means that the action failed.
    async fn invoke_action(&self, _type_name: &str, _config: Value, _progress: Progress) -> Diagnostics {
        Diagnostics::new()
    }

    /// Asks calls in flight to end early with what they have. Terraform still waits for them.
    fn stop(&self);
}
