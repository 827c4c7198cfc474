//! Warns in a plan if the connection of a resource cannot be used.

use crate::connection::{Connection, Error};
use crate::provider::explain::explain_connection;
use crate::provider::messages::stripe;
use crate::provider::runtime::Runtime;
use crate::secret::SecretSource;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::value::Value;

/// Reports what prevents the calls of a plan: an error if no machine could send them, a warning if another
/// machine may have the key. Returns nothing while the connection is unknown.
pub(in crate::provider) async fn check(
    runtime: &Runtime,
    config: &Value,
    handle: Option<&str>,
) -> Diagnostics {
    if config.get("connection_handle").is_unknown() {
        return Diagnostics::new();
    }
    match runtime.connector(handle) {
        Ok(connector) => unready(connector.connection()).await.into_iter().collect(),
        Err(invalid) => vec![invalid],
    }
}

async fn unready(connection: &Connection) -> Option<Diagnostic> {
    let error = connection.ready().await.err()?;
    let elsewhere = match &error {
        Error::Key { origin, .. } => matches!(origin, SecretSource::Environment(_) | SecretSource::File(_)),
        _ => false,
    };
    let diagnostic = explain_connection(&error, "connection_handle");
    if !elsewhere {
        return Some(diagnostic);
    }
    Some(stripe::key_not_here(&diagnostic.detail).at(diagnostic.path))
}
