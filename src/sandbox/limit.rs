//! Stripe's rate limit: a number of requests in any second; requests beyond it are refused.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Response;
use serde_json::json;

use crate::sandbox::fault::answer;

/// The limit, and the requests so far.
#[derive(Debug, Default)]
pub(super) struct Limit {
    per_second: Option<usize>,
    admitted: VecDeque<Instant>,
    requests: usize,
    refused: usize,
}

impl Limit {
    pub fn set(&mut self, per_second: Option<usize>) {
        self.per_second = per_second;
    }

    /// Counts a request; returns an error response if it exceeds the limit.
    pub fn admit(&mut self) -> Option<Response<Bytes>> {
        self.requests += 1;
        let limit = self.per_second?;
        let now = Instant::now();
        while self.admitted.front().is_some_and(|at| now.duration_since(*at) >= Duration::from_secs(1)) {
            self.admitted.pop_front();
        }
        if self.admitted.len() < limit {
            self.admitted.push_back(now);
            return None;
        }
        self.refused += 1;
        let body = json!({"error": {
            "code": "rate_limit", "message": "Request rate limit exceeded.", "type": "invalid_request_error",
        }});
        let headers = [("content-type", "application/json"), ("stripe-rate-limited-reason", "global-rate")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Some(answer(429, &headers, body.to_string()))
    }

    pub fn traffic(&self) -> (usize, usize) {
        (self.requests, self.refused)
    }
}
