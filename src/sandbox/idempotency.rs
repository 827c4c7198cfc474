//! A POST under one key is run once: the same request again gets the first answer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};

use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::store::Session;

/// How long an answer is kept, in version 1 of the API and in version 2.
const DAY: i64 = 24 * 60 * 60;
const MONTH: i64 = 30 * DAY;

/// Stripe's longest key.
const LONGEST: usize = 255;

/// A request under a key.
#[derive(Debug)]
pub(super) struct Claim {
    /// The key.
    pub key: String,
    request: String,
    kept_for: i64,
}

/// The recorded response of a key.
#[derive(Debug)]
pub(super) struct RecordedResponse {
    /// HTTP status.
    pub status: u16,
    /// The body, byte by byte.
    pub body: String,
}

impl Claim {
    /// The claim of a request; what is compared is its path and body.
    pub fn new(key: &str, path: &str, body: &[u8]) -> ApiResult<Self> {
        if key.len() > LONGEST {
            return Err(ApiError::of("idempotency_key_too_long", &[("most", &LONGEST)]));
        }
        let digest = Sha256::new().chain_update(path).chain_update([0]).chain_update(body).finalize();
        let request = STANDARD_NO_PAD.encode(digest);
        let kept_for = if path.starts_with("/v2/") { MONTH } else { DAY };
        Ok(Self { key: key.to_owned(), request, kept_for })
    }

    /// The earlier answer under this key, if there is one and it is to the same request.
    pub fn earlier(&self, session: &Session<'_>, now: i64) -> ApiResult<Option<RecordedResponse>> {
        let query =
            "SELECT request, status, body FROM answers WHERE space = ?1 AND key = ?2 AND kept_until > ?3";
        let found: Option<(String, u16, String)> = session
            .transaction
            .prepare_cached(query)?
            .query_row(params![session.space, self.key, now], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        let Some((request, status, body)) = found else { return Ok(None) };
        if request != self.request {
            return Err(ApiError::of("idempotency_key_reused", &[("key", &self.key)]));
        }
        Ok(Some(RecordedResponse { status, body }))
    }

    /// Keeps the answer.
    pub fn keep(&self, session: &Session<'_>, answer: &RecordedResponse, now: i64) -> ApiResult<()> {
        let query = "INSERT OR REPLACE INTO answers (space, key, created, request, status, body, kept_until)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        session.transaction.prepare_cached(query)?.execute(params![
            session.space,
            self.key,
            now,
            self.request,
            answer.status,
            answer.body,
            now + self.kept_for
        ])?;
        Ok(())
    }
}
