//! The Terraform surface: the provider block and the provider's response to each request. Everything here
//! uses [`Value`]s; `protocol` handles the wire format.
//!
//! ```text
//! request ──served──┬─▶ resources, data_sources   written by hand: connections, payloads, descriptions
//!                   └─▶ typed                     made from the catalog: a type for every Stripe object
//!                         both ──▶ object         operations on any object ──▶ engine
//! ```
//!
//! Dependencies point one way: `served` uses the families of types, these use `object`, and `object` uses
//! `runtime`.
//!
//! Beside them: `connection_settings` for the provider block and `stripe_connection`, `runtime` for the
//! state of one command, `messages` and `explain` for what the user is told.

use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream::{self, BoxStream};

use crate::engine::{Journal, JournalPlace};
use crate::env::Env;
use crate::provider::connection_settings::LastBlock;
use crate::provider::explain::explain_leftovers;
use crate::provider::runtime::Runtime;
use crate::provider::served::{action, data_source, ephemeral_resource, resource};
use crate::secret::without_marked;
use crate::sync;
use crate::sync::lock;
use crate::terraform::diagnostic::{Diagnostics, Severity, has_errors};
use crate::terraform::provider::{
    ApplyRequest, Family, ListRequest, Listed, MoveRequest, Opened, PlanRequest, PlanResponse, Progress,
    Provider, StateResponse,
};
use crate::terraform::schema::{IdentitySchema, Schema};
use crate::terraform::value::Value;

mod connection_settings;
mod data_source;
mod data_sources;
mod documented;
mod explain;
mod identity;
mod managed;
mod messages;
mod metadata_rules;
mod moves;
mod object;
pub mod packed_schemas;
mod payload;
mod resources;
mod runtime;
mod secret_payload;
mod selection;
mod sentence;
mod served;
mod summary;
mod typed;
mod walk;

/// Journals, each with its place.
type Journals = Vec<(JournalPlace, Arc<Journal>)>;

/// The provider: one per plugin process, configured once per walk (several times when a
/// debugger holds the process, in which case the last configuration holds).
#[derive(Debug, Clone)]
pub struct StripeProvider {
    env: Env,
    runtime: Arc<RwLock<Arc<Runtime>>>,
    /// The journals of the process: only one, unless a debugger configures the provider repeatedly.
    journals: Arc<Mutex<Journals>>,
    /// The last configured provider block, if a debugger holds the process.
    last_block: Option<Arc<LastBlock>>,
}

/// The longest time that closing the journal may take: Terraform waits two seconds for the process to end,
/// and open calls may have used one of them.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(700);

impl StripeProvider {
    /// Creates a provider that reads this environment.
    pub fn new(env: Env) -> Self {
        let place = JournalPlace::default();
        let journal = Arc::new(Journal::at(&place, &env));
        let runtime = Arc::new(Runtime::new(&Value::Null, env.clone(), Arc::clone(&journal)));
        let journals = Arc::new(Mutex::new(vec![(place, journal)]));
        Self { env, runtime: Arc::new(RwLock::new(runtime)), journals, last_block: None }
    }

    /// The same provider in a process that a debugger holds: it serves all provider blocks and reports
    /// when they differ.
    #[must_use]
    pub fn debugged(self) -> Self {
        Self { last_block: Some(Arc::default()), ..self }
    }

    /// Returns the process's journal at that place.
    fn journal(&self, place: JournalPlace) -> Arc<Journal> {
        let mut journals = lock(&self.journals);
        if let Some((_, journal)) = journals.iter().find(|(known, _)| *known == place) {
            return Arc::clone(journal);
        }
        let journal = Arc::new(Journal::at(&place, &self.env));
        journals.push((place, Arc::clone(&journal)));
        journal
    }

    /// Closes the journal and logs the run's totals. `asked` is when Terraform requested shutdown; if no
    /// create was open then, every response is already in the state.
    pub async fn close(&self, asked: Instant) {
        let journals = lock(&self.journals).clone();
        let ends = journals.iter().map(|(_, journal)| journal.close(asked, CLOSE_TIMEOUT));
        for error in join_all(ends).await.into_iter().filter_map(Result::err) {
            log::warn!("the journal of creates in flight was not ended: {error}");
        }
        if let Some(summary) = self.runtime().summary() {
            log::info!("{summary}");
        }
    }

    fn runtime(&self) -> Arc<Runtime> {
        Arc::clone(&sync::read(&self.runtime))
    }
}

#[tonic::async_trait]
impl Provider for StripeProvider {
    fn types(&self, family: Family) -> Vec<&str> {
        served::types(family)
    }

    fn provider_schema(&self) -> Schema {
        connection_settings::provider_schema()
    }

    fn schema(&self, family: Family, type_name: &str) -> Option<Schema> {
        served::schema(family, type_name)
    }

    fn encoded_schemas(&self) -> Option<Bytes> {
        Some(packed_schemas::encoded())
    }

    fn hide_secrets(text: &str) -> String {
        without_marked(text)
    }

    fn validate_provider(&self, config: &Value) -> Diagnostics {
        connection_settings::validate_provider(config, &self.env)
    }

    /// Warns about what an earlier run may have left behind. Makes no call and needs no key.
    async fn configure(&self, config: Value, _terraform_version: &str) -> Diagnostics {
        // The block was checked when it was prepared, except for values that are known only now. Its
        // warnings were shown then.
        let mut found = self.validate_provider(&config);
        found.retain(|diagnostic| diagnostic.severity == Severity::Error);
        found.extend(connection_settings::sandbox_fault(&config));
        found.extend(connection_settings::variable_faults(&config, &self.env));
        if !has_errors(&found) {
            let journal = self.journal(connection_settings::journal_place(&config));
            let runtime = Runtime::new(&config, self.env.clone(), journal);
            found.extend(explain_leftovers(&runtime.journal.load().await));
            found.extend(
                runtime
                    .connector(None)
                    .ok()
                    .and_then(|it| connection_settings::log_file_warning(it.connection())),
            );
            found.extend(connection_settings::check_version(&config));
            found.extend(self.last_block.as_ref().and_then(|last| last.replace(&config)));
            *sync::write(&self.runtime) = Arc::new(runtime);
        }
        found
    }

    fn validate(&self, family: Family, type_name: &str, config: &Value) -> Diagnostics {
        served::validate(family, type_name, config).unwrap_or_else(|unknown| vec![unknown])
    }

    /// There is only one schema version so far.
    fn upgrade(&self, type_name: &str, _version: i64, state: Value) -> (Value, Diagnostics) {
        match resource(type_name) {
            Ok(resource) => {
                resource.seen(&self.runtime(), &state);
                (state, Diagnostics::new())
            }
            Err(unknown) => (state, vec![unknown]),
        }
    }

    async fn read(&self, type_name: &str, state: Value, private: Vec<u8>) -> StateResponse {
        match resource(type_name) {
            Ok(_) if state.is_null() => StateResponse::default(),
            Ok(resource) => {
                let runtime = self.runtime();
                resource.seen(&runtime, &state);
                let hidden = runtime.conceal(resource.secrets(&state));
                let answer = resource.read(&runtime, state, private).await;
                runtime.note_outcome(&answer.diagnostics);
                StateResponse { diagnostics: hidden.redact(answer.diagnostics), ..answer }
            }
            Err(unknown) => StateResponse { state, private, diagnostics: vec![unknown] },
        }
    }

    async fn plan(&self, type_name: &str, request: PlanRequest) -> PlanResponse {
        match resource(type_name) {
            Ok(resource) => {
                let runtime = self.runtime();
                runtime.note_walk();
                let secrets = resource.secrets(&request.config).and(resource.secrets(&request.prior));
                let hidden = runtime.conceal(secrets);
                let answer = resource.plan(&runtime, request).await;
                runtime.note_outcome(&answer.diagnostics);
                PlanResponse { diagnostics: hidden.redact(answer.diagnostics), ..answer }
            }
            Err(unknown) => PlanResponse { diagnostics: vec![unknown], ..PlanResponse::default() },
        }
    }

    async fn apply(&self, type_name: &str, request: ApplyRequest) -> StateResponse {
        match resource(type_name) {
            Ok(resource) => {
                let runtime = self.runtime();
                runtime.note_apply();
                resource.seen(&runtime, &request.prior);
                let secrets = resource.secrets(&request.config).and(resource.secrets(&request.prior));
                let hidden = runtime.conceal(secrets);
                let answer = runtime.journal.answering(resource.apply(&runtime, request)).await;
                StateResponse { diagnostics: hidden.redact(answer.diagnostics), ..answer }
            }
            Err(unknown) => {
                StateResponse { state: request.prior, private: request.private, diagnostics: vec![unknown] }
            }
        }
    }

    async fn import(&self, type_name: &str, id: &str) -> StateResponse {
        match resource(type_name) {
            Ok(resource) => resource.import(&self.runtime(), id).await,
            Err(unknown) => StateResponse { diagnostics: vec![unknown], ..StateResponse::default() },
        }
    }

    fn identity_schema(&self, type_name: &str) -> Option<IdentitySchema> {
        resource(type_name).ok()?.identity_schema()
    }

    fn encoded_identity_schemas(&self) -> Option<Bytes> {
        Some(packed_schemas::encoded_identities())
    }

    fn identity(&self, type_name: &str, state: &Value, private: &[u8]) -> Value {
        resource(type_name).map_or(Value::Null, |resource| resource.identity(state, private))
    }

    async fn import_by_identity(&self, type_name: &str, identity: Value) -> StateResponse {
        match resource(type_name) {
            Ok(resource) => resource.import_by_identity(&identity),
            Err(unknown) => unknown.into(),
        }
    }

    fn list(&self, type_name: &str, request: ListRequest) -> BoxStream<'static, Listed> {
        match resource(type_name) {
            Ok(resource) => resource.list(self.runtime(), request),
            Err(unknown) => stream::iter([Listed::from(vec![unknown])]).boxed(),
        }
    }

    fn can_move(&self) -> bool {
        true
    }

    fn takes_over(&self, provider: &str) -> bool {
        moves::takes_over(provider)
    }

    fn move_state(&self, type_name: &str, from: MoveRequest) -> StateResponse {
        moves::move_state(type_name, from)
    }

    async fn read_data_source(&self, type_name: &str, config: Value) -> (Value, Diagnostics) {
        match data_source(type_name) {
            Ok(source) => {
                let runtime = self.runtime();
                runtime.note_walk();
                let (state, diagnostics) = source.read(&runtime, config).await;
                runtime.note_outcome(&diagnostics);
                (state, diagnostics)
            }
            Err(unknown) => (Value::Null, vec![unknown]),
        }
    }

    async fn open(&self, type_name: &str, config: Value) -> Opened {
        match ephemeral_resource(type_name) {
            Ok(ephemeral) => ephemeral.open(&self.runtime(), &config).await,
            Err(unknown) => unknown.into(),
        }
    }

    async fn plan_action(&self, type_name: &str, config: Value) -> Diagnostics {
        match action(type_name) {
            Ok(action) => action.plan(&self.runtime(), &config).await,
            Err(unknown) => vec![unknown],
        }
    }

    async fn invoke_action(&self, type_name: &str, config: Value, progress: Progress) -> Diagnostics {
        match action(type_name) {
            Ok(action) => {
                let runtime = self.runtime();
                runtime.note_apply();
                action.invoke(&runtime, &config, &progress).await
            }
            Err(unknown) => vec![unknown],
        }
    }

    fn stop(&self) {
        self.runtime().stop();
    }
}
