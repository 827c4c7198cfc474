//! Responses recorded under idempotency keys.

use std::ops::Range;

use rusqlite::{OptionalExtension, params};

use crate::sandbox::error::ApiResult;
use crate::sandbox::store::session::Session;

/// A recorded response.
#[derive(Debug)]
pub(in crate::sandbox) struct RecordedResponse {
    /// The HTTP status.
    pub status: u16,
    /// The exact bytes of the body.
    pub body: String,
}

impl Session<'_> {
    /// Returns the response recorded under a key, with the digest of its request, or `None` if it has
    /// expired.
    pub fn recorded(&self, key: &str, now: i64) -> ApiResult<Option<(String, RecordedResponse)>> {
        let query =
            "SELECT request, status, body FROM answers WHERE space = ?1 AND key = ?2 AND kept_until > ?3";
        let mut statement = self.transaction.prepare_cached(query)?;
        let found = statement.query_row(params![self.space, key, now], |row| {
            Ok((row.get(0)?, RecordedResponse { status: row.get(1)?, body: row.get(2)? }))
        });
        Ok(found.optional()?)
    }

    /// Records the response to the request with this digest, and the time range for which it is kept.
    pub fn record(
        &self,
        key: &str,
        request: &str,
        response: &RecordedResponse,
        kept: Range<i64>,
    ) -> ApiResult<()> {
        let query = "INSERT OR REPLACE INTO answers (space, key, created, request, status, body, kept_until)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let RecordedResponse { status, body } = response;
        let values = params![self.space, key, kept.start, request, status, body, kept.end];
        self.transaction.prepare_cached(query)?.execute(values)?;
        Ok(())
    }
}
