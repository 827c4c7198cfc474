//! The messages of this layer: problems found before a provider sees a call, and failures of a provider.

use crate::terraform::message::messages;

messages! {
    error invalid_value(attribute: &str, why: &str) "Invalid Attribute Value"
        "`{attribute}` {why}." "";
    error read_only(attribute: &str) "Read-Only Attribute"
        "`{attribute}` is set by the provider and cannot be configured." "Remove it from the configuration.";
    error write_only_not_supported(attribute: &str) "Write-Only Attribute Not Supported"
        "`{attribute}` is write-only: its value must not be stored, and this version of Terraform would store it." "Use Terraform 1.11 or later (OpenTofu 1.11 or later), or remove the attribute.";
    warning deprecated(what: &str, instead: &str) "Deprecated"
        "{what} is deprecated." "{instead}";
    warning told_late(outcome: &str) "Completed After Stop"
        "The request was already sent when the stop arrived, and could not be cancelled: {outcome}." "";
    error opened_too_early(type_name: &str) "Ephemeral Resource Opened With Unknown Values"
        "Terraform opened `{type_name}` before its whole configuration was known." "This is a bug in Terraform or OpenTofu; please report it there.";
    error state_too_old() "State Too Old"
        "This state was written by Terraform 0.11 or earlier, in a form this provider has never used." "Remove the object from the state and import it again.";
    error unreadable_value(field: &str, why: &str) "Unreadable Value"
        "The `{field}` that Terraform sent does not fit the schema: {why}." "";
    error value_does_not_fit(why: &str) "Value Does Not Fit Schema"
        "The provider returned a value that its own schema does not allow: {why}." "This is a bug in the provider.";
    error panicked(call: &str, subject: &str, text: &str) "Provider Panicked"
        "{call}{subject} panicked: {text}." "This is a bug in the provider; please report it with this text.";
    error unknown(what: &str, name: &str) "Unknown"
        "This version of the provider has no {what} `{name}`." "";
    error not_supported(family: &str, name: &str) "Not Supported By Provider"
        "This version of the provider has no {family} `{name}`." "";
    error move_not_supported(source: &str, provider: &str, target: &str) "Move Not Supported"
        "`{source}` of {provider} cannot be moved to `{target}`." "Remove it from the state and import the object as its new type.";
    error nothing_to_import(type_name: &str, why: &str) "Cannot Import"
        "`{type_name}` cannot be imported: {why}." "";
}
