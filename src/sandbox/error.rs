//! Errors in Stripe's envelope: `{"error": {type, code, message, param, ...}}`.

use serde_json::{Map, Value as Json, json};

use crate::sandbox::label;

/// How far a request got before it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing was run: the response is not recorded under the idempotency key.
    Refused,
    /// It was run and rolled back: the response is recorded.
    Undone,
    /// It was run and its changes stay, as with a declined payment.
    Done,
}

/// The error response to a call.
#[derive(Debug, Clone)]
pub(super) struct ApiError {
    /// The HTTP status.
    pub status: u16,
    /// How far the request got.
    pub stage: Stage,
    /// The content of `error`.
    pub error: Map<String, Json>,
}

/// The result type throughout the sandbox.
pub(super) type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// A refusal with this status, type and message.
    pub fn new(status: u16, kind: &str, message: impl Into<String>) -> Self {
        let mut error = Map::new();
        error.insert("message".into(), Json::String(message.into()));
        error.insert("type".into(), Json::from(kind));
        Self { status, stage: Stage::Refused, error }
    }

    /// An invalid request.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request_error", message)
    }

    /// A request that the state of an object does not allow.
    pub fn state(message: impl Into<String>) -> Self {
        Self { stage: Stage::Undone, ..Self::invalid(message) }
    }

    /// A payment that fails.
    pub fn card(message: impl Into<String>) -> Self {
        Self::new(402, "card_error", message)
    }

    /// An id in the path that does not exist.
    pub fn absent(object: &str, id: &str) -> Self {
        Self { status: 404, ..Self::unknown_reference(object, id, label::path_param(object)) }
    }

    /// An id in a param that does not exist.
    pub fn unknown_reference(object: &str, id: &str, param: &str) -> Self {
        let message = format!("No such {}: '{id}'", label::label(object));
        Self::invalid(message).code("resource_missing").param(param)
    }

    /// A part of Stripe that the sandbox does not implement.
    pub fn unsupported(what: &str) -> Self {
        Self::new(501, "api_error", format!("The sandbox does not implement {what}."))
    }

    /// A fault of the sandbox itself.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(500, "api_error", message)
    }

    /// Returns the same error with a code, and with the URL that explains it.
    #[must_use]
    pub fn code(self, code: &str) -> Self {
        let page = format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-"));
        self.with("code", code).with("doc_url", page)
    }

    /// Returns the same error with the name of the param, as in a form.
    #[must_use]
    pub fn param(self, param: impl Into<String>) -> Self {
        self.with("param", param.into())
    }

    /// Returns the same error with one more member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.error.insert(name.into(), value.into());
        self
    }

    /// Returns the same error at another stage.
    #[must_use]
    pub fn at(mut self, stage: Stage) -> Self {
        self.stage = stage;
        self
    }

    /// The response body in version 2 of the API.
    pub fn v2_envelope(&self) -> Json {
        let told = ["code", "message", "param", "type"].into_iter();
        let members = told.filter_map(|name| Some((name.to_owned(), self.error.get(name)?.clone())));
        json!({ "error": members.collect::<Map<_, _>>() })
    }

    /// The response body in version 1, with members sorted by name as at Stripe.
    pub fn envelope(&self, request_id: &str, livemode: bool) -> Json {
        let mode = if livemode { "" } else { "test/" };
        let page = format!("https://dashboard.stripe.com/{mode}logs/{request_id}?t=0");
        let mut members: Vec<(String, Json)> = self.error.clone().into_iter().collect();
        members.push(("request_log_url".into(), Json::String(page)));
        members.sort_by(|left, right| left.0.cmp(&right.0));
        let mut body = Map::new();
        body.insert("error".into(), Json::Object(members.into_iter().collect()));
        Json::Object(body)
    }
}

/// Hides the middle of a key, as Stripe does when it repeats one.
pub(super) fn masked(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    let hidden = letters.len().saturating_sub(12);
    let shown = |letter: (usize, &char)| if (8..8 + hidden).contains(&letter.0) { '*' } else { *letter.1 };
    letters.iter().enumerate().map(shown).collect()
}

impl From<rusqlite::Error> for ApiError {
    fn from(error: rusqlite::Error) -> Self {
        Self::internal(format!("The sandbox cannot use its store: {error}"))
    }
}

impl From<serde_json::Error> for ApiError {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(format!("The sandbox holds an object it cannot read: {error}"))
    }
}
