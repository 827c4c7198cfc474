//! A window that the processes of one machine share: a small file with a lock.
//!
//! The file holds the instants of the last admissions in the system's time. The lock is
//! held for a read and a write, never while waiting, and the system takes it back from a
//! process that dies. A clock that jumps back leaves instants of a future that is not to
//! come; they are dropped, so that a jump never makes anybody wait for more than a moment.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::future::BoxFuture;
use tokio::time::sleep;

use super::window::{Place, SECOND, SLACK, SOON, Window, WindowError, due, micros};

/// How often a lock that somebody holds is asked for again.
const AGAIN: Duration = Duration::from_millis(2);
/// A lock that is held for longer is not held by somebody who is alive and well.
const PATIENCE: Duration = Duration::from_secs(5);
/// No pause and no place is further in the future.
const HORIZON: u64 = 65_000_000;

/// A window in a file.
#[derive(Debug)]
pub struct HostWindow {
    path: PathBuf,
    limit: usize,
}

/// Microseconds since 1970: when the pause ends, then the last admissions, oldest first.
#[derive(Debug, Default, PartialEq)]
struct Record {
    paused_until: u64,
    admitted: Vec<u64>,
}

impl HostWindow {
    /// At most `limit` admissions a second for all who name the same file.
    pub fn new(path: PathBuf, limit: usize) -> Self {
        Self { path, limit: limit.max(1) }
    }

    /// Changes the record under the lock.
    async fn with_record<T>(&self, change: impl FnOnce(&mut Record, u64) -> T) -> Result<T, WindowError> {
        let failed = |why: io::Error| WindowError::File { path: self.path.clone(), why };
        let mut file = self.locked().await.map_err(failed)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        let now = now();
        let mut record = Record::of(&bytes, now);
        let result = change(&mut record, now);
        let written = record.bytes();
        file.seek(SeekFrom::Start(0))
            .and_then(|_| file.write_all(&written))
            .and_then(|()| file.set_len(u64::try_from(written.len()).unwrap_or_default()))
            .map_err(failed)?;
        Ok(result)
    }

    /// The file, locked until it is closed. The lock is asked for, never waited for, so that
    /// no thread stands still.
    async fn locked(&self) -> io::Result<File> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&self.path)?;
        let mut waited = Duration::ZERO;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) if waited < PATIENCE => sleep(AGAIN).await,
                Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::TimedOut.into()),
                Err(TryLockError::Error(error)) => return Err(error),
            }
            waited += AGAIN;
        }
    }

    fn look(&self, record: &mut Record, now: u64) -> Place {
        let excess = record.admitted.len().saturating_sub(self.limit);
        record.admitted.drain(..excess);
        let due = due(&record.admitted, self.limit, now).max(record.paused_until);
        let wait = Duration::from_micros(due - now);
        if wait > SOON {
            return Place::Later(wait.saturating_sub(SOON));
        }
        record.admitted.push(due);
        Place::Taken(wait)
    }
}

impl Window for HostWindow {
    fn ask(&self) -> BoxFuture<'_, Result<Place, WindowError>> {
        Box::pin(self.with_record(|record, now| self.look(record, now)))
    }

    fn pause(&self, pause: Duration) -> BoxFuture<'_, Result<(), WindowError>> {
        Box::pin(self.with_record(move |record, now| {
            record.paused_until = record.paused_until.max(now + micros(pause).min(HORIZON));
        }))
    }
}

impl Record {
    /// Reads a record; what cannot be true any more is left out.
    fn of(bytes: &[u8], now: u64) -> Self {
        let (words, _) = bytes.as_chunks::<8>();
        let mut words = words.iter().map(|word| u64::from_le_bytes(*word));
        let believable = |instant: &u64| *instant <= now + HORIZON;
        let paused_until = words.next().filter(believable).unwrap_or_default();
        let soon = now + micros(SECOND + SLACK);
        let admitted = words.filter(|instant| *instant <= soon).collect();
        Self { paused_until, admitted }
    }

    fn bytes(&self) -> Vec<u8> {
        [self.paused_until].iter().chain(&self.admitted).flat_map(|instant| instant.to_le_bytes()).collect()
    }
}

fn now() -> u64 {
    micros(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{HostWindow, Place, Record, SOON, Window};
    use crate::stripe::throttle::window::wait_for_place;

    fn window(folder: &tempfile::TempDir, limit: usize) -> HostWindow {
        HostWindow::new(folder.path().join("deep/er.window"), limit)
    }

    #[test]
    fn places_are_given_out_until_the_second_is_full() {
        let window = HostWindow::new("unused".into(), 2);
        let mut record = Record::default();
        let now = 1_000_000_000;
        assert_eq!(window.look(&mut record, now), Place::Taken(Duration::ZERO));
        assert_eq!(window.look(&mut record, now), Place::Taken(Duration::ZERO));
        let wait = Duration::from_millis(1060);
        assert_eq!(window.look(&mut record, now), Place::Later(wait.saturating_sub(SOON)));
        let later = now + 1_030_000;
        assert_eq!(window.look(&mut record, later), Place::Taken(Duration::from_millis(30)));
    }

    #[test]
    fn a_clock_that_jumped_back_makes_nobody_wait() {
        let window = HostWindow::new("unused".into(), 1);
        let ahead = Record { paused_until: 9_000_000_000, admitted: vec![9_000_000_000] };
        let mut record = Record::of(&ahead.bytes(), 1_000_000_000);
        assert_eq!(record, Record::default());
        assert_eq!(window.look(&mut record, 1_000_000_000), Place::Taken(Duration::ZERO));
    }

    #[test]
    fn a_damaged_file_is_an_empty_one_at_worst() {
        assert_eq!(Record::of(b"damaged", 5), Record::default());
        assert_eq!(Record::of(&[0xff; 40], 5), Record::default());
    }

    #[tokio::test]
    async fn windows_of_one_file_share_a_limit() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (window(&folder, 3), window(&folder, 3));
        let start = Instant::now();
        for window in [&one, &other, &one, &other] {
            wait_for_place(window).await.unwrap();
        }
        assert!(start.elapsed() >= Duration::from_secs(1), "the fourth waited for the first to pass");
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_is_an_error_and_no_wait() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("deep"), "a file").unwrap();
        let error = window(&folder, 3).ask().await.unwrap_err().to_string();
        assert!(error.starts_with("the shared limit in "), "{error}");
    }
}
