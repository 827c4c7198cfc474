//! The attribute by which resources and data sources name a connection.

use std::collections::HashSet;
use std::sync::Mutex;

use crate::connection::{decode_handle, id_of_handle};
use crate::sync::lock;
use crate::terraform::schema::{Attribute, Rule};
use crate::terraform::value::{Type, Value};

/// The attribute every resource and data source has. The handle of a connection is sensitive, and so is all that it is
/// written to; a resource without one can be shown as a whole.
pub(in crate::provider) fn connection_attribute() -> Attribute {
    let description =
        "The `handle` of a `stripe_connection`. Without it the provider's default connection is used.";
    Attribute::optional("connection_handle", Type::String, description).rule(Rule::Text(handle))
}

/// A handle is never repeated in a message: it may hold a key.
fn handle(text: &str) -> Result<(), String> {
    let wrong = || "must be the `handle` of a `stripe_connection`, not its name or id".to_owned();
    decode_handle(text).map(drop).ok_or_else(wrong)
}

/// The connections whose handles are not known yet in a plan, by their ids; none where the id is not known either.
#[derive(Debug, Default)]
pub(in crate::provider) struct UnknownHandles(Mutex<HashSet<Option<String>>>);

impl UnknownHandles {
    /// Notes a connection whose handle is not known yet.
    pub(in crate::provider) fn note(&self, id: Option<String>) {
        lock(&self.0).insert(id);
    }

    /// Whether a handle that is not known yet can be no other than this connection's.
    fn are_of(&self, id: &str) -> bool {
        let unknown = lock(&self.0);
        !unknown.is_empty() && unknown.iter().all(|it| it.as_deref() == Some(id))
    }
}

/// Keeps the stored handle where the configured one is of the same connection: a new verbosity or a rotated key is no
/// change of what runs on it. A handle that is not known yet stays unknown if it may turn out to be another
/// connection's, such as one whose name is not known yet: the apply could not change what the plan has shown.
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
