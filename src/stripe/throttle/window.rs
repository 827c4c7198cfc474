//! A limit that several callers share: at most so many admissions in any second.
//!
//! A caller that is due soon is counted first and then waits; a caller that is due later waits
//! first and asks again. So a process that dies leaves at most one unused admission behind.
//! [`super::window_state`] has the arithmetic.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::window_state::{LONGEST_PAUSE, WindowState, micros};
use crate::sync::lock;

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

/// Why a shared window could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// The window's file cannot be opened, locked, read or written.
    #[error("the shared limit cannot be used: {why}")]
    File {
        /// The path of the file.
        path: std::path::PathBuf,
        /// The error of the operating system, with the path.
        why: std::io::Error,
    },
    /// The Redis cannot be reached, or its address is invalid.
    #[error("the shared limit in Redis cannot be used: {0}")]
    Redis(#[from] ::redis::RedisError),
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

/// A limit that several callers share.
pub trait Window: Send + Sync + std::fmt::Debug {
    /// Counts a request for these keys if it is due soon, else says how long to wait.
    fn try_admit(&self, keys: LimitKeys) -> BoxFuture<'_, Result<Decision, WindowError>>;

    /// Admits nothing for this long: no request to the endpoint, or none at all without one.
    fn pause(&self, endpoint: Option<LimitKey>, pause: Duration) -> BoxFuture<'_, Result<(), WindowError>>;
}

/// A window that the connections of one process share.
#[derive(Debug)]
pub struct ProcessWindow {
    limit: usize,
    /// The state's instants are microseconds since this one.
    epoch: Instant,
    state: Mutex<WindowState>,
}

impl ProcessWindow {
    /// A window of at most `limit` admissions a second.
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit: limit.max(1), epoch: Instant::now(), state: Mutex::default() })
    }

    /// What [`Window::try_admit`] does, without an error.
    pub(super) fn decide(&self, keys: LimitKeys) -> Decision {
        self.with_state(|state, now| state.decide(self.limit, keys, now))
    }

    /// What [`Window::pause`] does, without an error.
    pub(super) fn pause_now(&self, endpoint: Option<LimitKey>, pause: Duration) {
        let key = endpoint.map(|key| key.hash);
        self.with_state(|state, now| state.pause(key, now + micros(pause).min(LONGEST_PAUSE)));
    }

    fn with_state<T>(&self, change: impl FnOnce(&mut WindowState, u64) -> T) -> T {
        let mut state = lock(&self.state);
        change(&mut state, micros(self.epoch.elapsed()))
    }
}

impl Window for ProcessWindow {
    fn try_admit(&self, keys: LimitKeys) -> BoxFuture<'_, Result<Decision, WindowError>> {
        Box::pin(async move { Ok(self.decide(keys)) })
    }

    fn pause(&self, endpoint: Option<LimitKey>, pause: Duration) -> BoxFuture<'_, Result<(), WindowError>> {
        Box::pin(async move {
            self.pause_now(endpoint, pause);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::{Decision, LimitKey, LimitKeys, ProcessWindow};

    async fn wait(window: &ProcessWindow) {
        loop {
            match window.decide(LimitKeys::default()) {
                Decision::Granted { wait, .. } => return sleep(wait).await,
                Decision::Wait(wait) | Decision::WaitForEndpoint(wait) => sleep(wait).await,
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_holds_more_than_the_limit() {
        let window = ProcessWindow::new(25);
        let mut admitted = Vec::new();
        for _ in 0..120 {
            wait(&window).await;
            admitted.push(Instant::now());
        }
        let second = Duration::from_secs(1);
        let within =
            |start: Instant| admitted.iter().filter(|at| **at >= start && **at < start + second).count();
        let densest = admitted.iter().map(|start| within(*start)).max().unwrap();
        assert_eq!(densest, 25, "the first second is full");
        let rate = 100.0 / (admitted[100] - admitted[0]).as_secs_f64();
        assert!(rate >= 25.0 * 0.98, "{rate} a second");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everybody() {
        let window = ProcessWindow::new(25);
        window.pause_now(None, Duration::from_secs(3));
        let start = Instant::now();
        wait(&window).await;
        assert_eq!(start.elapsed(), Duration::from_secs(3));
    }

    #[test]
    fn keys_have_the_same_hash_in_every_process() {
        assert_eq!(LimitKey::new("POST /v1/prices", 25).hash, 0x57b3_cdd0_eece_d5b2);
    }
}
