//! The log of a connection, and operations that it hears of.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::connection::{Connection, Defaults, Settings};
use crate::logs::{self, Log};
use crate::secret::Secret;
use crate::stripe::ProxySettings;
use crate::stripe::trace::{self, Observer, Operation};

/// What a connection without a name is called in its lines.
const DEFAULT: &str = "default";

/// The log of these settings; none unless they enable it.
pub(super) fn log(settings: &Settings, defaults: &Defaults) -> Option<Arc<Log>> {
    settings.log.enabled.then(|| {
        let named = Some(settings.id.as_str()).filter(|id| !id.is_empty());
        let log = logs::Settings {
            connection: named.unwrap_or(DEFAULT).to_owned(),
            base: defaults.base(),
            level: settings.log.level,
            verbosity: settings.verbosity,
            file: settings.log.file.clone(),
        };
        Arc::new(Log::new(log, &defaults.env))
    })
}

impl Connection {
    /// Runs an operation over this connection, so that its log hears of it. `rows` counts the
    /// entities of a success.
    pub fn operation<'w, T: 'w, E: fmt::Display + 'w>(
        &self,
        operation: Operation,
        work: impl Future<Output = Result<T, E>> + Send + 'w,
        rows: impl FnOnce(&T) -> usize + Send + 'w,
    ) -> BoxFuture<'w, Result<T, E>> {
        let observer = self.log().map(|log| Arc::clone(log) as Arc<dyn Observer>);
        trace::operation(observer, operation, work, rows)
    }

    /// Keeps a secret out of the log.
    pub(super) fn hide(&self, secret: &Secret) {
        if let Some(log) = self.log() {
            log.hide(secret);
        }
    }

    /// Keeps the password for a proxy out of the log.
    pub(super) fn hide_password(&self, proxy: Option<&ProxySettings>) {
        if let Some(credentials) = proxy.and_then(|proxy| proxy.credentials.as_ref()) {
            self.hide(&credentials.password);
        }
    }
}
