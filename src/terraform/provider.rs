//! What a provider is: the RPCs of protocol 5 after decoding and before encoding.
//!
//! [`Provider`] is all that has to be written for a provider. Around it,
//! [`Service`](crate::terraform::protocol::Service) decodes and encodes, checks the rules
//! that schemas carry, and keeps write-only values out of plans and states.

use std::collections::BTreeMap;
use std::fmt::Debug;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use tokio::sync::mpsc::UnboundedSender;

use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::schema::{IdentitySchema, Schema};
use crate::terraform::value::{Path, Value};

mod ephemeral;

pub use ephemeral::{Opened, Renewed};

/// A provider in values. Its methods mirror the RPCs.
///
/// Objects are whole: they have every attribute and block of their schema, null or empty
/// where nothing is written. What a method answers may leave such members out.
///
/// Calls come concurrently, for different objects. A call that finds something wrong says
/// so in its diagnostics; a panic reaches the practitioner as a diagnostic too.
#[tonic::async_trait]
pub trait Provider: Debug + Send + Sync + 'static {
    /// The names of the managed resource types, such as `toy_box`. Costs little: no schema is built.
    fn resource_types(&self) -> Vec<&str>;
    /// The names of the data source types. Costs little: no schema is built.
    fn data_source_types(&self) -> Vec<&str>;
    /// The schema of the provider block. A service builds it once at most.
    fn provider_schema(&self) -> Schema;
    /// The schema of a resource type; none for a type that is not served. A service builds it
    /// once at most, when the type is first used. It must be the same in every process.
    fn resource_schema(&self, type_name: &str) -> Option<Schema>;
    /// The schema of a data source type, in the way of [`Self::resource_schema`].
    fn data_source_schema(&self, type_name: &str) -> Option<Schema>;

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

    /// What is wrong with the configuration of a resource beside the rules of its schema, which are
    /// checked apart: what no single attribute shows. Values in it may be unknown, and may break
    /// the rules; the provider may not be configured yet.
    fn validate_resource(&self, type_name: &str, config: &Value) -> Diagnostics;
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

    /// The names of the resource types whose objects can be listed. Costs little: no schema is built. Each has an
    /// identity.
    fn list_types(&self) -> Vec<&str> {
        Vec::new()
    }
    /// The schema of what chooses the objects of a list, by the name of the resource type.
    fn list_schema(&self, _type_name: &str) -> Option<Schema> {
        None
    }
    /// What is wrong with the configuration of a list beside the rules of its schema, in the way of
    /// [`Self::validate_resource`].
    fn validate_list(&self, _type_name: &str, _config: &Value) -> Diagnostics {
        Diagnostics::new()
    }
    /// The objects of a list, as they are found. Whoever has enough drops the stream.
    fn list(&self, _type_name: &str, _request: ListRequest) -> BoxStream<'static, Listed> {
        stream::empty().boxed()
    }

    /// What is wrong with the configuration of a data source beside the rules of its schema, in
    /// the way of [`Self::validate_resource`].
    fn validate_data_source(&self, type_name: &str, config: &Value) -> Diagnostics;
    /// Reads a data source: its configuration with the computed attributes filled in.
    async fn read_data_source(&self, type_name: &str, config: Value) -> (Value, Diagnostics);

    /// The names of the ephemeral resource types; a provider need not have any. Costs little: no schema is built.
    fn ephemeral_resource_types(&self) -> Vec<&str> {
        Vec::new()
    }
    /// The schema of an ephemeral resource type, in the way of [`Self::resource_schema`].
    fn ephemeral_resource_schema(&self, _type_name: &str) -> Option<Schema> {
        None
    }
    /// What is wrong with the configuration of an ephemeral resource beside the rules of its schema, in
    /// the way of [`Self::validate_resource`].
    fn validate_ephemeral_resource(&self, _type_name: &str, _config: &Value) -> Diagnostics {
        Diagnostics::new()
    }
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

    /// The names of the actions. Costs little: no schema is built.
    fn action_types(&self) -> Vec<&str> {
        Vec::new()
    }
    /// The schema of an action, in the way of [`Self::resource_schema`]. Nothing in it is computed: an action
    /// answers no values.
    fn action_schema(&self, _type_name: &str) -> Option<Schema> {
        None
    }
    /// What is wrong with the configuration of an action beside the rules of its schema, in the way of
    /// [`Self::validate_resource`].
    fn validate_action(&self, _type_name: &str, _config: &Value) -> Diagnostics {
        Diagnostics::new()
    }
    /// What keeps an action from being run, as far as it is known before. Nothing may be changed yet.
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

/// Tells the practitioner how far an action is, while it runs.
#[derive(Debug, Clone)]
pub struct Progress(UnboundedSender<String>);

impl Progress {
    /// A progress that `told` gets to hear. It ends with the last clone.
    pub fn new(told: UnboundedSender<String>) -> Self {
        Self(told)
    }

    /// Tells it. Who stopped to listen does not stop the action.
    pub fn tell(&self, message: impl Into<String>) {
        let _ = self.0.send(message.into());
    }
}

/// Every schema a provider has, by type name: for documentation and for tests. Serving
/// builds a schema only when its type is used.
#[derive(Debug, Clone)]
pub struct Schemas {
    /// The schema of the provider block.
    pub provider: Schema,
    /// The schemas of the managed resources.
    pub resources: BTreeMap<String, Schema>,
    /// The schemas of the data sources.
    pub data_sources: BTreeMap<String, Schema>,
    /// The schemas of the ephemeral resources.
    pub ephemeral_resources: BTreeMap<String, Schema>,
    /// The schemas of the actions.
    pub actions: BTreeMap<String, Schema>,
    /// What chooses the objects of lists, by the names of the resource types.
    pub lists: BTreeMap<String, Schema>,
    /// What the identities of the managed resources consist of.
    pub identities: BTreeMap<String, IdentitySchema>,
    /// [`Provider::can_move`].
    pub can_move: bool,
}

impl Schemas {
    /// Builds every schema of `provider`. A type that is named but has no schema is left out.
    pub fn of(provider: &impl Provider) -> Self {
        let all = |names: Vec<&str>, schema: &dyn Fn(&str) -> Option<Schema>| {
            names.into_iter().filter_map(|name| Some((name.to_owned(), schema(name)?))).collect()
        };
        Self {
            provider: provider.provider_schema(),
            resources: all(provider.resource_types(), &|name| provider.resource_schema(name)),
            data_sources: all(provider.data_source_types(), &|name| provider.data_source_schema(name)),
            ephemeral_resources: all(provider.ephemeral_resource_types(), &|name| {
                provider.ephemeral_resource_schema(name)
            }),
            actions: all(provider.action_types(), &|name| provider.action_schema(name)),
            lists: all(provider.list_types(), &|name| provider.list_schema(name)),
            identities: identities_of(provider),
            can_move: provider.can_move(),
        }
    }
}

/// Every identity schema of a provider, by type name.
pub(crate) fn identities_of(provider: &impl Provider) -> BTreeMap<String, IdentitySchema> {
    let names = provider.resource_types().into_iter();
    names.filter_map(|name| Some((name.to_owned(), provider.identity_schema(name)?))).collect()
}

/// What a plan starts from. All three values are objects of the resource's schema or null.
#[derive(Debug, Clone, Default)]
pub struct PlanRequest {
    /// The state as last read; null for a create.
    pub prior: Value,
    /// The configuration, with the prior value of every computed attribute that it leaves
    /// null; null for a destroy. Write-only attributes are null in it.
    pub proposed: Value,
    /// The configuration; null for a destroy. What is unknown in it stays unknown in the plan.
    pub config: Value,
    /// What the last apply, read or import stored beside the state; empty for a create.
    pub private: Vec<u8>,
}

/// What an apply would come to.
#[derive(Debug, Clone, Default)]
pub struct PlanResponse {
    /// The planned state; null for a destroy. What the configuration sets must stand in it as
    /// it is set, or as the prior state has it where both mean the same. What is computed may
    /// be unknown: it must be, where the apply may change it.
    pub state: Value,
    /// A change at one of these paths needs a new object. A path whose value does not change
    /// has no effect; one that leads nowhere is an error.
    pub requires_replace: Vec<Path>,
    /// What the apply gets as its private data.
    pub private: Vec<u8>,
    /// Errors and warnings. With an error, nothing is planned.
    pub diagnostics: Diagnostics,
}

/// What an apply starts from. All three values are objects of the resource's schema or null.
#[derive(Debug, Clone, Default)]
pub struct ApplyRequest {
    /// The state before; null for a create.
    pub prior: Value,
    /// The state as planned; null for a destroy.
    pub planned: Value,
    /// The configuration, wholly known; null for a destroy. The values of write-only
    /// attributes are here only.
    pub config: Value,
    /// What the plan handed over.
    pub private: Vec<u8>,
}

/// A state as an apply, a read or an import left it, whatever else went wrong.
#[derive(Debug, Clone, Default)]
pub struct StateResponse {
    /// The new state, wholly known; null when the object is gone or was never made. After an
    /// apply, everything that the plan knew must be in it as it was planned.
    pub state: Value,
    /// What to store beside the state.
    pub private: Vec<u8>,
    /// Errors and warnings, in the order they arose.
    pub diagnostics: Diagnostics,
}

/// An object that leaves its resource type for another one.
#[derive(Debug, Clone, Default)]
pub struct MoveRequest {
    /// The full address of the provider that it is of: `registry.terraform.io/hashicorp/toys`.
    pub provider: String,
    /// Its type so far.
    pub type_name: String,
    /// Its state, by the schema that this provider has for the type; null where it has none.
    pub state: Value,
    /// What its provider stored beside the state.
    pub private: Vec<u8>,
}

/// Which objects to list.
#[derive(Debug, Clone, Default)]
pub struct ListRequest {
    /// What chooses them, wholly known.
    pub config: Value,
    /// Whether the state of each is asked for.
    pub include_resource: bool,
    /// The most that are taken.
    pub limit: usize,
}

/// One object of a list, or a message about the list.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// What tells it from others; null where this is no object.
    pub identity: Value,
    /// What a person calls it.
    pub display_name: String,
    /// Its state as an import would have it; null where it was not asked for.
    pub resource: Value,
    /// Errors, which end the list, and warnings.
    pub diagnostics: Diagnostics,
}

impl PlanRequest {
    /// True when there is no object yet.
    pub fn is_create(&self) -> bool {
        self.prior.is_null()
    }

    /// True when the object is to be deleted.
    pub fn is_destroy(&self) -> bool {
        self.config.is_null()
    }
}

impl ApplyRequest {
    /// True when there is no object yet.
    pub fn is_create(&self) -> bool {
        self.prior.is_null()
    }

    /// True when the object is to be deleted.
    pub fn is_destroy(&self) -> bool {
        self.planned.is_null()
    }
}

impl From<Diagnostic> for PlanResponse {
    /// A plan that comes to nothing but this message.
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic], ..Self::default() }
    }
}

impl From<Diagnostics> for Listed {
    /// No object, and the reasons.
    fn from(diagnostics: Diagnostics) -> Self {
        Self { diagnostics, ..Self::default() }
    }
}

impl From<Diagnostic> for StateResponse {
    /// No state, and the reason.
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic], ..Self::default() }
    }
}
