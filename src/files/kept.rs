//! A shared file that stays open between uses; each use happens under its lock.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::time::{Duration, Instant};

use super::{lock, open, private_folder};
use crate::sync;

/// A shared file in a folder that belongs to this user alone. Both are created at the first use.
#[derive(Debug)]
pub struct KeptFile {
    path: PathBuf,
    open: Mutex<Option<Open>>,
}

#[derive(Debug, Clone)]
struct Open {
    file: Arc<File>,
    /// Whether reading and writing it never has to wait.
    is_in_memory: bool,
}

/// The locked file; the lock is released when this is dropped.
#[derive(Debug)]
pub struct LockedFile<'f> {
    file: Arc<File>,
    /// The system's lock covers the whole process, so this mutex locks out other threads.
    _of_process: MutexGuard<'f, Option<Open>>,
}

impl KeptFile {
    /// The file at this path.
    pub fn new(path: PathBuf) -> Self {
        Self { path, open: Mutex::default() }
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Locks the file if that needs no waiting: it is open, in memory, still the one at its path, and nobody
    /// holds the lock.
    pub fn locked_at_once(&self) -> Option<LockedFile<'_>> {
        let kept = match self.open.try_lock() {
            Ok(kept) => kept,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        let Open { file, .. } =
            kept.as_ref().filter(|it| it.is_in_memory && is_at(&it.file, &self.path))?.clone();
        file.try_lock().ok()?;
        Some(LockedFile { file, _of_process: kept })
    }

    /// Locks the file within `limit`. Blocks the thread.
    ///
    /// # Errors
    /// The folder or the file cannot be created or opened, it belongs to another user, or another process
    /// holds the lock for longer than `limit`.
    pub fn locked(&self, limit: Duration) -> io::Result<LockedFile<'_>> {
        let began = Instant::now();
        let mut kept = sync::lock(&self.open);
        let here = kept.take().filter(|it| is_at(&it.file, &self.path));
        let open = here.map_or_else(|| self.opened(), Ok)?;
        lock(&open.file, &self.path, limit.saturating_sub(began.elapsed()))?;
        let file = Arc::clone(&open.file);
        *kept = Some(open);
        Ok(LockedFile { file, _of_process: kept })
    }

    fn opened(&self) -> io::Result<Open> {
        if let Some(folder) = self.path.parent() {
            private_folder(folder)?;
        }
        let file = open(&self.path, true)?;
        Ok(Open { is_in_memory: is_in_memory(&file), file: Arc::new(file) })
    }
}

impl LockedFile<'_> {
    /// The locked file.
    pub fn file(&self) -> &File {
        &self.file
    }
}

impl Drop for LockedFile<'_> {
    fn drop(&mut self) {
        // A lock that cannot be released ends with the process.
        let _ = self.file.unlock();
    }
}

/// Whether an open file is still the one at its path: a replaced one would be shared with nobody.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let [Ok(ours), Ok(there)] = [file.metadata(), std::fs::symlink_metadata(path)] else { return false };
    (ours.dev(), ours.ino()) == (there.dev(), there.ino())
}

/// Other systems cannot tell, so there the file is opened for each use.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> bool {
    false
}

/// Whether the file is in memory, as it is in `XDG_RUNTIME_DIR`: on any other file system, a write may have
/// to wait.
#[cfg(target_os = "linux")]
fn is_in_memory(file: &File) -> bool {
    /// The kernel's magic number of tmpfs.
    const TMPFS: u32 = 0x0102_1994;
    rustix::fs::fstatfs(file).is_ok_and(|found| u32::try_from(found.f_type) == Ok(TMPFS))
}

/// Nothing is known about file systems on other systems.
#[cfg(not(target_os = "linux"))]
fn is_in_memory(_file: &File) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use super::KeptFile;

    #[test]
    fn a_file_is_kept_until_it_is_deleted_and_locked_until_the_use_ends() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("folder/file");
        let (one, other) = (KeptFile::new(path.clone()), KeptFile::new(path.clone()));
        assert!(one.locked_at_once().is_none(), "it is not open yet");
        let used = one.locked(Duration::ZERO).unwrap();
        assert!(one.locked_at_once().is_none() && other.locked(Duration::ZERO).is_err());
        drop(used);
        drop(other.locked(Duration::ZERO).unwrap());
        drop(one.locked(Duration::ZERO).unwrap());
        fs::rename(&path, scratch.path().join("elsewhere")).unwrap();
        assert!(one.locked_at_once().is_none());
        drop(one.locked(Duration::ZERO).unwrap());
        assert!(path.exists(), "it is made again");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_in_memory_whose_lock_is_free_is_used_at_once() {
        // Some containers have no /dev/shm.
        let Ok(memory) = tempfile::tempdir_in("/dev/shm") else { return };
        let kept = KeptFile::new(memory.path().join("file"));
        drop(kept.locked(Duration::ZERO).unwrap());
        assert!(kept.locked_at_once().is_some());
    }
}
