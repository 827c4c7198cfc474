//! Creates the log of a connection from its settings.

use std::sync::Arc;

use crate::connection::{Defaults, Settings};
use crate::logs::{self, Log};

/// The name of the provider's default connection in the log.
const DEFAULT: &str = "default";

/// Creates the log of a connection with these settings. Returns `None` unless the settings enable it or
/// Terraform's own log shows what is sent.
pub(super) fn log(settings: &Settings, defaults: &Defaults) -> Option<Arc<Log>> {
    (settings.log.enabled || logs::terraform_listens()).then(|| {
        let id = Some(settings.id.as_str()).filter(|id| !id.is_empty());
        let log = logs::Settings {
            connection: id.unwrap_or(DEFAULT).to_owned(),
            base: defaults.destination().to_string(),
            enabled: settings.log.enabled,
            level: settings.log.level,
            verbosity: settings.verbosity,
            file: settings.log.file.clone(),
        };
        Arc::new(Log::new(log, &defaults.env))
    })
}
