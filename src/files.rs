//! Files that the processes of one user share: in folders that belong to that user alone, never reached
//! through a link, and never waited for without a limit.
//!
//! Another user of the machine could put a link, a pipe or a folder of their own where a shared file is
//! expected. So a folder must belong to the user of this process and be closed to others, an opened file
//! must be a regular file, and a path whose last component is a link is refused. The parents of the folder
//! may be links: they are the user's own choice.
//!
//! File work blocks, and on a file system that hangs it blocks forever. It belongs on threads that may
//! block, and an async caller waits for it with [`bounded`].

mod kept;

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

pub use kept::{KeptFile, LockedFile};

/// The time between two attempts to lock a file.
const LOCK_RETRY: Duration = Duration::from_millis(2);

/// Creates a folder that only this user can use, including its parents, or checks the existing one.
///
/// # Errors
/// The path is not a folder or is a link, belongs to another user, or cannot be created.
pub fn private_folder(path: &Path) -> io::Result<()> {
    make_folder(path).and_then(|()| check_folder(path)).map_err(|error| at(path, &error))
}

/// Opens a shared file for reading and writing. A newly created file is accessible to this user only.
///
/// # Errors
/// The path is a link or not a regular file, belongs to another user, or cannot be opened.
pub fn open(path: &Path, create: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(create);
    #[cfg(unix)]
    system::restrict(&mut options);
    let file = options.open(path).map_err(|error| at(path, &error))?;
    let found = file.metadata().map_err(|error| at(path, &error))?;
    if !found.is_file() {
        return Err(at(path, &"it is no regular file"));
    }
    check_owner(&found).map_err(|error| at(path, &error))?;
    Ok(file)
}

/// Locks a file within `limit`, until it is unlocked or closed. Blocks the thread.
///
/// # Errors
/// Another process still holds the lock at the limit, or the file cannot be locked.
pub fn lock(file: &File, path: &Path, limit: Duration) -> io::Result<()> {
    let mut waited = Duration::ZERO;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if waited < limit => std::thread::sleep(LOCK_RETRY),
            Err(TryLockError::WouldBlock) => {
                return Err(at(path, &"another process holds its lock"));
            }
            Err(TryLockError::Error(error)) => return Err(at(path, &error)),
        }
        waited += LOCK_RETRY;
    }
}

/// Does file work on a thread that may block, and waits for it for at most `limit`.
///
/// # Errors
/// The error of the work itself, or that the file system does not answer.
pub async fn bounded<T: Send + 'static>(
    path: &Path,
    limit: Duration,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    match tokio::time::timeout(limit, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(done)) => done,
        Ok(Err(failed)) => Err(at(path, &failed)),
        Err(_) => Err(no_answer(path, limit)),
    }
}

/// The error for file work that did not finish in time.
pub fn no_answer(path: &Path, limit: Duration) -> io::Error {
    let why = format!("the file system did not answer within {} s", limit.as_secs());
    io::Error::new(io::ErrorKind::TimedOut, format!("{}: {why}", path.display()))
}

/// Adds the path to an error.
fn at(path: &Path, why: &dyn ToString) -> io::Error {
    io::Error::other(format!("{}: {}", path.display(), why.to_string()))
}

fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn check_folder(path: &Path) -> io::Result<()> {
    let found = fs::symlink_metadata(path)?;
    if !found.is_dir() {
        return Err(io::Error::other("it is a link, and not a folder"));
    }
    check_owner(&found)?;
    #[cfg(unix)]
    system::close_to_others(path, &found)?;
    Ok(())
}

#[cfg(unix)]
use system::check_owner;

/// The owner of a file is not checked on systems that have no user ids.
#[cfg(not(unix))]
fn check_owner(_found: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

/// Owners and permissions.
#[cfg(unix)]
mod system {
    use std::fs::{self, Metadata, OpenOptions, Permissions};
    use std::io;
    use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
    use std::path::Path;

    use rustix::fs::OFlags;

    /// Makes opening a link an error, and opening a pipe that has no other end return at once.
    pub(super) fn restrict(options: &mut OpenOptions) {
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        options.mode(0o600).custom_flags(flags.bits().cast_signed());
    }

    pub(super) fn check_owner(found: &Metadata) -> io::Result<()> {
        let ours = found.uid() == rustix::process::geteuid().as_raw();
        ours.then_some(()).ok_or_else(|| io::Error::other("it belongs to another user"))
    }

    pub(super) fn close_to_others(path: &Path, found: &Metadata) -> io::Result<()> {
        let others = found.mode() & 0o077;
        if others == 0 {
            return Ok(());
        }
        fs::set_permissions(path, Permissions::from_mode(0o700))
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::time::Duration;

    use super::{bounded, lock, open, private_folder};

    fn mode(path: &std::path::Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_folder_and_its_files_are_for_their_owner() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("deep/er");
        private_folder(&folder).unwrap();
        open(&folder.join("file"), true).unwrap();
        assert_eq!((mode(&folder), mode(&folder.join("file"))), (0o700, 0o600));
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        private_folder(&folder).unwrap();
        assert_eq!(mode(&folder), 0o700, "a folder that was open is closed");
    }

    #[test]
    fn no_link_is_followed() {
        let scratch = tempfile::tempdir().unwrap();
        let path = |name: &str| scratch.path().join(name);
        fs::create_dir(path("elsewhere")).unwrap();
        fs::write(path("target"), "").unwrap();
        symlink(path("elsewhere"), path("folder")).unwrap();
        symlink(path("target"), path("file")).unwrap();
        let error = private_folder(&path("folder")).unwrap_err().to_string();
        assert!(error.ends_with("/folder: it is a link, and not a folder"), "{error}");
        let error = open(&path("file"), true).unwrap_err().to_string();
        assert!(error.contains("/file: "), "{error}");
    }

    #[test]
    fn what_belongs_to_another_user_is_refused() {
        // Root's own folder belongs to another user for everybody except root, and only root can give a
        // folder away.
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("given");
        private_folder(&folder).unwrap();
        let theirs = if std::os::unix::fs::chown(&folder, Some(12_345), None).is_ok() {
            folder.as_path()
        } else {
            std::path::Path::new("/")
        };
        let error = private_folder(theirs).unwrap_err().to_string();
        assert!(error.ends_with("it belongs to another user"), "{error}");
    }

    #[test]
    fn a_pipe_is_refused_at_once() {
        let scratch = tempfile::tempdir().unwrap();
        let pipe = scratch.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.is_ok_and(|status| status.success()), "mkfifo makes a pipe");
        let error = open(&pipe, true).unwrap_err().to_string();
        assert!(error.ends_with("/pipe: it is no regular file"), "{error}");
    }

    #[test]
    fn a_lock_is_waited_for_with_an_end() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("file");
        let holder = open(&path, true).unwrap();
        lock(&holder, &path, Duration::ZERO).unwrap();
        let other = open(&path, false).unwrap();
        let error = lock(&other, &path, Duration::from_millis(10)).unwrap_err().to_string();
        assert!(error.ends_with("/file: another process holds its lock"), "{error}");
        drop(holder);
        lock(&other, &path, Duration::ZERO).unwrap();
    }

    #[tokio::test]
    async fn work_that_does_not_end_is_an_error_with_its_path() {
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let path = std::path::Path::new("/slow/file");
        let hung = bounded(path, Duration::from_secs(0), move || {
            // This ends when the sender is dropped.
            let _ = ended.recv();
            Ok(())
        });
        let error = hung.await.unwrap_err().to_string();
        assert_eq!(error, "/slow/file: the file system did not answer within 0 s");
        drop(end);
    }
}
