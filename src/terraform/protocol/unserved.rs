//! The families of the protocol that this provider has nothing in. Terraform asks for them
//! only by a name that the schema lists, so each answer is a refusal that repeats the name.

use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::wire::tfplugin5 as wire;

/// The refusal of `name`, which is no `family` of this provider.
pub(super) fn refusal(family: &str, name: &str) -> Diagnostic {
    Diagnostic::error(
        "Not Served By Provider",
        format!("This version of the provider has no {family} `{name}`."),
    )
}

/// The refusal to take over the state of another type.
pub(super) fn move_refusal(asked: &wire::move_resource_state::Request) -> Diagnostic {
    Diagnostic::error(
        "Move Not Supported",
        format!(
            "A `{}` of {} cannot become a `{}`. Remove it from the state and import the object as its new type.",
            asked.source_type_name, asked.source_provider_address, asked.target_type_name
        ),
    )
}
