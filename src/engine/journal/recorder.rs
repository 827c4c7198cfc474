//! The way to a journal: what its callers tell it and ask it, without waiting for a file.
//!
//! The thread behind it writes. A create that another one's sync covered does not wake it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Sender};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::entry::JournalEntry;
use super::job::{Job, ReplySender, ScanResult, SharedState};
use super::store::{JournalStore, OrphanedCreate};
use super::writer_thread::WriterThread;
use crate::connector::AccountMark;
use crate::sync::lock;

/// The longest that a call waits for the recorder.
const REPLY_TIMEOUT: Duration = Duration::from_secs(8);

/// The way to the recorder of a journal. Its thread ends with the last clone.
#[derive(Debug, Clone)]
pub(super) struct Recorder {
    jobs: Sender<Job>,
    place: Arc<str>,
    shared: Arc<SharedState>,
}

impl Recorder {
    /// Starts the thread; `place` is what errors call the journal.
    pub(super) fn start(store: Box<dyn JournalStore>, place: &str) -> Self {
        let (jobs, received) = mpsc::channel();
        let shared = Arc::<SharedState>::default();
        let thread = WriterThread::new(store, Arc::clone(&shared));
        // Without a thread the jobs have no receiver, which is an error for who waits.
        let _ = std::thread::Builder::new().name("journal".to_owned()).spawn(move || thread.run(&received));
        Self { jobs, place: place.into(), shared }
    }

    /// How often the journal was synced.
    pub(super) fn syncs(&self) -> u64 {
        self.shared.syncs.load(Ordering::Relaxed)
    }

    pub(super) async fn orphans(&self) -> io::Result<ScanResult> {
        self.ask(Job::Orphans, REPLY_TIMEOUT).await
    }

    /// A create begins, under a key that has begun no other one in this process.
    pub(super) fn begin(&self, entry: JournalEntry) {
        lock(&self.shared.begun).push(entry);
    }

    /// Moves an entry of a dead run into this journal; false when another process was first.
    pub(super) async fn claim(&self, orphan: OrphanedCreate, own: JournalEntry) -> io::Result<bool> {
        self.ask(|reply| Job::Claim(orphan, own, reply), REPLY_TIMEOUT).await
    }

    /// Returns when a create that was begun survives a failure of power.
    pub(super) async fn synced(&self, key: String) -> io::Result<()> {
        // Most find themselves synced by another one: for them the thread is not woken.
        if lock(&self.shared.durable).contains(&key) {
            return Ok(());
        }
        self.ask(|reply| Job::Sync(key, reply), REPLY_TIMEOUT).await
    }

    pub(super) fn answered(&self, key: &str, id: &str) {
        self.tell(Job::Answered(key.to_owned(), id.to_owned(), Instant::now()));
    }

    /// The call of a create has ended, and what it came to is not known.
    pub(super) fn unanswered(&self, key: &str) {
        self.tell(Job::Unanswered(key.to_owned()));
    }

    pub(super) fn ended(&self, key: &str) {
        self.tell(Job::Ended(key.to_owned()));
    }

    pub(super) fn account(&self, mark: AccountMark) {
        self.tell(Job::Account(mark));
    }

    pub(super) fn end_orphan(&self, orphan: OrphanedCreate) {
        self.tell(Job::EndOrphan(orphan));
    }

    /// Ends the journal of a run that was asked to end at `asked`, within `limit`; it stays where Terraform gave up.
    /// `missed` is what dead runs made and the state of this one does not have.
    pub(super) async fn close(
        &self,
        asked: Instant,
        gave_up: bool,
        missed: Vec<OrphanedCreate>,
        limit: Duration,
    ) -> io::Result<()> {
        self.ask(|reply| Job::Close { asked, gave_up, missed, reply }, limit).await
    }

    /// Returns when the journal has what it was told so far, or cannot be waited for.
    pub(super) async fn written(&self) {
        // What could not be written is logged where that is tried.
        let _ = self.ask(Job::Written, REPLY_TIMEOUT).await;
    }

    fn tell(&self, job: Job) {
        // The thread is gone only when it could not be started, which `ask` reports.
        let _ = self.jobs.send(job);
    }

    async fn ask<T>(&self, job: impl FnOnce(ReplySender<T>) -> Job, limit: Duration) -> io::Result<T> {
        let failed = |why: &str| io::Error::other(format!("{}: {why}", self.place));
        if self.shared.stuck.load(Ordering::Relaxed) {
            return Err(failed("it does not answer"));
        }
        let (reply, answer) = oneshot::channel();
        self.tell(job(reply));
        match tokio::time::timeout(limit, answer).await {
            Ok(Ok(done)) => done.map_err(|error| match error.to_string() {
                // An error of a file names it.
                why if why.starts_with(&*self.place) => error,
                why => failed(&why),
            }),
            Ok(Err(_)) => Err(failed("its thread has ended")),
            Err(_) => {
                self.shared.stuck.store(true, Ordering::Relaxed);
                Err(failed(&format!("it did not answer within {} s", limit.as_secs())))
            }
        }
    }
}

#[cfg(test)]
mod tests;
