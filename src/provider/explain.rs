//! Errors as diagnostics: at the attribute, with Stripe's message, its code, the request id, and
//! what to do next.

use crate::connection;
use crate::connector::{self, PayloadError};
use crate::provider::connection_error::describe;
use crate::stripe::Kind;
use crate::terraform::diagnostic::Diagnostic;

/// An error of the connector as a diagnostic; `attribute` is the one that the failed call is about.
pub(super) fn explain(error: &connector::Error, attribute: &str) -> Diagnostic {
    let (summary, attribute) = match error {
        connector::Error::UnknownEntity { .. } | connector::Error::NotSupported { .. } => {
            ("Unknown Entity", "entity")
        }
        connector::Error::UnknownAction { .. } => ("Unknown Action", "action"),
        connector::Error::Filter(_) => ("Invalid Filter Clause", "filter"),
        connector::Error::ListNeeds { .. } => ("Filter Incomplete", "filter"),
        connector::Error::SortField { .. } => ("Unknown Field", "sort_by"),
        connector::Error::Locator { .. } => ("Invalid Entity Id", attribute),
        connector::Error::PageToken(_) => ("Invalid Page Token", "page_token"),
        connector::Error::Payload(error) => return explain_payload(error),
        connector::Error::Connection(error) => return explain_connection(error, attribute),
    };
    Diagnostic::error(summary, sentence(&error.to_string())).at_attribute(attribute)
}

/// An error in a payload as a diagnostic.
pub(super) fn explain_payload(error: &PayloadError) -> Diagnostic {
    Diagnostic::error("Invalid Payload", sentence(&error.to_string())).at_attribute("input_payload")
}

fn explain_connection(error: &connection::Error, attribute: &str) -> Diagnostic {
    let detail = sentence(&describe(error));
    let (summary, attribute) = match error {
        connection::Error::Suspended { .. } => ("Connection Suspended", "connection_handle"),
        connection::Error::Key { .. } | connection::Error::ProxyPassword { .. } => {
            ("Secret Not Readable", "connection_handle")
        }
        connection::Error::NoKey => return Diagnostic::error("Stripe Key Missing", detail),
        connection::Error::Stripe(error) => return explain_stripe(error.kind(), &detail, attribute),
        _ => return Diagnostic::error("Connection Not Usable", detail),
    };
    Diagnostic::error(summary, detail).at_attribute(attribute)
}

fn explain_stripe(kind: Kind, detail: &str, attribute: &str) -> Diagnostic {
    let (summary, next) = next_step(kind);
    let of_connection = [Kind::ProxyAuth, Kind::ProxyUnreachable, Kind::Untrusted].contains(&kind);
    let attribute = if of_connection { "connection_handle" } else { attribute };
    Diagnostic::error(summary, format!("{detail} {next}").trim_end()).at_attribute(attribute)
}

/// The summary of a diagnostic, and the sentence that says what to do next.
fn next_step(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Auth => {
            ("Stripe Refused The Key", "Check that the key is complete, not revoked, and of the right mode.")
        }
        Kind::Permission => (
            "Stripe Key Lacks Permission",
            "Give the restricted key the permission that Stripe names, or use another key.",
        ),
        Kind::NotFound => {
            ("Not Found In Stripe", "Check the id, the account and whether the key is a test or a live key.")
        }
        Kind::Card => ("Stripe Declined The Payment", "Use another payment method."),
        Kind::RateLimit => (
            "Stripe Rate Limit",
            "Others use the account too: lower `requests_per_second`, or run again later.",
        ),
        Kind::Idempotency => ("Stripe Idempotency Conflict", "Run again: a new plan uses a new key."),
        Kind::Network | Kind::ProxyUnreachable | Kind::Untrusted => (
            "Stripe Not Reachable",
            "Check the network, `api_base` and the proxy, then run again: nothing is created twice.",
        ),
        Kind::Server => ("Stripe Failed", "Run again later: nothing is created twice."),
        Kind::ProxyAuth => ("Proxy Refused The Password", "Nothing was sent to Stripe."),
        Kind::Stopped => ("Stopped", "Run again to go on."),
        Kind::InvalidRequest => ("Stripe Refused The Request", ""),
    }
}

/// The text of an error as a sentence, with a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?', '\n']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}
