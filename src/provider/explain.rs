//! Errors as the practitioner should read them: at the attribute, with Stripe's message,
//! its code, the request id, and what to do next.

use std::io;

use crate::connector;
use crate::engine::{self, Faults, ParamError, UnlistedValue};
use crate::stripe::Kind;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::{connection, stripe::Error as StripeError};

/// An error of the engine as diagnostics at `attribute`: one for each fault of a payload.
pub(super) fn explain(error: &engine::Error, attribute: &str) -> Diagnostics {
    let diagnostic = match error {
        engine::Error::NotCreatable { .. } => {
            let detail = format!("{} Use the data source of the same name.", sentence(&error.to_string()));
            Diagnostic::error("Entity Not Creatable", detail).at_attribute("entity")
        }
        engine::Error::Params(faults) => return explain_faults(faults),
        engine::Error::Connector(error) => explain_connector(error, attribute),
    };
    vec![diagnostic]
}

/// Why a create is not in the journal. It was made all the same.
pub(super) fn unrecorded(why: &io::Error) -> Diagnostic {
    let detail = format!(
        "The create could not be written down before it was sent ({why}). Had this run been cut off, the next one would not have found the object."
    );
    Diagnostic::warning("Create Not Recorded", detail)
}

/// A connector's error as a diagnostic at `attribute`.
pub(super) fn explain_connector(error: &connector::Error, attribute: &str) -> Diagnostic {
    match error {
        connector::Error::UnknownEntity { .. } | connector::Error::NotSupported { .. } => {
            Diagnostic::error("Unknown Entity", sentence(&error.to_string())).at_attribute("entity")
        }
        connector::Error::UnknownAction { .. } => {
            Diagnostic::error("Unknown Action", sentence(&error.to_string())).at_attribute("action")
        }
        connector::Error::Filter(error) => {
            Diagnostic::error("Invalid Filter Clause", sentence(&error.to_string())).at_attribute("filter")
        }
        connector::Error::ListNeeds { .. } => {
            Diagnostic::error("Filter Incomplete", sentence(&error.to_string())).at_attribute("filter")
        }
        connector::Error::SortField { .. } => {
            Diagnostic::error("Unknown Field", sentence(&error.to_string())).at_attribute("sort_by")
        }
        connector::Error::Locator { .. } => {
            Diagnostic::error("Invalid Entity Id", sentence(&error.to_string())).at_attribute(attribute)
        }
        connector::Error::Connection(error) => explain_connection(error, attribute),
        connector::Error::PageToken(_) => {
            Diagnostic::error("Invalid Page Token", sentence(&error.to_string())).at_attribute("page_token")
        }
    }
}

/// Everything that is wrong with a payload, at the payload.
pub(super) fn explain_faults(faults: &Faults) -> Diagnostics {
    let explain = |fault: &ParamError| {
        Diagnostic::error("Invalid Payload", sentence(&fault.to_string())).at_attribute("input_payload")
    };
    faults.iter().map(explain).collect()
}

/// Values that Stripe's lists of known values lack. They are sent.
pub(super) fn explain_unlisted(values: &[UnlistedValue]) -> Diagnostics {
    let explain = |value: &UnlistedValue| {
        let detail = format!("{} It is sent as it is.", sentence(&value.to_string()));
        Diagnostic::warning("Value Not Known", detail).at_attribute("input_payload")
    };
    values.iter().map(explain).collect()
}

/// A payload that cannot be read at all.
pub(super) fn not_a_payload(why: &str) -> Diagnostic {
    Diagnostic::error("Invalid Payload", format!("`input_payload` cannot be read: {why}."))
        .at_attribute("input_payload")
}

fn explain_connection(error: &connection::Error, attribute: &str) -> Diagnostic {
    match error {
        connection::Error::Stripe(error) => explain_stripe(error, attribute),
        connection::Error::Suspended { .. } => {
            Diagnostic::error("Connection Suspended", sentence(&error.to_string()))
                .at_attribute("connection_handle")
        }
        connection::Error::Key { .. } | connection::Error::ProxyPassword { .. } => {
            Diagnostic::error("Secret Not Readable", sentence(&error.to_string()))
                .at_attribute("connection_handle")
        }
        connection::Error::NoKey => Diagnostic::error("Stripe Key Missing", sentence(&error.to_string())),
        _ => Diagnostic::error("Connection Not Usable", sentence(&error.to_string())),
    }
}

fn explain_stripe(error: &StripeError, attribute: &str) -> Diagnostic {
    let (summary, next) = advice(error.kind());
    let detail = format!("{} {next}", sentence(&error.to_string()));
    let attribute = if error.kind() == Kind::ProxyAuth { "proxy_password" } else { attribute };
    Diagnostic::error(summary, detail.trim_end()).at_attribute(attribute)
}

/// A summary, and what to do next.
fn advice(kind: Kind) -> (&'static str, &'static str) {
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
        Kind::Network => (
            "Stripe Not Reachable",
            "Check the network, `api_base` and the proxy, then run again: nothing is created twice.",
        ),
        Kind::Server => ("Stripe Failed", "Run again later: nothing is created twice."),
        Kind::ProxyAuth => ("Proxy Refused The Password", "Nothing was sent to Stripe."),
        Kind::Stopped => ("Stopped", "Run again to go on."),
        Kind::InvalidRequest => ("Stripe Refused The Request", ""),
    }
}

/// The error text as a sentence: capital first, full stop last.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?', '\n']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}
