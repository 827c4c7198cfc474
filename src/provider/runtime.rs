//! The state of a configured provider during one Terraform command: shared settings, open connections, the
//! newest handle of each, and the journal of creates in flight.

mod existing_types;
mod successions;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::catalog::Entity;
use crate::connection::{Connection, Defaults, Settings, decode_handle, id_of_handle};
use crate::connector::{Connector, Savings};
use crate::engine::Journal;
use crate::env::Env;
use crate::provider::connection_settings::{UnknownHandles, defaults};
use crate::provider::messages::settings;
use crate::provider::messages::stripe;
use crate::provider::metadata_rules::MetadataRules;
use crate::provider::runtime::existing_types::ExistingTypes;
use crate::provider::runtime::successions::Successions;
use crate::provider::secret_payload::Hidden;
use crate::provider::summary;
use crate::provider::walk::Walk;
use crate::secret::Secret;
use crate::stripe::CallTotals;
use crate::sync::lock;
use crate::terraform::diagnostic::{Diagnostic, has_errors};
use crate::terraform::value::Value;

pub(super) use successions::WaitingObject;

/// Identifies an open connection.
#[derive(Debug, PartialEq, Eq, Hash)]
enum OpenConnection {
    /// The connection of the provider block.
    Default,
    /// The connection of the provider block, on a connected account.
    OfAccount(String),
    /// The connection of a handle.
    OfHandle(String),
}

/// The state of a configured provider during one Terraform command.
#[derive(Debug)]
pub(super) struct Runtime {
    defaults: Arc<Defaults>,
    default_settings: Settings,
    /// The open connections.
    open: Mutex<HashMap<OpenConnection, Connector>>,
    /// The newest handle that this process has seen in `stripe_connection`, by connection id.
    freshest: Mutex<HashMap<String, String>>,
    /// The connections whose handles are still unknown.
    pub(super) unknown_handles: UnknownHandles,
    /// Secrets that no log may show.
    concealed: Mutex<Vec<Secret>>,
    /// The creates whose response may not have reached the state.
    pub(super) journal: Arc<Journal>,
    /// The metadata settings of the provider block.
    pub(super) metadata: MetadataRules,
    /// The types that have any objects, by account.
    pub(super) existing_types: ExistingTypes,
    /// The objects that others replace.
    pub(super) successions: Successions,
    /// What Terraform is doing in this process.
    pub(super) walk: Walk,
}

impl Runtime {
    pub(super) fn new(config: &Value, env: Env, journal: Arc<Journal>) -> Self {
        let (defaults, default_settings) = defaults(config, env);
        Self {
            defaults: Arc::new(defaults),
            default_settings,
            open: Mutex::default(),
            freshest: Mutex::default(),
            unknown_handles: UnknownHandles::default(),
            concealed: Mutex::default(),
            journal,
            metadata: MetadataRules::of(config),
            existing_types: ExistingTypes::default(),
            successions: Successions::default(),
            walk: Walk::default(),
        }
    }

    /// Notes that Terraform's state has an object, in whatever account: its create is no longer in flight.
    pub(super) fn arrived(&self, entity: &Entity, state: &Value) {
        if let Some(id) = state.get("id").as_str() {
            self.journal.arrived(&entity.name, id, None);
        }
    }

    /// Notes that Terraform plans, or reads what a plan or an apply needs; it has then shown its state.
    pub(super) fn note_walk(&self) {
        self.journal.note_walk();
    }

    /// Notes that Terraform applies or invokes.
    pub(super) fn note_apply(&self) {
        self.walk.note_apply();
        self.note_walk();
    }

    /// If something has failed, notes that: Terraform then skips what depends on it.
    pub(super) fn note_outcome(&self, diagnostics: &[Diagnostic]) {
        if has_errors(diagnostics) {
            self.journal.note_incomplete();
        }
    }

    /// Returns the connector for a handle's connection, or for the default connection without a handle.
    pub(super) fn connector(&self, handle: Option<&str>) -> Result<Connector, Diagnostic> {
        Ok(match handle {
            None => self.opened(OpenConnection::Default, self.default_settings.clone()),
            Some(handle) => {
                let settings = decode_handle(handle).ok_or_else(not_a_handle)?;
                self.opened(OpenConnection::OfHandle(handle.to_owned()), settings)
            }
        })
    }

    /// The same for calls that a plan may also send: their destination must be known by then.
    pub(super) fn known_connector(&self, handle: Option<&str>) -> Result<Connector, Diagnostic> {
        known(self.connector(handle)?)
    }

    /// The same for the default connection, on this connected account.
    pub(super) fn connector_of_account(&self, account: &str) -> Result<Connector, Diagnostic> {
        let settings = Settings { account_id: Some(account.to_owned()), ..self.default_settings.clone() };
        known(self.opened(OpenConnection::OfAccount(account.to_owned()), settings))
    }

    /// Returns the connector for this connection; opens it with these settings if it is not open yet.
    fn opened(&self, which: OpenConnection, settings: Settings) -> Connector {
        let mut open = lock(&self.open);
        let connector = open.entry(which).or_insert_with(|| {
            let connection = Connection::new(settings, Arc::clone(&self.defaults));
            let concealed = lock(&self.concealed);
            concealed.iter().for_each(|secret| connection.redact(secret));
            Connector::new(connection)
        });
        connector.clone()
    }

    /// Keeps these secrets out of the log of every connection, including those opened later. Returns them,
    /// so that messages can omit them too.
    pub(super) fn conceal(&self, hidden: Hidden) -> Hidden {
        let open = lock(&self.open);
        let mut concealed = lock(&self.concealed);
        for secret in hidden.values() {
            if !concealed.contains(secret) {
                open.values().for_each(|connector| connector.connection().redact(secret));
                concealed.push(secret.clone());
            }
        }
        drop((open, concealed));
        hidden
    }

    /// Records a handle as the newest of its connection.
    pub(super) fn note_handle(&self, handle: &str) {
        if let Some(id) = id_of_handle(handle) {
            lock(&self.freshest).insert(id, handle.to_owned());
        }
    }

    /// Returns the newest handle of the same connection that this process has seen, else `handle`.
    pub(super) fn freshest(&self, handle: &str) -> String {
        let newest = id_of_handle(handle).and_then(|id| lock(&self.freshest).get(&id).cloned());
        newest.unwrap_or_else(|| handle.to_owned())
    }

    /// Summarizes the run's calls to Stripe in one line; None if there were none.
    pub(super) fn summary(&self) -> Option<String> {
        let open = lock(&self.open);
        let (mut totals, mut savings) = (CallTotals::default(), Savings::default());
        for connector in open.values() {
            totals = totals.and(&connector.totals());
            let Savings { reads, pages } = connector.savings();
            savings = Savings { reads: savings.reads + reads, pages: savings.pages + pages };
        }
        summary::line(&totals, savings)
    }

    /// Ends all waits; requests that were already sent still return their responses.
    pub(super) fn stop(&self) {
        self.journal.note_incomplete();
        self.defaults.stopped.cancel();
    }
}

/// Returns the connector if the destination of its calls is already known.
fn known(connector: Connector) -> Result<Connector, Diagnostic> {
    match connector.connection().awaited() {
        Some(attribute) => Err(stripe::not_known_yet(attribute)),
        None => Ok(connector),
    }
}

fn not_a_handle() -> Diagnostic {
    settings::not_a_handle().at_attribute("connection_handle")
}
