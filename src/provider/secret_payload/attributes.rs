//! The attributes of a payload, and the one that plans do not show.

use crate::terraform::schema::Attribute;
use crate::terraform::value::Type;

/// The attributes that make up a payload.
pub(in crate::provider) const PAYLOADS: [&str; 2] = ["input_payload", SECRET];
/// The one that plans do not show.
pub(in crate::provider) const SECRET: &str = "secret_payload";

/// The attribute of every resource that has a payload.
pub(in crate::provider) fn attribute() -> Attribute {
    let description = "The secret part of the payload, such as a password: an object or its JSON text, merged over `input_payload`. It is hidden in plans and outputs; the state contains it.";
    Attribute::optional(SECRET, Type::Dynamic, description).sensitive()
}
