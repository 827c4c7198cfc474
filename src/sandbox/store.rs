//! The store of objects: SQLite, in memory or in a file that several processes may share.
//!
//! One request is one transaction. A space is one account in one mode; objects of different spaces never mix.
//! A file has one connection for writing and several for reading, so that a read-only request never waits.

use std::cell::{Cell, RefCell};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::sandbox::repeatable::now;
use crate::sync::lock;

mod object_query;
mod recorded_response;
mod schema;
mod session;

pub use schema::OpenError;

pub(super) use object_query::{ObjectQuery, Text};
pub(super) use recorded_response::RecordedResponse;
pub(super) use schema::{is_indexed, searched_name};
pub(super) use session::{KEY, ObjectChange, ObjectRow, Session, UNSHOWN_ID};

use session::HELD;

pub(super) use crate::sandbox::fields::Body;

/// How long a process waits for another process's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(20);
/// The maximum number of idle read connections that are kept open.
const IDLE_READERS: usize = 8;
/// The size of the statement cache, which exceeds the number of different queries.
const STATEMENTS: usize = 128;
/// How long events are kept, in seconds: thirty days, as at Stripe.
const EVENTS: i64 = 30 * 24 * 60 * 60;
/// How often old rows are removed, in seconds.
const SWEEP: i64 = 60 * 60;

/// The open store.
#[derive(Debug)]
pub(super) struct Store {
    writer: Mutex<WriteConnection>,
    /// `None` for a store in memory, which has only one connection.
    readers: Option<ReadPool>,
}

/// The connection for writing.
#[derive(Debug)]
pub(super) struct WriteConnection {
    connection: Connection,
    /// When old events and responses were last removed.
    swept: i64,
}

#[derive(Debug)]
struct ReadPool {
    file: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

/// A connection for one request.
#[derive(Debug)]
pub(super) enum Lease<'s> {
    /// The write connection, locked while this is held.
    Writer(MutexGuard<'s, WriteConnection>),
    /// A read connection, which is returned to the pool.
    Reader(ReadConnection<'s>),
}

/// A read connection, and the pool to which it returns.
#[derive(Debug)]
pub(super) struct ReadConnection<'s> {
    connection: Option<Connection>,
    readers: &'s ReadPool,
}

impl Store {
    /// Opens a file, which only its user may read, or a store in memory. A new store contains the objects of
    /// `first`.
    pub fn open(path: Option<&Path>, first: fn() -> Vec<Body>) -> Result<Self, OpenError> {
        let mut connection = match path {
            Some(path) => {
                check(path)?;
                keep_private(path)?;
                Connection::open(path)?
            }
            None => Connection::open_in_memory()?,
        };
        prepare(&connection)?;
        // With a full sync for each request, a file would be slow.
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        schema::upgrade(&mut connection)?;
        seed(&mut connection, first)?;
        let readers = path.map(|path| ReadPool { file: path.to_owned(), idle: Mutex::default() });
        Ok(Self { writer: Mutex::new(WriteConnection { connection, swept: 0 }), readers })
    }

    /// Returns an in-memory copy of this store.
    pub fn copy(&self) -> Result<Self, OpenError> {
        let mut connection = Connection::open_in_memory()?;
        let every_page = -1;
        let copied = self.lock();
        Backup::new(&copied.connection, &mut connection)?.step(every_page)?;
        prepare(&connection)?;
        Ok(Self { writer: Mutex::new(WriteConnection { connection, swept: copied.swept }), readers: None })
    }

    /// Returns a connection for a request; `writes` tells whether it may write.
    pub fn lease(&self, writes: bool) -> Lease<'_> {
        let reader = self.readers.as_ref().filter(|_| !writes).and_then(ReadPool::take);
        // If no more files can be opened, reads share the write connection.
        reader.map_or_else(|| Lease::Writer(self.lock()), Lease::Reader)
    }

    fn lock(&self) -> MutexGuard<'_, WriteConnection> {
        lock(&self.writer)
    }
}

impl Lease<'_> {
    /// Starts the transaction of a request. One that writes takes the lock at once, so that two processes
    /// cannot both read and then both write.
    pub fn begin(&mut self, space: String, writes: bool) -> rusqlite::Result<Session<'_>> {
        let connection = match self {
            Self::Writer(held) => {
                if writes {
                    held.sweep(now())?;
                }
                &mut held.connection
            }
            Self::Reader(reader) => reader.connection.as_mut().ok_or(rusqlite::Error::InvalidQuery)?,
        };
        begin(connection, space, writes)
    }
}

fn begin(connection: &mut Connection, space: String, writes: bool) -> rusqlite::Result<Session<'_>> {
    let kind = if writes { TransactionBehavior::Immediate } else { TransactionBehavior::Deferred };
    let transaction = connection.transaction_with_behavior(kind)?;
    Ok(Session {
        transaction,
        space,
        changes: RefCell::default(),
        turn: Cell::default(),
        steps: RefCell::default(),
    })
}

impl WriteConnection {
    /// Removes rows that Stripe does not keep any longer: old events and recorded responses.
    fn sweep(&mut self, now: i64) -> rusqlite::Result<()> {
        if now < self.swept + SWEEP {
            return Ok(());
        }
        self.swept = now;
        let created = schema::field("created");
        let events = format!("DELETE FROM objects WHERE object = 'event' AND {created} < ?1");
        self.connection.execute(&events, [now - EVENTS])?;
        self.connection.execute("DELETE FROM answers WHERE kept_until < ?1", [now])?;
        Ok(())
    }
}

impl ReadPool {
    fn take(&self) -> Option<ReadConnection<'_>> {
        let idle = self.idle().pop();
        let connection = idle.or_else(|| self.open().ok())?;
        Some(ReadConnection { connection: Some(connection), readers: self })
    }

    fn open(&self) -> rusqlite::Result<Connection> {
        // If the file was removed, this does not create a new one.
        let connection = Connection::open_with_flags(&self.file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        prepare(&connection)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        lock(&self.idle)
    }
}

impl Drop for ReadConnection<'_> {
    fn drop(&mut self) {
        let mut idle = self.readers.idle();
        idle.extend(self.connection.take());
        idle.truncate(IDLE_READERS);
    }
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.busy_timeout(BUSY_TIMEOUT)
}

/// Fills a new store with its first objects.
fn seed(connection: &mut Connection, first: fn() -> Vec<Body>) -> rusqlite::Result<()> {
    let query = "SELECT EXISTS (SELECT 1 FROM objects WHERE space = ?1)";
    if connection.query_row(query, [HELD], |row| row.get(0))? {
        return Ok(());
    }
    let session = begin(connection, HELD.to_owned(), true)?;
    for body in first() {
        // An object that cannot be written is left out; the first request then fails with the reason.
        let _ = session.put(&body);
    }
    session.commit()
}

/// Checks whether a sandbox can be kept in a file, without creating or changing the file.
pub(super) fn check(path: &Path) -> Result<(), OpenError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let found = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        found => Some(found?),
    };
    // Opening something other than a file, such as a pipe, may block.
    if found.as_ref().is_some_and(|found| !found.is_file()) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file").into());
    }
    fs::metadata(folder)?;
    // SQLite needs to create files next to it.
    #[cfg(unix)]
    rustix::fs::access(folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK)
        .map_err(io::Error::from)?;
    if found.is_none() {
        return Ok(());
    }
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    prepare(&connection)?;
    schema::version(&connection)?;
    if connection.is_readonly("main")? {
        return Err(io::Error::from(io::ErrorKind::PermissionDenied).into());
    }
    Ok(())
}

/// Creates the file if needed. Only its user may read or write it and the files that SQLite puts next to it.
fn keep_private(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    #[cfg(unix)]
    for ending in ["", "-wal", "-shm"] {
        let mut beside = path.as_os_str().to_owned();
        beside.push(ending);
        let private = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o600);
        match fs::set_permissions(&beside, private) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
