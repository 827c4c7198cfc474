//! Creates the log of a connection from its settings, and runs operations under it.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::connection::{Connection, Defaults, Settings};
use crate::logs::{self, Log};
use crate::secret::Secret;
use crate::stripe::ProxySettings;
use crate::stripe::trace::{self, Observer, TracedOperation};

/// The name of the provider's default connection in the log.
const DEFAULT: &str = "default";

/// The log of a connection with these settings; none unless they enable it, or Terraform's own log
/// shows what is sent.
pub(super) fn log(settings: &Settings, defaults: &Defaults) -> Option<Arc<Log>> {
    (settings.log.enabled || logs::terraform_listens()).then(|| {
        let id = Some(settings.id.as_str()).filter(|id| !id.is_empty());
        let log = logs::Settings {
            connection: id.unwrap_or(DEFAULT).to_owned(),
            base: defaults.base(),
            enabled: settings.log.enabled,
            level: settings.log.level,
            verbosity: settings.verbosity,
            file: settings.log.file.clone(),
        };
        Arc::new(Log::new(log, &defaults.env))
    })
}

impl Connection {
    /// Runs an operation with events for the connection's log; `rows` counts the entities of a success.
    pub fn operation<'w, T: 'w, E: fmt::Display + 'w>(
        &self,
        operation: TracedOperation,
        work: impl Future<Output = Result<T, E>> + Send + 'w,
        rows: impl FnOnce(&T) -> usize + Send + 'w,
    ) -> BoxFuture<'w, Result<T, E>> {
        let observer = self.log().map(|log| Arc::clone(log) as Arc<dyn Observer>);
        trace::operation(observer, operation, work, rows)
    }

    /// Redacts a secret in the log.
    pub fn redact(&self, secret: &Secret) {
        if let Some(log) = self.log() {
            log.redact(secret);
        }
    }

    /// Redacts the password for a proxy in the log.
    pub(super) fn redact_password(&self, proxy: Option<&ProxySettings>) {
        if let Some(credentials) = proxy.and_then(|proxy| proxy.credentials.as_ref()) {
            self.redact(&credentials.password);
        }
    }
}
