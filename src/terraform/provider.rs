//! What a provider is: the RPCs of protocol 5 after decoding and before encoding.
//!
//! [`Provider`] is all that has to be written for a provider. Around it,
//! [`Service`](crate::terraform::protocol::Service) decodes and encodes, checks the rules
//! that schemas carry, and keeps write-only values out of plans and states.

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

/// A provider in values. Its methods mirror the RPCs.
///
/// Objects are whole: they have every attribute and block of their schema, null or empty
/// where nothing is written. What a method answers may leave such members out.
///
/// Calls come concurrently, for different objects. A call that finds something wrong says
/// so in its diagnostics; a panic reaches the practitioner as a diagnostic too.
#[tonic::async_trait]
pub trait Provider: Debug + Send + Sync + 'static {
    /// The names of the types of a family, such as `toy_box`. Costs little: no schema is built.
    fn types(&self, family: Family) -> Vec<&str>;
    /// The schema of the provider block. A service builds it once at most.
    fn provider_schema(&self) -> Schema;
    /// The schema of a type; none for one that is not served. A service builds it once at most, when the
    /// type is first used. Must be deterministic. An action's schema has no computed attributes.
    fn schema(&self, family: Family, type_name: &str) -> Option<Schema>;

    /// The schemas as [`encoded_schemas`](crate::terraform::protocol::encoded_schemas) writes them, where
    /// they were encoded in advance; none where they are made when they are asked for.
    fn encoded_schemas(&self) -> Option<Bytes> {
        None
    }

    /// A text of a message as the practitioner may see it. Messages repeat what was written and what the
    /// remote side said, and either may hold a secret.
    fn hide_secrets(text: &str) -> String
    where
        Self: Sized,
    {
        text.to_owned()
    }

    /// What is wrong with a provider block beside the rules of its schema, which are checked apart:
    /// what no single attribute shows. Values in it may be unknown, and may break the rules. Runs
    /// before it is configured.
    fn validate_provider(&self, config: &Value) -> Diagnostics;
    /// Takes a provider block that keeps the rules of its schema. Values in it may be unknown.
    /// It comes once per walk of Terraform, and more often where a debugger holds the process.
    /// `terraform_version` is what the client calls itself, such as `1.11.4`.
    async fn configure(&self, config: Value, terraform_version: &str) -> Diagnostics;

    /// What is wrong with a configuration beside the rules of its schema, which are checked apart: what no
    /// single attribute shows. Values in it may be unknown, and may break the rules; the provider may not be
    /// configured yet.
    fn validate(&self, family: Family, type_name: &str, config: &Value) -> Diagnostics;
    /// Rewrites a state that was stored under schema version `version` to the current one.
    /// Attributes that the schema no longer has are gone from it already, and those it has
    /// gained are null. Comes before every other use of a stored object.
    fn upgrade(&self, type_name: &str, version: i64, state: Value) -> (Value, Diagnostics);
    /// The object as it is now; a null state when it is gone. `private` comes back as it is
    /// answered: an empty answer loses it.
    async fn read(&self, type_name: &str, state: Value, private: Vec<u8>) -> StateResponse;
    /// What an apply would come to. The same request must get the same answer, but for the
    /// private data: Terraform asks again before it applies, and compares.
    async fn plan(&self, type_name: &str, request: PlanRequest) -> PlanResponse;
    /// Creates, updates or deletes, as planned. The answer holds the state that was reached,
    /// also beside errors: what it leaves out is lost.
    async fn apply(&self, type_name: &str, request: ApplyRequest) -> StateResponse;
    /// The state of an object that is not managed yet, as far as its id tells; a read follows.
    async fn import(&self, type_name: &str, id: &str) -> StateResponse;

    /// What the identity of an object of a resource type consists of; none where its objects have none.
    fn identity_schema(&self, _type_name: &str) -> Option<IdentitySchema> {
        None
    }
    /// The identity schemas as [`encoded_identity_schemas`](crate::terraform::protocol::encoded_identity_schemas)
    /// writes them, where they were encoded in advance.
    fn encoded_identity_schemas(&self) -> Option<Bytes> {
        None
    }
    /// The identity of an object, as its state and its private data tell it; null while it is not known.
    /// It must not change while the object is the same.
    fn identity(&self, _type_name: &str, _state: &Value, _private: &[u8]) -> Value {
        Value::Null
    }
    /// The state of an object that is not managed yet, in the way of [`Self::import`].
    async fn import_by_identity(&self, type_name: &str, _identity: Value) -> StateResponse {
        crate::terraform::messages::not_supported("identity of", type_name).into()
    }

    /// Whether objects of other resource types can become objects of this provider's.
    fn can_move(&self) -> bool {
        false
    }
    /// Whether the states of a provider can be taken over, by its full address:
    /// `registry.terraform.io/hashicorp/toys`.
    fn takes_over(&self, _provider: &str) -> bool {
        false
    }
    /// The object of another resource type as one of `type_name`, which it becomes without a call that
    /// changes anything. Comes before the provider is configured; a read follows.
    fn move_state(&self, type_name: &str, from: MoveRequest) -> StateResponse {
        crate::terraform::messages::move_not_supported(&from.type_name, &from.provider, type_name).into()
    }

    /// The objects of a list, as they are found. The caller drops the stream when it has enough.
    fn list(&self, _type_name: &str, _request: ListRequest) -> BoxStream<'static, Listed> {
        stream::empty().boxed()
    }

    /// Reads a data source: its configuration with the computed attributes filled in.
    async fn read_data_source(&self, type_name: &str, config: Value) -> (Value, Diagnostics);

    /// Makes what serves the length of a walk of Terraform, of a configuration that is wholly known. A plan opens
    /// it, and its apply again: what a walk gets is in no plan and no state.
    async fn open(&self, _type_name: &str, _config: Value) -> Opened {
        Opened::default()
    }
    /// Makes what was opened last longer. Comes when it was asked for; what was answered stays as it is.
    async fn renew(&self, _type_name: &str, private: Vec<u8>) -> Renewed {
        Renewed { private, ..Renewed::default() }
    }
    /// Ends what was opened, when nothing in the walk needs it any more.
    async fn close(&self, _type_name: &str, _private: Vec<u8>) -> Diagnostics {
        Diagnostics::new()
    }

    /// Reasons not to run an action that are known beforehand. Must not change anything.
    async fn plan_action(&self, _type_name: &str, _config: Value) -> Diagnostics {
        Diagnostics::new()
    }
    /// Runs an action once, with a configuration that is wholly known and keeps the rules of the schema. An
    /// error says that it failed.
    async fn invoke_action(&self, _type_name: &str, _config: Value, _progress: Progress) -> Diagnostics {
        Diagnostics::new()
    }

    /// Asks calls in flight to end early with what they have. They are still waited for.
    fn stop(&self);
}
