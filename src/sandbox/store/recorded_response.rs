//! Responses recorded under idempotency keys.

use std::ops::Range;

use rusqlite::{OptionalExtension, params};

use crate::sandbox::error::ApiResult;
use crate::sandbox::store::session::Session;

/// A recorded response.
#[derive(Debug)]
pub(in crate::sandbox) struct RecordedResponse {
    /// HTTP status.
    pub status: u16,
    /// The body, byte by byte.
    pub body: String,
}

impl Session<'_> {
    /// The response recorded under a key, with the digest of its request; none where it has expired.
    pub fn recorded(&self, key: &str, now: i64) -> ApiResult<Option<(String, RecordedResponse)>> {
        let query =
            "SELECT request, status, body FROM answers WHERE space = ?1 AND key = ?2 AND kept_until > ?3";
        let mut statement = self.transaction.prepare_cached(query)?;
        let found = statement.query_row(params![self.space, key, now], |row| {
            Ok((row.get(0)?, RecordedResponse { status: row.get(1)?, body: row.get(2)? }))
        });
        Ok(found.optional()?)
    }

    /// Records the response to the request of that digest, and from when until when it is kept.
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
