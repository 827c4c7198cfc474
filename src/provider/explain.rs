//! Turns errors into diagnostics: the attribute, Stripe's message, code and request id, and what to do next.

use std::io;

use crate::catalog::names::quoted;
use crate::catalog::{Entity, OtherId};
use crate::connection;
use crate::connector;
use crate::engine::{
    self, ConflictingObject, Leftovers, ParamError, ParamErrors, RecoveredObject, UnlistedValue,
};
use crate::provider::connection_settings::describe_error;
use crate::provider::messages::{found, journal, payload, stripe};
use crate::provider::sentence::sentence;
use crate::stripe::{Error, ErrorKind};
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::value::{Path, Value};

/// Turns an engine error into diagnostics at `attribute`: one for each fault of a payload.
pub(super) fn explain(error: &engine::Error, attribute: &str) -> Diagnostics {
    let diagnostic = match error {
        engine::Error::NotCreatable { .. } => {
            payload::not_creatable(&sentence(&error.to_string())).at_attribute("entity")
        }
        engine::Error::Params(faults) => return explain_faults(faults),
        engine::Error::Connector(error) => explain_connector(error, attribute),
    };
    vec![diagnostic]
}

/// Warnings after a successful create or invocation of `what`, an entity type or action: if it is not in
/// the journal, or if an earlier run sent it, which `resumed` describes.
pub(super) fn explain_made(
    what: &str,
    unrecorded: Option<&io::Error>,
    adopted: Option<&RecoveredObject>,
    resumed: fn(&str, &str, &str) -> Diagnostic,
) -> Diagnostics {
    let adopted = adopted.map(|adopted| resumed(what, &adopted.id, &ago(adopted.age)));
    unrecorded.map(|why| journal::not_recorded(&why.to_string())).into_iter().chain(adopted).collect()
}

/// An error from a create or invocation of `what`, an entity type or action, with a warning if no later
/// run can find what it may have made.
pub(super) fn explain_failure(what: &str, failed: Diagnostic, unrecorded: Option<&io::Error>) -> Diagnostics {
    let lost = unrecorded.map(|why| journal::lost(what, &why.to_string()));
    std::iter::once(failed).chain(lost).collect()
}

/// Lists sorted names, each once with its count: `Customer, Product (10)`.
fn counted(names: &[String]) -> String {
    let groups =
        names.chunk_by(|one, next| one == next).filter_map(|group| Some((group.first()?, group.len())));
    let words =
        groups.map(|(name, count)| if count == 1 { name.clone() } else { format!("{name} ({count})") });
    words.collect::<Vec<_>>().join(", ")
}

/// Warnings about what dead runs left in the journal.
pub(super) fn explain_leftovers(left: &Leftovers) -> Diagnostics {
    let mut found = Diagnostics::new();
    if !left.unanswered.is_empty() {
        found.push(journal::unanswered(&counted(&left.unanswered)));
    }
    if !left.missed.is_empty() {
        found.push(journal::objects_left(&counted(&left.missed)));
    }
    if !left.forgotten.is_empty() {
        found.push(journal::forgotten(&counted(&left.forgotten)));
    }
    found.extend(left.unread.iter().map(|why| journal::not_readable(&why.to_string())));
    found
}

/// A warning if an import id looks like the id of an object of another type.
pub(super) fn explain_other_id(id: &str, other: Option<&OtherId>) -> Diagnostics {
    let doubtful = |other: &OtherId| found::doubtful_import_id(&quoted(id), &other.found, &other.expected);
    other.map(doubtful).into_iter().collect()
}

/// An elapsed time in its largest unit: `3 minutes ago`.
fn ago(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..60 => (seconds, "second"),
        60..3600 => (seconds / 60, "minute"),
        _ => (seconds / 3600, "hour"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

/// The reason that a call failed, as a sentence.
pub(super) fn cause(error: &connector::Error) -> String {
    match error {
        connector::Error::Connection(error) => sentence(&describe_error(error)),
        error => sentence(&error.to_string()),
    }
}

/// Turns a connector error into a diagnostic; `about` is the attribute that the failed call is about.
pub(super) fn explain_connector(error: &connector::Error, about: impl Into<Path>) -> Diagnostic {
    let about = about.into();
    let types = "; see data \"stripe_entity_types\"";
    let listed = match error {
        connector::Error::UnknownEntity { suggestions, .. } if suggestions.is_empty() => types,
        connector::Error::SortField { suggestion: None, .. } => types,
        connector::Error::UnknownAction { suggestion: None, .. } => "; see data \"stripe_actions\"",
        _ => "",
    };
    let cause = sentence(&format!("{error}{listed}"));
    match error {
        connector::Error::UnknownEntity { .. } | connector::Error::NotSupported { .. } => {
            found::unknown_entity(&cause).at_attribute("entity")
        }
        connector::Error::UnknownAction { .. } => found::unknown_action(&cause).at_attribute("action"),
        connector::Error::Filter(_) | connector::Error::FilterId(_) => {
            found::invalid_filter(&cause).at_attribute("filter")
        }
        connector::Error::ListNeeds { .. } => found::filter_incomplete(&cause).at_attribute("filter"),
        connector::Error::SortField { .. } => found::unknown_field(&cause).at_attribute("sort_by"),
        connector::Error::Locator { .. } | connector::Error::Id(_) => {
            found::invalid_entity_id(&cause).at(about)
        }
        connector::Error::Answer { .. } | connector::Error::Cursor { .. } => {
            stripe::not_stripes_answer(cause.trim_end_matches('.')).at(about)
        }
        connector::Error::SortTooDeep { .. } => found::sorted_list_too_long(&cause).at_attribute("sort_by"),
        connector::Error::PageToken(_) => found::invalid_page_token(&cause).at_attribute("page_token"),
        connector::Error::Connection(error) => explain_connection(error, about),
    }
}

/// Turns the error of a list into a diagnostic at the argument that it is about: the one that Stripe
/// names, else the selecting one, if it is set.
pub(super) fn explain_list(
    error: &connector::Error,
    config: &Value,
    selects: &str,
    otherwise: &str,
) -> Diagnostic {
    let refused = error.stripe().and_then(|error| error.param().into_iter().next());
    let is_set = |name: &str| !config.get(name).is_null();
    let named = refused.filter(|name| is_set(name));
    explain_connector(error, named.unwrap_or(if is_set(selects) { selects } else { otherwise }))
}

/// Explains a create that Stripe refused because another object has its natural key, and how to adopt that
/// object: its import id begins with `place`.
pub(super) fn explain_taken(
    refused: &Diagnostic,
    entity: &Entity,
    place: &str,
    taken: &ConflictingObject,
) -> Diagnostic {
    let ConflictingObject { key, value, locator } = taken;
    let id = format!("{place}{locator}");
    stripe::exists_already(&refused.detail, &entity.name, locator, &format!("{key} {value:?}"), &id)
        .at(refused.path.clone())
}

/// All faults of a payload, reported at the payload.
pub(super) fn explain_faults(faults: &ParamErrors) -> Diagnostics {
    let explain = |fault: &ParamError| {
        payload::payload_fault(&sentence(&fault.to_string())).at_attribute("input_payload")
    };
    faults.iter().map(explain).collect()
}

/// Adds the faults found in the known part of a configuration, unless the check of the whole already
/// reported them.
pub(super) fn add_known_faults(found: &mut Diagnostics, known: Diagnostics) {
    let untold: Diagnostics = known.into_iter().filter(|fault| !found.contains(fault)).collect();
    found.extend(untold);
}

/// A warning about values that Stripe's lists of known values lack. They are sent. Terraform shows only
/// the first of several warnings with the same summary, so one warning lists them all.
pub(super) fn explain_unlisted(values: &[UnlistedValue]) -> Diagnostics {
    let explain = |value: &UnlistedValue| format!("{} It is sent as written.", sentence(&value.to_string()));
    let details: Vec<String> = values.iter().map(explain).collect();
    let diagnostic = payload::payload_values_not_known(&details.join("\n")).at_attribute("input_payload");
    (!details.is_empty()).then_some(diagnostic).into_iter().collect()
}

/// A fault for a payload that cannot be read at all.
pub(super) fn not_a_payload(why: &str) -> Diagnostic {
    payload::payload_not_readable("input_payload", why).at_attribute("input_payload")
}

/// Turns a connection error into a diagnostic; `about` is the attribute that the failed call is about.
pub(super) fn explain_connection(error: &connection::Error, about: impl Into<Path>) -> Diagnostic {
    let cause = sentence(&describe_error(error));
    let diagnostic = match error {
        connection::Error::Suspended { .. } => stripe::suspended(&cause),
        connection::Error::Key { .. } | connection::Error::ProxyPassword { .. } => {
            stripe::secret_not_readable(&cause)
        }
        connection::Error::NoKey => return stripe::no_key(&cause),
        connection::Error::NotASecretKey { .. } => return stripe::no_secret_key(&cause),
        connection::Error::Stripe(error) => return explain_stripe(error, &cause, about.into()),
        _ => return stripe::connection_not_usable(&cause),
    };
    diagnostic.at_attribute("connection_handle")
}

/// Explains a failure on the way to Stripe or in Stripe.
fn explain_stripe(error: &Error, cause: &str, about: Path) -> Diagnostic {
    let kind = error.kind();
    let diagnostic = match kind {
        ErrorKind::Auth => stripe::refused_key(cause),
        ErrorKind::Permission if !error.lacks_permission() => stripe::refused_account(cause),
        ErrorKind::Permission => stripe::lacks_permission(cause),
        ErrorKind::NotFound => stripe::not_found(cause),
        ErrorKind::Card => stripe::declined(cause),
        ErrorKind::RateLimit => stripe::rate_limited(cause),
        ErrorKind::Conflict => stripe::locked(cause),
        ErrorKind::Idempotency => stripe::idempotency_conflict(cause),
        ErrorKind::Network | ErrorKind::Foreign | ErrorKind::ProxyUnreachable | ErrorKind::Untrusted => {
            stripe::not_reachable(cause)
        }
        ErrorKind::Server => stripe::failed(cause),
        ErrorKind::ProxyAuth => stripe::proxy_refused(cause),
        ErrorKind::Stopped => stripe::stopped(cause),
        ErrorKind::InvalidRequest => stripe::refused(cause),
    };
    let of_connection =
        [ErrorKind::ProxyAuth, ErrorKind::ProxyUnreachable, ErrorKind::Untrusted].contains(&kind);
    diagnostic.at(if of_connection { Path::attribute("connection_handle") } else { about })
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn a_name_that_comes_again_is_counted() {
        let names = ["Customer", "Product", "Product", "Product"].map(str::to_owned);
        assert_eq!(counted(&names), "Customer, Product (3)");
        assert_eq!(counted(&[]), "");
    }
}
