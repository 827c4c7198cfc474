//! What Stripe refused, or why it was not reached.

use http::HeaderMap;
use serde::Deserialize;

use crate::stripe::{Response, TransportError};

/// What sort of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 401: the key is wrong or revoked.
    Auth,
    /// 403: the key may not do this.
    Permission,
    /// 404: there is no such object.
    NotFound,
    /// Stripe understood and will not.
    InvalidRequest,
    /// 402: a payment was declined.
    Card,
    /// The key of a call was used for another call.
    Idempotency,
    /// 429, for longer than we wait.
    RateLimit,
    /// Stripe failed, or something on the way answered in its place.
    Server,
    /// No answer came.
    Network,
    /// The proxy does not know us.
    ProxyAuth,
    /// Terraform asked us to stop before the call was sent.
    Stopped,
}

/// A call that did not succeed. The text never holds the key.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}", self.0.text())]
pub struct Error(Box<Failed>);

#[derive(Debug, Clone)]
struct Failed {
    kind: Kind,
    status: Option<u16>,
    code: Option<String>,
    decline_code: Option<String>,
    message: String,
    param: Option<String>,
    doc_url: Option<String>,
    request_id: Option<String>,
    replayed: bool,
    may_have_happened: bool,
}

/// `{"error": {…}}`, as far as it is of use.
#[derive(Debug, Default, Deserialize)]
struct Envelope {
    error: Details,
}

#[derive(Debug, Default, Deserialize)]
struct Details {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    code: Option<String>,
    decline_code: Option<String>,
    message: Option<String>,
    param: Option<String>,
    doc_url: Option<String>,
}

impl Error {
    /// The error an answer other than 2xx says.
    pub(super) fn answered(response: &Response) -> Self {
        let envelope: Option<Envelope> = serde_json::from_slice(&response.body).ok();
        // Others have envelopes that look alike; Stripe's names a type.
        let envelope = envelope.filter(|envelope| envelope.error.kind.is_some());
        let from_stripe = envelope.is_some();
        let details = envelope.unwrap_or_default().error;
        let kind = kind_of(response.status, details.kind.as_deref(), from_stripe);
        let replayed = response.headers.get("idempotent-replayed").is_some_and(|value| value == "true");
        Self(Box::new(Failed {
            kind,
            status: Some(response.status),
            code: details.code,
            decline_code: details.decline_code,
            message: details.message.unwrap_or_else(|| unexplained(response)),
            param: details.param,
            doc_url: details.doc_url,
            request_id: request_id(&response.headers),
            replayed,
            may_have_happened: kind == Kind::Server && !replayed || response.status == 409,
        }))
    }

    /// No answer came.
    pub(super) fn unanswered(error: &TransportError) -> Self {
        let may_have_happened = matches!(error, TransportError::Broken(_));
        let kind =
            if matches!(error, TransportError::ProxyAuth(_)) { Kind::ProxyAuth } else { Kind::Network };
        Self::of(kind, error.to_string()).after_unknown(may_have_happened)
    }

    /// Terraform asked us to stop.
    pub(super) fn stopped() -> Self {
        Self::of(Kind::Stopped, "stopped before the call was sent".to_owned())
    }

    fn of(kind: Kind, message: String) -> Self {
        Self(Box::new(Failed {
            kind,
            status: None,
            code: None,
            decline_code: None,
            message,
            param: None,
            doc_url: None,
            request_id: None,
            replayed: false,
            may_have_happened: false,
        }))
    }

    /// The same error after an earlier try whose outcome nobody knows.
    pub(super) fn after_unknown(mut self, unknown: bool) -> Self {
        self.0.may_have_happened |= unknown;
        self
    }

    /// What sort of failure it is.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// HTTP status; none where no answer came.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Stripe's code: `resource_missing`, `card_declined` …
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Stripe's `Request-Id`, for its support and its dashboard's logs.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The param it is about, in steps: `items[0][price]` is `items`, `0`, `price`.
    pub fn param(&self) -> Vec<&str> {
        let steps = self.0.param.iter().flat_map(|param| param.split(['[', ']', '.']));
        steps.filter(|step| !step.is_empty()).collect()
    }

    /// True when the key is at fault.
    pub fn is_auth(&self) -> bool {
        matches!(self.0.kind, Kind::Auth | Kind::Permission)
    }

    /// True when Stripe may have done what was asked although it did not say so.
    pub fn may_have_happened(&self) -> bool {
        self.0.may_have_happened
    }

    /// True when Stripe says that the object of the call does not exist. An address that
    /// Stripe does not know is 404 too, and says nothing about an object.
    pub fn is_gone(&self) -> bool {
        self.kind() == Kind::NotFound && matches!(self.code(), Some("resource_missing" | "not_found"))
    }

    /// True when Stripe says what became of the request, so that what tries before it came to
    /// is settled too.
    pub(super) fn is_final(&self) -> bool {
        let judged = [Kind::InvalidRequest, Kind::NotFound, Kind::Card, Kind::Idempotency];
        self.replayed() || judged.contains(&self.kind()) && !self.may_have_happened()
    }

    /// True when Stripe answered from its record of an earlier call: sending it again under
    /// the same key brings the same answer.
    pub fn replayed(&self) -> bool {
        self.0.replayed
    }
}

impl Failed {
    fn text(&self) -> String {
        let mut facts = Vec::new();
        let mut fact =
            |name: &str, value: Option<&str>| facts.extend(value.map(|value| format!("{name} {value}")));
        fact("code", self.code.as_deref());
        fact("decline code", self.decline_code.as_deref());
        fact("param", self.param.as_deref());
        fact("HTTP", self.status.map(|status| status.to_string()).as_deref());
        fact("request", self.request_id.as_deref());
        fact("see", self.doc_url.as_deref());
        let message = self.message.trim_end_matches('.');
        if facts.is_empty() { message.to_owned() } else { format!("{message} ({})", facts.join(", ")) }
    }
}

fn kind_of(status: u16, named: Option<&str>, from_stripe: bool) -> Kind {
    match (status, named) {
        (429, _) => Kind::RateLimit,
        // A proxy's or a firewall's page is nobody's verdict on the key or the object.
        _ if !from_stripe => Kind::Server,
        (_, Some("idempotency_error")) => Kind::Idempotency,
        (402, _) | (_, Some("card_error")) => Kind::Card,
        (401, _) => Kind::Auth,
        (403, _) => Kind::Permission,
        (404, _) => Kind::NotFound,
        (400..=499, _) => Kind::InvalidRequest,
        _ => Kind::Server,
    }
}

/// What can be said of an answer that is not Stripe's JSON.
pub(super) fn unexplained(response: &Response) -> String {
    let kind = response
        .headers
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .unwrap_or("no content type");
    format!(
        "the answer is not Stripe's ({kind}, {} bytes); something on the way may have answered",
        response.body.len()
    )
}

pub(super) fn request_id(headers: &HeaderMap) -> Option<String> {
    headers.get("request-id").and_then(|value| value.to_str().ok()).map(str::to_owned)
}
