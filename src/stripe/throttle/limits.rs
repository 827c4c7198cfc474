//! The limits that a request counts for, and what a window decides of it.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

/// An endpoint or a connection, and its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LimitKey {
    /// A hash of the name, the same in every process; 0 without a limit.
    pub hash: u64,
    /// The most admissions in any second.
    pub limit: usize,
}

/// The limits a request counts for, beside the account's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LimitKeys {
    /// Stripe's limit for the request's endpoint.
    pub endpoint: LimitKey,
    /// The limit of all nodes of the connection together.
    pub connection: LimitKey,
    /// How late the caller's requests have lately left: its admission counts so much longer.
    pub lateness: Duration,
    /// When an earlier admission was due, in whose place this one comes.
    pub moved: Option<u64>,
}

impl LimitKey {
    /// The key of the endpoint or connection of that name; `limit` is in requests a second.
    pub fn new(name: &str, limit: usize) -> Self {
        let hash = Sha256::digest(name);
        let first = hash.first_chunk().copied().unwrap_or_default();
        Self { hash: u64::from_le_bytes(first), limit }
    }
}

/// A key without a limit.
impl Default for LimitKey {
    fn default() -> Self {
        Self { hash: 0, limit: usize::MAX }
    }
}

/// Whether a request is admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The request is counted.
    Granted {
        /// It may be sent after this long.
        wait: Duration,
        /// The same in microseconds of the window's own clock.
        at: u64,
        /// Nobody else has to ask sooner than after this long; zero where the window does not say.
        next: Duration,
    },
    /// The request is not counted; ask again after this long.
    Wait(Duration),
    /// The same, and only the endpoint holds it back: requests to other endpoints may pass.
    WaitForEndpoint(Duration),
}

#[cfg(test)]
mod tests {
    use super::LimitKey;

    #[test]
    fn keys_have_the_same_hash_in_every_process() {
        assert_eq!(LimitKey::new("POST /v1/prices", 25).hash, 0x57b3_cdd0_eece_d5b2);
    }
}
