//! A window that the processes of one user on one machine share: a small file with a lock.
//!
//! The file holds the state in system time. The lock is held for a read and a write, never while waiting, and
//! the system releases it when its process dies. A file that is in memory and whose lock is free is changed
//! on the calling thread; everything else happens on a thread that may block, and is abandoned if the file
//! system does not answer. When the system clock is set back, the file contains instants too far in the
//! future. They are dropped, so that a clock change never delays a request by more than a moment.

use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::future::BoxFuture;

use super::limits::{Decision, LimitKey, LimitKeys};
use super::window::{Window, WindowError};
use super::window_state::{AdmittedRequest, LONGEST_PAUSE, MOST_LATENESS, Pause, WindowState, micros};
use crate::files::{self, KeptFile, LockedFile};

/// If the lock is not free after this time, the file counts as unusable: no healthy process holds it that
/// long.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
/// If the file system has not answered after this time, it counts as unusable.
const FILE_TIMEOUT: Duration = Duration::from_secs(8);
/// The maximum number of bytes that are read from the file: room for thousands of admissions.
const LARGEST: u64 = 1 << 20;
/// The number of bytes that a busy second takes.
const USUAL: usize = 4096;
/// Stands in place of an endpoint's hash and marks a line as a pause.
const PAUSE_MARKER: u64 = u64::MAX;

/// A window whose state is stored in a file.
#[derive(Debug)]
pub struct HostWindow {
    file: Arc<KeptFile>,
    limit: usize,
    clock: fn() -> SystemTime,
}

impl HostWindow {
    /// Creates a window of at most `limit` admissions per second for all processes that use this file. The
    /// file and its folders are created at the first request.
    pub fn new(path: PathBuf, limit: usize) -> Self {
        Self { file: Arc::new(KeptFile::new(path)), limit: limit.max(1), clock: SystemTime::now }
    }

    /// Changes the state under the lock; `change` receives the time in microseconds since 1970.
    async fn with_state<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut WindowState, u64) -> T + Send + 'static,
    ) -> Result<T, WindowError> {
        let clock = self.clock;
        let changed = if let Some(locked) = self.file.locked_at_once() {
            change_file(&locked, clock, change)
        } else {
            let file = Arc::clone(&self.file);
            let work = move || change_file(&file.locked(LOCK_TIMEOUT)?, clock, change);
            files::bounded(self.file.path(), FILE_TIMEOUT, work).await
        };
        changed.map_err(|why| WindowError::File { path: self.file.path().to_owned(), why })
    }
}

/// Changes the state in a locked file.
fn change_file<T>(
    locked: &LockedFile<'_>,
    clock: fn() -> SystemTime,
    change: impl FnOnce(&mut WindowState, u64) -> T,
) -> io::Result<T> {
    let mut file = locked.file();
    file.rewind()?;
    let mut bytes = Vec::with_capacity(USUAL);
    file.take(LARGEST).read_to_end(&mut bytes)?;
    let now = instant(clock());
    let mut state = decode(&bytes);
    let result = change(&mut state, now);
    let written = encode(&state);
    file.rewind()?;
    file.write_all(&written)?;
    if written.len() < bytes.len() {
        file.set_len(u64::try_from(written.len()).unwrap_or_default())?;
    }
    Ok(result)
}

/// Returns a time in microseconds since 1970. A clock before 1970 gets instants in a range of its own, which
/// advance too.
fn instant(time: SystemTime) -> u64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => micros(since),
        Err(before) => (u64::MAX / 2).saturating_sub(micros(before.duration())),
    }
}

impl Window for HostWindow {
    fn try_admit(&self, keys: LimitKeys) -> BoxFuture<'_, Result<Decision, WindowError>> {
        let limit = self.limit;
        Box::pin(self.with_state(move |state, now| state.decide(limit, keys, now)))
    }

    fn pause(&self, endpoint: Option<LimitKey>, pause: Duration) -> BoxFuture<'_, Result<(), WindowError>> {
        let key = endpoint.map(|key| key.hash);
        let pause = micros(pause).min(LONGEST_PAUSE);
        Box::pin(self.with_state(move |state, now| state.pause(key, now + pause)))
    }
}

/// Decodes lines of four numbers: either an instant, the hashes of endpoint and connection, and how late the
/// request may leave; or the end of a pause, [`PAUSE_MARKER`], and the endpoint's hash (0 for the account).
/// An incomplete line is dropped.
fn decode(bytes: &[u8]) -> WindowState {
    let (words, _) = bytes.as_chunks::<8>();
    let words: Vec<u64> = words.iter().map(|word| u64::from_le_bytes(*word)).collect();
    let mut state = WindowState::default();
    for line in words.as_chunks::<4>().0 {
        match *line {
            [until, PAUSE_MARKER, key, _] => {
                state.pauses.push(Pause { until, key: Some(key).filter(|key| *key != 0) });
            }
            [at, endpoint, connection, late] => {
                let late = late.min(micros(MOST_LATENESS));
                state.admitted.push(AdmittedRequest { at, late, keys: [endpoint, connection] });
            }
        }
    }
    state
}

fn encode(state: &WindowState) -> Vec<u8> {
    let pauses = state.pauses.iter().map(|pause| [pause.until, PAUSE_MARKER, pause.key.unwrap_or(0), 0]);
    let admitted = state.admitted.iter();
    let admitted = admitted.map(|entry| [entry.at, entry.keys[0], entry.keys[1], entry.late]);
    pauses.chain(admitted).flatten().flat_map(u64::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::{Duration, Instant, SystemTime};

    use tokio::time::sleep;

    use super::{Decision, HostWindow, LimitKey, LimitKeys, UNIX_EPOCH, Window, WindowState, decode, encode};

    const ALL: LimitKeys = LimitKeys {
        endpoint: LimitKey { hash: 0, limit: 100 },
        connection: LimitKey { hash: 0, limit: 100 },
        lateness: Duration::ZERO,
        moved: None,
    };

    fn window(folder: &tempfile::TempDir, limit: usize) -> HostWindow {
        HostWindow::new(folder.path().join("deep/er.window"), limit)
    }

    /// A clock that tests can advance, in seconds since 1970.
    static SECONDS: AtomicU64 = AtomicU64::new(2_000_000_000);

    fn moved() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(SECONDS.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn a_clock_that_jumps_makes_nobody_wait() {
        let folder = tempfile::tempdir().unwrap();
        let window = HostWindow { clock: moved, ..window(&folder, 1) };
        let admit = async || window.try_admit(ALL).await.unwrap();
        assert!(matches!(admit().await, Decision::Granted { wait: Duration::ZERO, .. }));
        assert!(matches!(admit().await, Decision::Wait(_)), "the limit holds while the clock stands");
        for jump in [1_000_000_000, 2_000_003_600, 1_999_999_999, 5] {
            SECONDS.store(jump, Ordering::SeqCst);
            assert!(
                matches!(admit().await, Decision::Granted { wait: Duration::ZERO, .. }),
                "after a jump to {jump}"
            );
        }
    }

    #[test]
    fn time_passes_on_a_clock_before_1970_too() {
        let at = |seconds| super::instant(UNIX_EPOCH - Duration::from_secs(seconds));
        assert_eq!(at(315_619_199) - at(315_619_200), 1_000_000);
    }

    #[test]
    fn a_damaged_file_is_an_empty_one_at_worst() {
        for damaged in [b"damaged".as_slice(), &[0xff; 40], &[0x11; 239], &[0; 48]] {
            let mut state = decode(damaged);
            assert!(matches!(
                state.decide(1, ALL, 1_000_000_000),
                Decision::Granted { wait: Duration::ZERO, .. }
            ));
        }
    }

    #[test]
    fn a_state_is_read_as_it_was_written() {
        let mut state = WindowState::default();
        let key = LimitKey::new("POST /v1/prices", 25);
        state.decide(9, LimitKeys { endpoint: key, ..LimitKeys::default() }, 1_000_000_000);
        state.pause(Some(key.hash), 1_000_000_001);
        state.pause(None, 1_000_000_002);
        assert_eq!(decode(&encode(&state)), state);
    }

    #[tokio::test]
    async fn windows_of_one_file_share_a_limit() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (window(&folder, 3), window(&folder, 3));
        let start = Instant::now();
        for window in [&one, &other, &one, &other] {
            loop {
                match window.try_admit(ALL).await.unwrap() {
                    Decision::Granted { wait, .. } => break sleep(wait).await,
                    Decision::Wait(wait) | Decision::WaitForEndpoint(wait) => sleep(wait).await,
                }
            }
        }
        assert!(start.elapsed() >= Duration::from_secs(1), "the fourth waited for the first to pass");
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_is_an_error_and_no_wait() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("deep"), "a file").unwrap();
        let error = window(&folder, 3).try_admit(ALL).await.unwrap_err().to_string();
        assert!(error.starts_with("the shared limit cannot be used: "), "{error}");
        assert!(error.contains("/deep"), "{error}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_pipe_or_a_link_in_place_of_the_file_is_an_error_and_no_wait() {
        let folder = tempfile::tempdir().unwrap();
        let made = std::process::Command::new("mkfifo").arg(folder.path().join("pipe")).status();
        assert!(made.is_ok_and(|status| status.success()), "mkfifo makes a pipe");
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join("link")).unwrap();
        for name in ["pipe", "link"] {
            let window = HostWindow::new(folder.path().join(name), 3);
            let error = window.try_admit(ALL).await.unwrap_err().to_string();
            assert!(error.contains(&format!("/{name}: ")), "{error}");
        }
    }
}
