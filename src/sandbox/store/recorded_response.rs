//! The responses that are recorded under idempotency keys.

use std::ops::Range;

use rusqlite::{OptionalExtension, params};

use crate::sandbox::error::ApiResult;
use crate::sandbox::store::Session;

/// The recorded response of a key.
#[derive(Debug)]
pub(in crate::sandbox) struct RecordedResponse {
    /// HTTP status.
    pub status: u16,
    /// The body, byte by byte.
    pub body: String,
}

impl Session<'_> {
    /// The response that is still kept under a key, and the digest of the request that it answered.
    pub fn recorded(&self, key: &str, now: i64) -> ApiResult<Option<(String, RecordedResponse)>> {
        let query =
            "SELECT request, status, body FROM answers WHERE space = ?1 AND key = ?2 AND kept_until > ?3";
        let mut statement = self.transaction.prepare_cached(query)?;
        let found = statement.query_row(params![self.space, key, now], |row| {
            Ok((row.get(0)?, RecordedResponse { status: row.get(1)?, body: row.get(2)? }))
        });
        Ok(found.optional()?)
    }

    /// Records the response to the request of that digest, from when until when it is kept.
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
