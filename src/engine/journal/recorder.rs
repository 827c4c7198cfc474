//! The handle of a journal, which lets callers note and ask things without waiting for a file.
//!
//! A separate thread does the writing. A create that was covered by another one's sync does not wake it.

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

/// The longest wait of a caller for the recorder.
const REPLY_TIMEOUT: Duration = Duration::from_secs(8);

/// The handle of a journal's recorder. The recorder's thread ends with the last clone.
#[derive(Debug, Clone)]
pub(super) struct Recorder {
    jobs: Sender<Job>,
    place: Arc<str>,
    shared: Arc<SharedState>,
}

impl Recorder {
    /// Starts the thread; `place` is the name of the journal in errors.
    pub(super) fn start(store: Box<dyn JournalStore>, place: &str) -> Self {
        let (jobs, received) = mpsc::channel();
        let shared = Arc::<SharedState>::default();
        let thread = WriterThread::new(store, Arc::clone(&shared));
        // Without a thread, the jobs have no receiver, which is an error for callers that wait.
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

    /// Begins a create, under a key that no other create in this process has used.
    pub(super) fn begin(&self, entry: JournalEntry) {
        lock(&self.shared.begun).push(entry);
    }

    /// Moves an entry of a dead run into this journal. Returns false if another process was first.
    pub(super) async fn claim(&self, orphan: OrphanedCreate, own: JournalEntry) -> io::Result<bool> {
        self.ask(|reply| Job::Claim(orphan, own, reply), REPLY_TIMEOUT).await
    }

    /// Waits until a begun create survives a power failure.
    pub(super) async fn synced(&self, key: String) -> io::Result<()> {
        // Most creates have already been synced by another one, so the thread is not woken for them.
        if lock(&self.shared.durable).contains(&key) {
            return Ok(());
        }
        self.ask(|reply| Job::Sync(key, reply), REPLY_TIMEOUT).await
    }

    pub(super) fn answered(&self, key: &str, id: &str) {
        self.tell(Job::Answered(key.to_owned(), id.to_owned(), Instant::now()));
    }

    /// Notes that the call of a create has ended with an unknown outcome.
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

    /// Closes the journal of a run that was asked to end at `asked`, within `limit`. The
    /// journal stays if Terraform gave up. `missed` are the creates of dead runs whose objects
    /// are not in the state of this run.
    pub(super) async fn close(
        &self,
        asked: Instant,
        gave_up: bool,
        missed: Vec<OrphanedCreate>,
        limit: Duration,
    ) -> io::Result<()> {
        self.ask(|reply| Job::Close { asked, gave_up, missed, reply }, limit).await
    }

    /// Waits until everything that was sent to the journal so far is written, or the journal fails to answer.
    pub(super) async fn written(&self) {
        // A failure to write is logged where the write is tried.
        let _ = self.ask(Job::Written, REPLY_TIMEOUT).await;
    }

    fn tell(&self, job: Job) {
        // The thread is gone only if it could not be started, which `ask` reports.
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
                // An error of a file already names the file.
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
