//! The families of the protocol that a [`Provider`](crate::terraform::Provider) has nothing
//! in. Terraform asks for their members only by a name that the schema lists, so each
//! response is an error that repeats the name.

use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::messages;

/// The error for `name`, since the provider has no `family`.
pub(super) fn unimplemented(family: &str, name: &str) -> Diagnostic {
    messages::not_supported(family, name)
}
