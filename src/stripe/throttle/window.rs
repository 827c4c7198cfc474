//! A limit that several share: at most so many admissions in any second.
//!
//! # Theory
//!
//! The instants of the last `limit` admissions say when the next one is due: one second
//! after the oldest of them. A caller that is due soon takes its place in the record, then
//! waits; one that is due later waits first and asks again, so that a process that dies
//! leaves at most one unused place behind.
//!
//! Stripe counts when a request arrives, which is a little after it was admitted and not
//! always the same little. So the second is taken to be longer by [`SLACK`], and once half
//! the places of a second are taken the others come one by one: a busy machine that holds
//! one request up cannot make two bursts meet.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::{Instant, sleep};

/// How long admissions count.
pub(super) const SECOND: Duration = Duration::from_secs(1);
/// Requests take different times to arrive.
pub(super) const SLACK: Duration = Duration::from_millis(60);
/// Who is due within this time takes a place.
pub(super) const SOON: Duration = Duration::from_millis(40);

/// When the next admission is due, in microseconds; `admitted` are the last ones, oldest first.
pub(super) fn due(admitted: &[u64], limit: usize, now: u64) -> u64 {
    let window = micros(SECOND + SLACK);
    let free =
        admitted.len().checked_sub(limit).and_then(|at| admitted.get(at)).map_or(0, |oldest| oldest + window);
    let recent = admitted.iter().filter(|at| **at + window > now).count();
    let pace = window / u64::try_from(limit).unwrap_or(u64::MAX);
    let spaced = admitted.last().filter(|_| recent > limit / 2).map_or(0, |last| last + pace);
    free.max(spaced).max(now)
}

/// A duration in microseconds.
pub(super) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
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
}

/// A limit that several share.
pub trait Window: Send + Sync + std::fmt::Debug {
    /// Looks at the record once.
    fn ask(&self) -> BoxFuture<'_, Result<Place, WindowError>>;

    /// Nobody is admitted for this long.
    fn pause(&self, pause: Duration) -> BoxFuture<'_, Result<(), WindowError>>;
}

/// Waits for a place in a window.
pub(super) async fn wait_for_place(window: &dyn Window) -> Result<(), WindowError> {
    loop {
        match window.ask().await? {
            Place::Taken(wait) => {
                sleep(wait).await;
                return Ok(());
            }
            Place::Later(wait) => sleep(wait).await,
        }
    }
}

/// A window that the connections of one process share.
#[derive(Debug)]
pub struct ProcessWindow {
    limit: usize,
    record: Mutex<Record>,
}

#[derive(Debug)]
struct Record {
    /// Instants are kept as microseconds since this one.
    began: Instant,
    admitted: VecDeque<u64>,
    paused_until: u64,
}

impl Record {
    fn now(&self) -> u64 {
        micros(self.began.elapsed())
    }
}

impl ProcessWindow {
    /// At most `limit` admissions a second.
    pub fn new(limit: usize) -> Arc<Self> {
        let record = Record { began: Instant::now(), admitted: VecDeque::new(), paused_until: 0 };
        Arc::new(Self { limit: limit.max(1), record: Mutex::new(record) })
    }

    fn look(&self) -> Place {
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        let now = record.now();
        while record.admitted.len() > self.limit {
            record.admitted.pop_front();
        }
        let due = due(record.admitted.make_contiguous(), self.limit, now).max(record.paused_until);
        let wait = Duration::from_micros(due - now);
        if wait > SOON {
            return Place::Later(wait.saturating_sub(SOON));
        }
        record.admitted.push_back(due);
        Place::Taken(wait)
    }
}

impl Window for ProcessWindow {
    fn ask(&self) -> BoxFuture<'_, Result<Place, WindowError>> {
        Box::pin(async { Ok(self.look()) })
    }

    fn pause(&self, pause: Duration) -> BoxFuture<'_, Result<(), WindowError>> {
        let mut record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        record.paused_until = record.paused_until.max(record.now() + micros(pause));
        Box::pin(async { Ok(()) })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::{ProcessWindow, Window, due, wait_for_place};

    #[tokio::test(start_paused = true)]
    async fn no_second_holds_more_than_the_limit() {
        let window = ProcessWindow::new(25);
        let mut admitted = Vec::new();
        for _ in 0..120 {
            wait_for_place(window.as_ref()).await.unwrap();
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

    #[test]
    fn half_the_places_are_free_at_once_and_the_others_come_one_by_one() {
        let (now, pace) = (5_000_000, 106_000);
        assert_eq!(due(&[now; 5], 10, now), now);
        assert_eq!(due(&[now; 6], 10, now), now + pace);
        let spread: Vec<u64> = (0..10).map(|n| now - 1_000_000 + n * pace).collect();
        assert_eq!(due(&spread, 10, now), now + 60_000);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everybody() {
        let window = ProcessWindow::new(25);
        window.pause(Duration::from_secs(3)).await.unwrap();
        let start = Instant::now();
        wait_for_place(window.as_ref()).await.unwrap();
        assert_eq!(start.elapsed(), Duration::from_secs(3));
        sleep(Duration::from_millis(1)).await;
    }
}
