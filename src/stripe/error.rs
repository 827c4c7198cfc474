//! The errors of calls: Stripe's own, and failures to reach it.

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::secret::{REDACTED, Secret};
use crate::stripe::{Response, TransportError};

/// The status of a call that the server does not implement.
const NOT_IMPLEMENTED: u16 = 501;

/// Stripe's code if another call holds the object.
const LOCKED: &str = "lock_timeout";

/// The kind of an error, used to advise on what to do next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ErrorKind {
    /// HTTP 401: the key is wrong or revoked.
    Auth,
    /// HTTP 403: the key lacks a permission.
    Permission,
    /// HTTP 404: Stripe does not know the object or the address.
    NotFound,
    /// Another HTTP 4xx: Stripe refused the request.
    InvalidRequest,
    /// HTTP 402: a payment was declined.
    Card,
    /// Another call changes the object, or is sending the same request.
    Conflict,
    /// The idempotency key was used for another request.
    Idempotency,
    /// HTTP 429, for longer than a call is willing to wait.
    RateLimit,
    /// HTTP 5xx.
    Server,
    /// Another status that is not Stripe's: a proxy, a portal or another server answered.
    Foreign,
    /// There was no response.
    #[default]
    Network,
    /// The proxy that the configuration names cannot be reached.
    ProxyUnreachable,
    /// The proxy refused the user and the password.
    ProxyAuth,
    /// The certificate of Stripe or of the proxy is not trusted.
    Untrusted,
    /// Terraform stopped the provider before the call was sent, or while a read was under way.
    Stopped,
}

/// A call that did not succeed. Its text never contains the key.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", self.0.text())]
pub struct Error(Box<Inner>);

#[derive(Debug, Clone, Default)]
struct Inner {
    kind: ErrorKind,
    status: Option<u16>,
    code: Option<String>,
    decline_code: Option<String>,
    message: String,
    param: Option<String>,
    doc_url: Option<String>,
    request_id: Option<String>,
    replayed: bool,
    may_have_happened: bool,
    objects: ReportedObjects,
}

/// The objects that an error is about. They may hold secrets, so that no log shows them.
#[derive(Clone, Default)]
struct ReportedObjects(Vec<Json>);

impl fmt::Debug for ReportedObjects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} objects", self.0.len())
    }
}

/// The body of Stripe's error responses: `{"error": {…}}`.
#[derive(Debug, Default, Deserialize)]
struct Envelope {
    error: EnvelopeError,
}

#[derive(Debug, Default, Deserialize)]
struct EnvelopeError {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    code: Option<String>,
    decline_code: Option<String>,
    message: Option<String>,
    param: Option<String>,
    doc_url: Option<String>,
    #[serde(flatten)]
    others: Map<String, Json>,
}

impl Error {
    /// Builds the error of a response other than 2xx.
    pub(super) fn from_response(response: &Response) -> Self {
        let envelope: Option<Envelope> = serde_json::from_slice(&response.body).ok();
        // Proxies send similar envelopes, but Stripe's has a type.
        let envelope = envelope.filter(|envelope| envelope.error.kind.is_some());
        let from_stripe = envelope.is_some();
        let reported = envelope.unwrap_or_default().error;
        // An endpoint that Stripe does not have now will not be there later either.
        let is_lacking = from_stripe && response.status == NOT_IMPLEMENTED;
        let kind = match kind_of(response.status, &reported, from_stripe) {
            ErrorKind::Server if is_lacking => ErrorKind::InvalidRequest,
            kind => kind,
        };
        let replayed = response.is_replayed();
        // A refusal is a verdict, with whatever status it comes.
        let is_open = match kind {
            ErrorKind::Server | ErrorKind::Foreign => true,
            kind => response.status == 409 && kind != ErrorKind::InvalidRequest,
        };
        let text = |text: Option<String>| text.map(|text| printable(&text));
        Self(Box::new(Inner {
            kind,
            status: Some(response.status),
            code: text(reported.code),
            decline_code: text(reported.decline_code),
            message: text(reported.message).unwrap_or_else(|| describe_foreign(response)),
            param: text(reported.param),
            doc_url: text(reported.doc_url),
            request_id: text(response.request_id()),
            replayed,
            may_have_happened: is_open && !replayed,
            objects: ReportedObjects(reported.others.into_iter().map(|(_, object)| object).collect()),
        }))
    }

    /// Builds the error of a request without a response.
    pub(super) fn from_transport(error: &TransportError) -> Self {
        let may_have_happened = matches!(error, TransportError::Broken(_) | TransportError::TooLarge);
        let kind = match error {
            TransportError::ProxyUnreachable(_) => ErrorKind::ProxyUnreachable,
            TransportError::ProxyAuth(_) => ErrorKind::ProxyAuth,
            TransportError::Untrusted(_) => ErrorKind::Untrusted,
            TransportError::Stopped => ErrorKind::Stopped,
            _ => ErrorKind::Network,
        };
        Self::of(kind, &error.to_string()).or_may_have_happened(may_have_happened)
    }

    /// Builds the error of a call that was stopped while it waited.
    pub fn stopped() -> Self {
        Self::of(ErrorKind::Stopped, "stopped before the call was sent")
    }

    fn of(kind: ErrorKind, message: &str) -> Self {
        let message = printable(message);
        Self(Box::new(Inner { kind, message, ..Inner::default() }))
    }

    /// Returns the same error, marked as possibly executed if an earlier attempt has left its outcome open.
    pub(super) fn or_may_have_happened(mut self, outcome_open: bool) -> Self {
        self.0.may_have_happened |= outcome_open;
        self
    }

    /// Returns the same error with a secret replaced in all of its texts.
    pub(super) fn without(mut self, secret: &Secret) -> Self {
        let (inner, secret) = (&mut *self.0, secret.expose());
        let Inner { message, code, decline_code, param, doc_url, request_id, .. } = inner;
        for text in [code, decline_code, param, doc_url, request_id].into_iter().flatten().chain([message]) {
            if !secret.is_empty() && text.contains(secret) {
                *text = text.replace(secret, REDACTED);
            }
        }
        self
    }

    /// Returns the same error without the request id, so that it reads the same for every call.
    #[must_use]
    pub fn without_request_id(mut self) -> Self {
        self.0.request_id = None;
        self
    }

    /// The kind of the error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The HTTP status; `None` if there was no response.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Stripe's error code: `resource_missing`, `card_declined` …
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Stripe's `Request-Id`, for Stripe's support and the logs in its dashboard.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The path of the param that Stripe refused, or empty if there is none: `items[0][price]` is `items`,
    /// `0`, `price`.
    pub fn param(&self) -> Vec<&str> {
        let steps = self.0.param.iter().flat_map(|param| param.split(['[', ']', '.']));
        steps.filter(|step| !step.is_empty()).collect()
    }

    /// Returns true if Stripe refused the key or the key lacks a permission.
    pub fn is_auth(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Auth | ErrorKind::Permission)
    }

    /// Returns true if the key is valid for the account but lacks a permission. A key of another account is
    /// refused with the same status.
    pub fn lacks_permission(&self) -> bool {
        let of_the_key = matches!(self.code(), Some("account_invalid" | "secret_key_required"));
        self.kind() == ErrorKind::Permission && !of_the_key
    }

    /// Returns true if Stripe may have executed the call although no response says so.
    pub fn may_have_happened(&self) -> bool {
        self.0.may_have_happened
    }

    /// Returns true if Stripe says that the object of the call does not exist. An unknown address is a 404
    /// too, but says nothing about an object.
    pub fn is_gone(&self) -> bool {
        self.kind() == ErrorKind::NotFound && matches!(self.code(), Some("resource_missing" | "not_found"))
    }

    /// True when Stripe refused to make an object because there is one already.
    pub fn exists_already(&self) -> bool {
        self.code().is_some_and(says_existing)
    }

    /// True when Stripe's verdict is on the request, so that it also holds for earlier attempts. A refusal that names
    /// neither a code nor a param may be of what came around it, such as the version of the API.
    pub fn settles_outcome(&self) -> bool {
        let is_judged = match self.kind() {
            ErrorKind::Card | ErrorKind::Idempotency => true,
            ErrorKind::InvalidRequest | ErrorKind::NotFound => {
                self.0.code.is_some() || self.0.param.is_some()
            }
            _ => false,
        };
        self.replayed() || is_judged && !self.may_have_happened()
    }

    /// Returns the object of this type that exists although Stripe declined what it was made for: a payment
    /// intent whose card was declined.
    pub fn declined_object(&self, object: &str) -> Option<&Json> {
        let is_of_type =
            |it: &&Json| it.get("object").is_some_and(|it| it == object) && it.get("id").is_some();
        self.0.objects.0.iter().find(is_of_type).filter(|_| self.kind() == ErrorKind::Card)
    }

    /// Returns true if Stripe repeated its response to an earlier call with the same key, as it would do
    /// again.
    pub fn replayed(&self) -> bool {
        self.0.replayed
    }
}

impl Inner {
    fn text(&self) -> String {
        let mut notes = Vec::new();
        let mut note =
            |name: &str, value: Option<&str>| notes.extend(value.map(|value| format!("{name} {value}")));
        note("code", self.code.as_deref());
        note("decline code", self.decline_code.as_deref());
        note("param", self.param.as_deref());
        note("HTTP", self.status.map(|status| status.to_string()).as_deref());
        note("request", self.request_id.as_deref());
        note("see", self.doc_url.as_deref());
        let message = self.message.trim_end_matches('.');
        if notes.is_empty() { message.to_owned() } else { format!("{message} ({})", notes.join(", ")) }
    }
}

fn kind_of(status: u16, reported: &EnvelopeError, from_stripe: bool) -> ErrorKind {
    match (status, reported.kind.as_deref()) {
        (429, _) if reported.code.as_deref() == Some(LOCKED) => ErrorKind::Conflict,
        (429, _) => ErrorKind::RateLimit,
        // The page of a proxy or a firewall says nothing about the key or the object.
        (..500, _) if !from_stripe => ErrorKind::Foreign,
        _ if !from_stripe => ErrorKind::Server,
        (_, Some("idempotency_error")) => ErrorKind::Idempotency,
        (402, _) | (_, Some("card_error")) => ErrorKind::Card,
        (401, _) => ErrorKind::Auth,
        (403, _) => ErrorKind::Permission,
        (404, _) => ErrorKind::NotFound,
        (409, _) if reported.code.as_deref().is_none_or(says_conflict) => ErrorKind::Conflict,
        (400..=499, _) => ErrorKind::InvalidRequest,
        _ => ErrorKind::Server,
    }
}

/// Whether a code tells of another call that is under way: with the same object, or with the same key.
fn says_conflict(code: &str) -> bool {
    code == LOCKED || code.starts_with("idempotency")
}

/// Whether a code tells of an object that is there already: another attempt would be refused in the same way.
pub(super) fn says_existing(code: &str) -> bool {
    code.ends_with("already_exists") || code == "bank_account_exists"
}

/// Describes a response that is not Stripe's JSON.
pub(super) fn describe_foreign(response: &Response) -> String {
    let kind = response.header("content-type").unwrap_or("no content type");
    let leads = redirect_target(response).map(|target| format!(", a redirect to {target}"));
    let what = printable(&format!("{kind}, {} bytes{}", response.body.len(), leads.unwrap_or_default()));
    format!("the answer is not Stripe's ({what}); a proxy or a firewall may have sent it")
}

/// Where a redirect leads to, without what may be secret: a user, a password, a session, a query.
fn redirect_target(response: &Response) -> Option<String> {
    let location = response.header("location").filter(|_| (300..400).contains(&response.status))?;
    let place = location.split(['?', '#', ';']).next().filter(|place| !place.is_empty())?;
    let Some((scheme, rest)) = place.split_once("//") else { return Some(place.to_owned()) };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    Some(format!("{scheme}//{host}{path}"))
}

/// The maximum length of another party's text in an error, in characters.
const LONGEST: usize = 2_000;

/// Makes another party's text safe for a terminal: escapes control characters and characters that change the
/// writing direction, and cuts very long texts.
fn printable(text: &str) -> String {
    let turns = |letter| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut shown = String::with_capacity(text.len().min(LONGEST));
    for letter in text.chars().take(LONGEST) {
        if letter != '\n' && letter.is_control() || turns(letter) {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}
