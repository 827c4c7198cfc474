//! The attribute by which resources and data sources name a connection.

use crate::connection::{decode_handle, id_of_handle};
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

/// Keeps the stored handle where the configured one is of the same connection: a new
/// verbosity or a rotated key is no change of what runs on it. A handle that is not known yet is
/// taken for one of the same connection; the apply refuses one that leads to another account.
pub(in crate::provider) fn keep_equal_handle(planned: &mut Value, prior: &Value) {
    let id = |state: &Value| state.get("connection_handle").as_str().and_then(id_of_handle);
    let unknown = planned.get("connection_handle").is_unknown();
    if id(prior).is_some() && (unknown || id(prior) == id(planned)) {
        planned.set("connection_handle", prior.get("connection_handle").clone());
    }
}
