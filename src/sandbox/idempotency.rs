//! Idempotency: a request with a key is run once; repeating it returns the recorded response.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use http::Method;
use sha2::{Digest, Sha256};

use crate::sandbox::auth_context::header;
use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::request::is_v2;
use crate::sandbox::store::{RecordedResponse, Session};

/// How long a response is kept, in versions 1 and 2 of the API.
const DAY: i64 = 24 * 60 * 60;
const MONTH: i64 = 30 * DAY;

/// The maximum length of a key at Stripe.
const LONGEST: usize = 255;

/// A request with an idempotency key.
#[derive(Debug)]
pub(super) struct Claim {
    /// The key.
    pub key: String,
    /// A digest of the request.
    request: String,
    kept_for: i64,
}

impl Claim {
    /// Returns the claim of a request that writes and has a key. Requests are the same if their path and body
    /// are equal.
    pub fn of(request: &http::Request<Bytes>) -> ApiResult<Option<Self>> {
        let v2 = is_v2(request);
        let claims = request.method() == Method::POST || (v2 && request.method() == Method::DELETE);
        let Some(key) = header(request, "idempotency-key").filter(|_| claims) else { return Ok(None) };
        if key.len() > LONGEST {
            return Err(ApiError::of("idempotency_key_too_long", &[("most", &LONGEST)]));
        }
        let path = request.uri().path_and_query().map_or("", http::uri::PathAndQuery::as_str);
        let digest = Sha256::new().chain_update(path).chain_update([0]).chain_update(request.body());
        let request = STANDARD_NO_PAD.encode(digest.finalize());
        Ok(Some(Self { key: key.to_owned(), request, kept_for: if v2 { MONTH } else { DAY } }))
    }

    /// Returns the response recorded under this key; refuses a key that was used for another request.
    pub fn recorded(&self, session: &Session<'_>, now: i64) -> ApiResult<Option<RecordedResponse>> {
        match session.recorded(&self.key, now)? {
            Some((request, _)) if request != self.request => {
                Err(ApiError::of("idempotency_key_reused", &[("key", &self.key)]))
            }
            found => Ok(found.map(|(_, response)| response)),
        }
    }

    /// Records the response under this key.
    pub fn record(&self, session: &Session<'_>, response: &RecordedResponse, now: i64) -> ApiResult<()> {
        session.record(&self.key, &self.request, response, now..now + self.kept_for)
    }
}
