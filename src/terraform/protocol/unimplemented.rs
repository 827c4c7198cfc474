//! The families of the protocol that a [`Provider`](crate::terraform::Provider) has nothing
//! in. Terraform asks for their members only by a name that the schema lists, so each
//! response is an error that repeats the name.

use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::messages;
use crate::terraform::wire::tfplugin5::move_resource_state;

/// The error for `name`, since the provider has no `family`.
pub(super) fn unimplemented(family: &str, name: &str) -> Diagnostic {
    messages::not_supported(family, name)
}

/// The error for a state that another type of resource wrote.
pub(super) fn unimplemented_move(request: &move_resource_state::Request) -> Diagnostic {
    messages::move_not_supported(
        &request.source_type_name,
        &request.source_provider_address,
        &request.target_type_name,
    )
}
