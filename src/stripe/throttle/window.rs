//! A limit that several share: at most so many admissions in any second.
//!
//! A caller that is due soon takes its place in the record, then waits; one that is due
//! later waits first and asks again, so that a process that dies leaves at most one unused
//! place behind. How places are counted is in [`super::window_state`].

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::window_state::{HORIZON, Record, micros};

/// A part of an account's requests with a limit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Part {
    /// A hash of its name, the same in every process.
    pub name: u64,
    /// Admissions in any second.
    pub most: usize,
}

/// What a request counts for, beside the account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Parts {
    /// Its endpoint.
    pub endpoint: Part,
    /// Its connection.
    pub connection: Part,
}

impl Part {
    /// The part of that name.
    pub fn new(name: &str, most: usize) -> Self {
        let hash = Sha256::digest(name);
        let first = hash.first_chunk().copied().unwrap_or_default();
        Self { name: u64::from_le_bytes(first), most }
    }
}

/// No limit of its own.
impl Default for Part {
    fn default() -> Self {
        Self { name: 0, most: usize::MAX }
    }
}

/// Why a shared window could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    /// The file cannot be used.
    #[error("the shared limit in {} cannot be used: {why}", path.display())]
    File {
        /// The file.
        path: std::path::PathBuf,
        /// What the system says.
        why: std::io::Error,
    },
    /// Redis cannot be used.
    #[error("the shared limit in Redis cannot be used: {0}")]
    Redis(#[from] ::redis::RedisError),
}

/// What a look at the record came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A place was taken; it is good after this long.
    Taken(Duration),
    /// Ask again after this long.
    Later(Duration),
    /// Ask again after this long; calls to other endpoints need not wait.
    EndpointLater(Duration),
}

/// A limit that several share.
pub trait Window: Send + Sync + std::fmt::Debug {
    /// Looks at the record once, for a request that counts for these parts.
    fn ask(&self, parts: Parts) -> BoxFuture<'_, Result<Place, WindowError>>;

    /// Nobody is admitted for this long: nobody of the endpoint, or nobody at all.
    fn pause(&self, endpoint: Option<Part>, pause: Duration) -> BoxFuture<'_, Result<(), WindowError>>;
}

/// A window that the connections of one process share.
#[derive(Debug)]
pub struct ProcessWindow {
    limit: usize,
    /// The record's instants are microseconds since this one.
    began: Instant,
    record: Mutex<Record>,
}

impl ProcessWindow {
    /// At most `limit` admissions a second.
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit: limit.max(1), began: Instant::now(), record: Mutex::default() })
    }

    /// Looks at the record once.
    pub(super) fn look(&self, parts: Parts) -> Place {
        self.with_record(|record, now| record.look(self.limit, parts, now))
    }

    /// Nobody of the endpoint, or nobody at all, is admitted for this long.
    pub(super) fn hold(&self, endpoint: Option<Part>, pause: Duration) {
        let part = endpoint.map(|part| part.name);
        self.with_record(|record, now| record.pause(part, now + micros(pause).min(HORIZON)));
    }

    fn with_record<T>(&self, change: impl FnOnce(&mut Record, u64) -> T) -> T {
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut record, micros(self.began.elapsed()))
    }
}

impl Window for ProcessWindow {
    fn ask(&self, parts: Parts) -> BoxFuture<'_, Result<Place, WindowError>> {
        Box::pin(async move { Ok(self.look(parts)) })
    }

    fn pause(&self, endpoint: Option<Part>, pause: Duration) -> BoxFuture<'_, Result<(), WindowError>> {
        Box::pin(async move {
            self.hold(endpoint, pause);
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::{Part, Parts, Place, ProcessWindow};

    async fn wait(window: &ProcessWindow) {
        loop {
            match window.look(Parts::default()) {
                Place::Taken(wait) => return sleep(wait).await,
                Place::Later(wait) | Place::EndpointLater(wait) => sleep(wait).await,
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
        assert!((20..=25).contains(&densest), "{densest}");
        let rate = 120.0 / (*admitted.last().unwrap() - admitted[0]).as_secs_f64();
        assert!(rate > 25.0 * 0.9, "{rate} a second");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everybody() {
        let window = ProcessWindow::new(25);
        window.hold(None, Duration::from_secs(3));
        let start = Instant::now();
        wait(&window).await;
        assert_eq!(start.elapsed(), Duration::from_secs(3));
    }

    #[test]
    fn parts_have_the_same_name_in_every_process() {
        assert_eq!(Part::new("POST /v1/prices", 25).name, 0x57b3_cdd0_eece_d5b2);
    }
}
