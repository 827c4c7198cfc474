//! A window that the processes of one machine share: a small file with a lock.
//!
//! The file holds the record in the system's time. The lock is held for a read and a write,
//! never while waiting, and the system takes it back from a process that dies. A clock that
//! jumps back leaves instants of a future that is not to come; they are dropped, so that a
//! jump never makes anybody wait for more than a moment.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::future::BoxFuture;
use tokio::time::sleep;

use super::window::{Part, Parts, Place, Window, WindowError};
use super::window_state::{Entry, HORIZON, Pause, Record, micros};

/// How often a lock that somebody holds is asked for again.
const AGAIN: Duration = Duration::from_millis(2);
/// A lock that is held for longer is not held by somebody who is alive and well.
const PATIENCE: Duration = Duration::from_secs(5);
/// What stands in the place of an endpoint where a line is a pause.
const PAUSED: u64 = u64::MAX;

/// A window in a file.
#[derive(Debug)]
pub struct HostWindow {
    path: PathBuf,
    limit: usize,
    clock: fn() -> SystemTime,
}

impl HostWindow {
    /// At most `limit` admissions a second for all who name the same file.
    pub fn new(path: PathBuf, limit: usize) -> Self {
        Self { path, limit: limit.max(1), clock: SystemTime::now }
    }

    /// Changes the record under the lock.
    async fn with_record<T>(&self, change: impl FnOnce(&mut Record, u64) -> T) -> Result<T, WindowError> {
        let failed = |why: io::Error| WindowError::File { path: self.path.clone(), why };
        let mut file = self.locked().await.map_err(failed)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        let now = micros((self.clock)().duration_since(UNIX_EPOCH).unwrap_or_default());
        let mut record = decode(&bytes);
        let result = change(&mut record, now);
        let written = encode(&record);
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
}

impl Window for HostWindow {
    fn ask(&self, parts: Parts) -> BoxFuture<'_, Result<Place, WindowError>> {
        Box::pin(self.with_record(move |record, now| record.look(self.limit, parts, now)))
    }

    fn pause(&self, endpoint: Option<Part>, pause: Duration) -> BoxFuture<'_, Result<(), WindowError>> {
        let part = endpoint.map(|part| part.name);
        let pause = micros(pause).min(HORIZON);
        Box::pin(self.with_record(move |record, now| record.pause(part, now + pause)))
    }
}

/// Three numbers a line: an instant with endpoint and connection, or a pause's end with
/// [`PAUSED`] and whom it holds, 0 for everybody. What is no whole line is left out.
fn decode(bytes: &[u8]) -> Record {
    let (words, _) = bytes.as_chunks::<8>();
    let words: Vec<u64> = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
    let mut record = Record::default();
    for line in words.as_chunks::<3>().0 {
        match *line {
            [until, PAUSED, part] => {
                record.pauses.push(Pause { until, part: Some(part).filter(|part| *part != 0) });
            }
            [at, endpoint, connection] => {
                record.admitted.push(Entry { at, parts: [endpoint, connection] });
            }
        }
    }
    record
}

fn encode(record: &Record) -> Vec<u8> {
    let pauses = record.pauses.iter().map(|pause| [pause.until, PAUSED, pause.part.unwrap_or(0)]);
    let admitted = record
        .admitted
        .iter()
        .map(|Entry { at, parts: [endpoint, connection] }| [*at, *endpoint, *connection]);
    pauses.chain(admitted).flatten().flat_map(u64::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::{Duration, Instant, SystemTime};

    use tokio::time::sleep;

    use super::{HostWindow, Part, Parts, Place, Record, UNIX_EPOCH, Window, decode, encode};

    const ALL: Parts =
        Parts { endpoint: Part { name: 0, most: 100 }, connection: Part { name: 0, most: 100 } };

    fn window(folder: &tempfile::TempDir, limit: usize) -> HostWindow {
        HostWindow::new(folder.path().join("deep/er.window"), limit)
    }

    /// A clock that tests move, in seconds since 1970.
    static SECONDS: AtomicU64 = AtomicU64::new(2_000_000_000);

    fn moved() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(SECONDS.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn a_clock_that_jumps_makes_nobody_wait() {
        let folder = tempfile::tempdir().unwrap();
        let window = HostWindow { clock: moved, ..window(&folder, 1) };
        let ask = async || window.ask(ALL).await.unwrap();
        assert_eq!(ask().await, Place::Taken(Duration::ZERO));
        assert!(matches!(ask().await, Place::Later(_)), "the limit holds while the clock stands");
        for jump in [1_000_000_000, 2_000_003_600, 1_999_999_999, 5] {
            SECONDS.store(jump, Ordering::SeqCst);
            assert_eq!(ask().await, Place::Taken(Duration::ZERO), "after a jump to {jump}");
        }
    }

    #[test]
    fn a_damaged_file_is_an_empty_one_at_worst() {
        for damaged in [b"damaged".as_slice(), &[0xff; 40], &[0x11; 239], &[0; 48]] {
            let mut record = decode(damaged);
            assert_eq!(record.look(1, ALL, 1_000_000_000), Place::Taken(Duration::ZERO));
        }
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let mut record = Record::default();
        let part = Part::new("POST /v1/prices", 25);
        record.look(9, Parts { endpoint: part, connection: Part::default() }, 1_000_000_000);
        record.pause(Some(part.name), 1_000_000_001);
        record.pause(None, 1_000_000_002);
        assert_eq!(decode(&encode(&record)), record);
    }

    #[tokio::test]
    async fn windows_of_one_file_share_a_limit() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (window(&folder, 3), window(&folder, 3));
        let start = Instant::now();
        for window in [&one, &other, &one, &other] {
            loop {
                match window.ask(ALL).await.unwrap() {
                    Place::Taken(wait) => break sleep(wait).await,
                    Place::Later(wait) | Place::EndpointLater(wait) => sleep(wait).await,
                }
            }
        }
        assert!(start.elapsed() >= Duration::from_secs(1), "the fourth waited for the first to pass");
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_is_an_error_and_no_wait() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("deep"), "a file").unwrap();
        let error = window(&folder, 3).ask(ALL).await.unwrap_err().to_string();
        assert!(error.starts_with("the shared limit in "), "{error}");
    }
}
