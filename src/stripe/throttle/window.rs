//! A limit that several callers share: a maximum number of admissions in any second.
//!
//! A caller that is due soon is counted first and then waits; a caller that is due later waits first and asks
//! again. So a process that dies leaves at most one unused admission behind. [`super::window_state`] has the
//! arithmetic.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::Instant;

use super::limits::{Decision, LimitKey, LimitKeys};
use super::window_state::{LONGEST_PAUSE, WindowState, micros};
use crate::sync::lock;

/// Why a shared window could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// The window's file cannot be opened, locked, read or written.
    #[error("the shared limit cannot be used: {why}")]
    File {
        /// The path of the file.
        path: std::path::PathBuf,
        /// The error of the operating system, including the path.
        why: std::io::Error,
    },
    /// The Redis cannot be reached, or its address is invalid.
    #[error("the shared limit in Redis cannot be used: {0}")]
    Redis(#[from] ::redis::RedisError),
}

/// A limit that several callers share.
pub trait Window: Send + Sync + std::fmt::Debug {
    /// Counts a request for these keys if it is due soon; otherwise returns how long to wait.
    fn try_admit(&self, keys: LimitKeys) -> BoxFuture<'_, Result<Decision, WindowError>>;

    /// Admits nothing for this long: no request to the endpoint, or no request at all if none is given.
    fn pause(&self, endpoint: Option<LimitKey>, pause: Duration) -> BoxFuture<'_, Result<(), WindowError>>;
}

/// A window that the connections of one process share.
#[derive(Debug)]
pub struct ProcessWindow {
    limit: usize,
    /// The origin of the state's instants, which are in microseconds since then.
    epoch: Instant,
    state: Mutex<WindowState>,
}

impl ProcessWindow {
    /// Creates a window of at most `limit` admissions per second.
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit: limit.max(1), epoch: Instant::now(), state: Mutex::default() })
    }

    /// Like [`Window::try_admit`], but cannot fail.
    pub(super) fn decide(&self, keys: LimitKeys) -> Decision {
        self.with_state(|state, now| state.decide(self.limit, keys, now))
    }

    /// Like [`Window::pause`], but cannot fail.
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

    use super::{Decision, LimitKeys, ProcessWindow};

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
}
