//! The messages between a recorder and its thread.

use std::collections::BTreeSet;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::Instant;

use tokio::sync::oneshot;

use super::entry::JournalEntry;
use super::store::OrphanedCreate;
use crate::connector::AccountMark;

/// The creates that dead runs left, and why some journals could not be read.
pub(super) type ScanResult = (Vec<OrphanedCreate>, Vec<io::Error>);

/// The state that the thread and its callers share without a job.
#[derive(Debug, Default)]
pub(super) struct SharedState {
    /// Whether a caller has waited in vain and no job was done since.
    pub stuck: AtomicBool,
    pub syncs: AtomicU64,
    /// The creates that have begun since the last job.
    pub begun: Mutex<Vec<JournalEntry>>,
    /// The keys of creates in flight that survive a power failure.
    pub durable: Mutex<BTreeSet<String>>,
}

pub(super) type ReplySender<T> = oneshot::Sender<io::Result<T>>;

/// A job for the recorder's thread; jobs are done in order.
pub(super) enum Job {
    Orphans(ReplySender<ScanResult>),
    Claim(OrphanedCreate, JournalEntry, ReplySender<bool>),
    Sync(String, ReplySender<()>),
    Answered(String, String, Instant),
    Unanswered(String),
    Ended(String),
    Account(AccountMark),
    EndOrphan(OrphanedCreate),
    Written(ReplySender<()>),
    Close { asked: Instant, gave_up: bool, missed: Vec<OrphanedCreate>, reply: ReplySender<()> },
}
