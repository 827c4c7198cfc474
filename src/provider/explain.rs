//! Errors as diagnostics: at the attribute, with Stripe's message, its code, the request id, and
//! what to do next.

use std::io;

use crate::catalog::Entity;
use crate::connection;
use crate::connector;
use crate::engine::{self, Adopted, Faults, Leftovers, ParamError, Taken, UnlistedValue};
use crate::provider::connection_error::describe;
use crate::stripe::Kind;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};

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

/// A warning that a create is not in the journal; the create itself has succeeded.
fn explain_unrecorded(why: &io::Error) -> Diagnostic {
    let detail = format!(
        "The create could not be recorded before it was sent ({why}). If this run had been interrupted, the next one would not have found the object."
    );
    Diagnostic::warning("Create Not Recorded", detail)
}

/// What there is to say of a create that came through: that it is not in the journal, and that its object is
/// one that an earlier run had made. `what` is the entity type or action.
pub(super) fn explain_created(
    what: &str,
    unrecorded: Option<&io::Error>,
    adopted: Option<&Adopted>,
) -> Diagnostics {
    let adopted = adopted.map(|adopted| {
        let detail = format!(
            "{what} {} was made {} by a run that was interrupted. This apply takes it instead of making another one. If the run served another state of this folder and workspace, the object may be that state's: then remove it from this one with `terraform state rm`, and apply again.",
            adopted.id,
            ago(adopted.age)
        );
        Diagnostic::warning("Interrupted Create Resumed", detail)
    });
    unrecorded.map(explain_unrecorded).into_iter().chain(adopted).collect()
}

/// Warnings of what dead runs left in the journal.
pub(super) fn explain_leftovers(left: &Leftovers) -> Diagnostics {
    let mut found = Diagnostics::new();
    if !left.unanswered.is_empty() {
        let detail = format!(
            "An earlier run was interrupted before Stripe answered: {}. An apply of the same configuration finds the objects and creates nothing twice. If the configuration has changed since, look in Stripe for an object that is in no state.",
            left.unanswered.join(", ")
        );
        found.push(Diagnostic::warning("Creates Without An Answer", detail));
    }
    if !left.forgotten.is_empty() {
        let detail = format!(
            "An earlier run was interrupted more than 24 hours ago, or by another clock, while it made: {}. Stripe may have forgotten the keys, so no apply finds the objects. Look in Stripe for one that is in no state. This is told once.",
            left.forgotten.join(", ")
        );
        found.push(Diagnostic::warning("Interrupted Creates Forgotten", detail));
    }
    found.extend(left.unread.iter().map(|why| {
        let detail = format!(
            "Creates that an earlier run left in flight cannot be read: {why}. If it was interrupted, this run may make an object twice."
        );
        Diagnostic::warning("Journal Not Readable", detail)
    }));
    found
}

/// A time that has passed, in its largest unit: `3 minutes ago`.
fn ago(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..60 => (seconds, "second"),
        60..3600 => (seconds / 60, "minute"),
        _ => (seconds / 3600, "hour"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

/// An error of the connector as a diagnostic; `attribute` is the one that the failed call is about.
pub(super) fn explain_connector(error: &connector::Error, attribute: &str) -> Diagnostic {
    let (summary, attribute) = match error {
        connector::Error::UnknownEntity { .. } | connector::Error::NotSupported { .. } => {
            ("Unknown Entity", "entity")
        }
        connector::Error::UnknownAction { .. } => ("Unknown Action", "action"),
        connector::Error::Filter(_) | connector::Error::FilterId(_) => ("Invalid Filter Clause", "filter"),
        connector::Error::ListNeeds { .. } => ("Filter Incomplete", "filter"),
        connector::Error::SortField { .. } => ("Unknown Field", "sort_by"),
        connector::Error::Locator { .. } | connector::Error::Id(_) => ("Invalid Entity Id", attribute),
        connector::Error::Answer { .. } | connector::Error::Cursor { .. } => {
            ("Answer Is Not Stripe's", attribute)
        }
        connector::Error::SortTooDeep { .. } => ("Sorted List Too Long", "sort_by"),
        connector::Error::PageToken(_) => ("Invalid Page Token", "page_token"),
        connector::Error::Connection(error) => return explain_connection(error, attribute),
    };
    let list = match error {
        connector::Error::UnknownEntity { suggestion: None, .. }
        | connector::Error::SortField { suggestion: None, .. } => "; see data \"stripe_entity_types\"",
        connector::Error::UnknownAction { suggestion: None, .. } => "; see data \"stripe_actions\"",
        connector::Error::Answer { .. } => ". Check `api_base` and the proxy, then run again",
        _ => "",
    };
    Diagnostic::error(summary, sentence(&format!("{error}{list}"))).at_attribute(attribute)
}

/// A create that Stripe refused because another object has its natural key, with the way to take that
/// object over: its import id begins with `place`.
pub(super) fn explain_taken(refused: Diagnostic, entity: &Entity, place: &str, taken: &Taken) -> Diagnostic {
    let Taken { key, value, locator } = taken;
    let id = format!("{place}{locator}");
    let detail = format!(
        "{}\n\n{} {locator} has the {key} {value:?} already. To take it over instead of making another one, import it into the address of this resource:\n\n  terraform import ADDRESS '{id}'\n\nor write\n\n  import {{\n    to = ADDRESS\n    id = \"{id}\"\n  }}",
        refused.detail, entity.name
    );
    Diagnostic { summary: "Entity Exists Already".to_owned(), detail, ..refused }
}

/// Everything that is wrong with a payload, at the payload.
pub(super) fn explain_faults(faults: &Faults) -> Diagnostics {
    let explain = |fault: &ParamError| {
        Diagnostic::error("Invalid Payload", sentence(&fault.to_string())).at_attribute("input_payload")
    };
    faults.iter().map(explain).collect()
}

/// Values that Stripe's lists of known values lack. They are sent. Terraform shows the first of
/// several warnings with one summary, so all stand in one.
pub(super) fn explain_unlisted(values: &[UnlistedValue]) -> Diagnostics {
    let explain = |value: &UnlistedValue| format!("{} It is sent as it is.", sentence(&value.to_string()));
    let details: Vec<String> = values.iter().map(explain).collect();
    let told = Diagnostic::warning("Value Not Known", details.join("\n")).at_attribute("input_payload");
    (!details.is_empty()).then_some(told).into_iter().collect()
}

/// A payload that cannot be read at all.
pub(super) fn not_a_payload(why: &str) -> Diagnostic {
    Diagnostic::error("Invalid Payload", format!("`input_payload` cannot be read: {why}."))
        .at_attribute("input_payload")
}

/// An error of a connection as a diagnostic; `attribute` is the one that the failed call is about.
pub(super) fn explain_connection(error: &connection::Error, attribute: &str) -> Diagnostic {
    let detail = sentence(&describe(error));
    let (summary, attribute) = match error {
        connection::Error::Suspended { .. } => ("Connection Suspended", "connection_handle"),
        connection::Error::Key { .. } | connection::Error::ProxyPassword { .. } => {
            ("Secret Not Readable", "connection_handle")
        }
        connection::Error::NoKey => return Diagnostic::error("Stripe Key Missing", detail),
        connection::Error::NotASecretKey { .. } => return Diagnostic::error("Not A Secret Key", detail),
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
        Kind::Conflict => (
            "Stripe Object Is Locked",
            "Another call changes the object: run again when it has ended. Nothing is created twice.",
        ),
        Kind::Idempotency => ("Stripe Idempotency Conflict", "Run again: a new plan uses a new key."),
        Kind::Network | Kind::ProxyUnreachable | Kind::Untrusted => (
            "Stripe Not Reachable",
            "Check the network, `api_base` and the proxy, then run again: nothing is created twice. To try a configuration without Stripe, set `sandbox = \"shop.db\"` in the provider block.",
        ),
        Kind::Server => ("Stripe Failed", "Run again later: nothing is created twice."),
        Kind::ProxyAuth => ("Proxy Refused The Password", "Nothing was sent to Stripe."),
        Kind::Stopped => ("Stopped", "Run again to go on."),
        Kind::InvalidRequest => ("Stripe Refused The Request", ""),
    }
}

/// The text of an error as a sentence, with a capital letter and a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?', '\n']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}
