//! The attribute by which resources and data sources name a connection.

use std::collections::HashSet;
use std::sync::Mutex;

use crate::connection::{decode_handle, id_of_handle};
use crate::sync::lock;
use crate::terraform::schema::{Attribute, Rule};
use crate::terraform::value::{Type, Value};

/// The attribute that every resource and data source has. A connection's handle is sensitive, and so is
/// everything it is written to; a resource without a handle can be shown as a whole.
pub(in crate::provider) fn connection_attribute() -> Attribute {
    let description =
        "The `handle` of a `stripe_connection`. Without it the provider's default connection is used.";
    Attribute::optional("connection_handle", Type::String, description).rule(Rule::Text(handle))
}

/// A message never repeats a handle, because the handle may contain a key.
fn handle(text: &str) -> Result<(), String> {
    let wrong = || "must be the `handle` of a `stripe_connection`, not its name or id".to_owned();
    decode_handle(text).map(drop).ok_or_else(wrong)
}

/// The connections whose handles are still unknown in a plan, by id; None if the id is unknown too.
#[derive(Debug, Default)]
pub(in crate::provider) struct UnknownHandles(Mutex<HashSet<Option<String>>>);

impl UnknownHandles {
    /// Notes a connection whose handle is still unknown.
    pub(in crate::provider) fn note(&self, id: Option<String>) {
        lock(&self.0).insert(id);
    }

    /// Returns whether an unknown handle can only be this connection's.
    fn are_of(&self, id: &str) -> bool {
        let unknown = lock(&self.0);
        !unknown.is_empty() && unknown.iter().all(|it| it.as_deref() == Some(id))
    }
}

/// Keeps the stored handle if the configured one belongs to the same connection: a new verbosity or a
/// rotated key does not change what runs on it. An unknown handle stays unknown if it may turn out to be
/// another connection's, for example one whose name is unknown: the apply could not change what the plan
/// has shown.
pub(in crate::provider) fn keep_equal_handle(planned: &mut Value, prior: &Value, unknown: &UnknownHandles) {
    let id = |state: &Value| state.get("connection_handle").as_str().and_then(id_of_handle);
    let Some(stored) = id(prior) else { return };
    let is_same = match planned.get("connection_handle") {
        handle if handle.is_unknown() => unknown.are_of(&stored),
        _ => id(planned).as_ref() == Some(&stored),
    };
    if is_same {
        planned.set("connection_handle", prior.get("connection_handle").clone());
    }
}
