//! What `stripe_entity` and `stripe_action` share: the connection they go through, and the
//! private data that outlives the configuration.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::connection::{decode_handle, id_of_handle};
use crate::provider::connection_schema::optional;
use crate::provider::runtime::Runtime;
use crate::terraform::schema::{Attribute, Rule};
use crate::terraform::value::{Type, Value};

/// What is kept beside the state: a destroy sees neither the config nor the connection.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Private {
    /// The handle calls run on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) handle: Option<String>,
    /// The idempotency key of a planned create.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<String>,
    /// Nothing of the configuration was applied since the import.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) imported: bool,
    /// The account that the import named; calls without a handle go to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<String>,
}

impl Private {
    pub(super) fn decode(bytes: &[u8]) -> Self {
        serde_json::from_slice(bytes).unwrap_or_default()
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        // Two optional strings always serialise.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The key of a planned create: the one an earlier plan of it chose, else a new one.
    pub(super) fn with_key(mut self) -> Self {
        self.key.get_or_insert_with(|| Uuid::new_v4().to_string());
        self
    }

    /// The same data on the newest handle: the configured one, else the freshest that this
    /// process has seen of the stored one.
    pub(super) fn on(mut self, runtime: &Runtime, configured: &Value, stored: &Value) -> Self {
        let newest = configured.as_str().map(str::to_owned).or_else(|| {
            self.handle
                .take()
                .or_else(|| stored.as_str().map(str::to_owned))
                .map(|old| runtime.freshest(&old))
        });
        self.handle = newest;
        self
    }
}

/// The attribute every resource and data source has.
pub(in crate::provider) fn connection_attribute() -> Attribute {
    let description =
        "The `handle` of a `stripe_connection`. Without it the provider's default connection is used.";
    optional("connection_handle", Type::String, description).sensitive().rule(Rule::Text(handle))
}

/// A handle is never repeated in a message: it may hold a key.
fn handle(text: &str) -> Result<(), String> {
    let wrong = || "must be the `handle` of a `stripe_connection`, not its name or id".to_owned();
    decode_handle(text).map(drop).ok_or_else(wrong)
}

/// Keeps the stored handle where the configured one is of the same connection: a new
/// verbosity or a rotated key is no change of what runs on it.
pub(super) fn keep_equal_handle(planned: &mut Value, prior: &Value) {
    let id = |state: &Value| state.get("connection_handle").as_str().and_then(id_of_handle);
    if id(prior).is_some() && id(prior) == id(planned) {
        planned.set("connection_handle", prior.get("connection_handle").clone());
    }
}

/// Whether a change of connection leads to another account. A renamed connection, a new key
/// or an import (which knows no connection) does not: the object stays where it is.
pub(super) fn moves(runtime: &Runtime, prior: &Value, planned: &Value) -> bool {
    let account = |state: &Value| {
        let connection = runtime.connection(state.get("connection_handle").as_str()).ok()?;
        Some(connection.account().map(str::to_owned))
    };
    let known = !planned.get("connection_handle").is_unknown() && !prior.get("connection_handle").is_null();
    known && account(prior).is_some_and(|was| account(planned).is_some_and(|is| was != is))
}
