//! The thread that writes a journal. All file work happens here, so that a slow or hanging file system holds
//! up no other call.
//!
//! # Group commit
//!
//! A create is known from its beginning, but recorded and synced only when a create is about to be sent. One
//! write and one sync cover all creates that have begun by then, so a create that waits in the throttle is
//! usually synced by the one in front of it, and does not wake the thread. Creates that start together,
//! because their predecessors were answered together, are given [`LONGEST_GATHERING`] to arrive. The thread
//! estimates how many may still come: as many as were recently in flight together, initially [`AT_ONCE`],
//! minus those in flight. If none can come, there is no wait, and creates that failed to come are not
//! expected again. Creates that were synced together come together again, so once a sync covers them all,
//! later ones do, too.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::entry::JournalLine;
use super::job::{Job, ReplySender, SharedState};
use super::store::{JournalStore, OrphanedCreate};
use crate::sync::lock;

/// The longest time that a create waits for others to share its sync.
const LONGEST_GATHERING: Duration = Duration::from_millis(4);
/// How many creates Terraform sends at once by default.
const AT_ONCE: usize = 10;
/// How often other processes are shown that this one is alive.
const RENEWAL: Duration = Duration::from_secs(2);

/// The state of the thread.
pub(super) struct WriterThread {
    store: Box<dyn JournalStore>,
    shared: Arc<SharedState>,
    /// The keys of creates in flight or left open, with the time of Stripe's answer.
    open: BTreeMap<String, Option<Instant>>,
    /// The keys of creates that may still be answered.
    in_flight: BTreeSet<String>,
    /// How many creates were recently in flight together.
    slots: usize,
    unsynced: BTreeSet<String>,
    /// Why creates could not be recorded.
    unwritten: BTreeMap<String, String>,
    waiting: Vec<ReplySender<()>>,
    /// Lines that could not be written yet; a store that was briefly
    /// unavailable gets them with the next ones.
    backlog: Vec<JournalLine>,
    /// Entries of dead runs whose objects are in the state, but which could not be ended yet.
    arrived: Vec<OrphanedCreate>,
}

impl WriterThread {
    pub(super) fn new(store: Box<dyn JournalStore>, shared: Arc<SharedState>) -> Self {
        Self {
            store,
            shared,
            open: BTreeMap::new(),
            in_flight: BTreeSet::new(),
            slots: AT_ONCE,
            unsynced: BTreeSet::new(),
            unwritten: BTreeMap::new(),
            waiting: Vec::new(),
            backlog: Vec::new(),
            arrived: Vec::new(),
        }
    }

    /// Works until the last recorder is dropped.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        loop {
            match jobs.recv_timeout(RENEWAL) {
                Ok(job) => self.handle(job),
                Err(RecvTimeoutError::Timeout) => self.renew(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if !self.waiting.is_empty() {
                self.gather(jobs);
                self.sync();
            }
            self.shared.stuck.store(false, Ordering::Relaxed);
        }
    }

    /// Handles the jobs that are already queued, and those that arrive while further creates can be expected.
    fn gather(&mut self, jobs: &Receiver<Job>) {
        let (till, before) = (Instant::now() + LONGEST_GATHERING, self.in_flight.len());
        loop {
            let can_come = self.slots > self.in_flight.len();
            let wait = if can_come { till.saturating_duration_since(Instant::now()) } else { Duration::ZERO };
            match jobs.recv_timeout(wait) {
                Ok(job) => self.handle(job),
                Err(_) => break,
            }
        }
        // These creates have arrived, too, although they are not about to be sent.
        self.begin_all();
        if self.in_flight.len() <= before {
            self.slots = self.in_flight.len();
        }
    }

    /// Answers at once if the create was covered by another one's sync, or could not
    /// be written; otherwise it waits.
    fn sync_or_wait(&mut self, key: &str, reply: ReplySender<()>) {
        if self.unsynced.contains(key) {
            return self.waiting.push(reply);
        }
        let unwritten = self.unwritten.remove(key);
        // A receiver that is gone has given up waiting.
        let _ = reply.send(unwritten.map_or(Ok(()), |why| Err(io::Error::other(why))));
    }

    fn sync(&mut self) {
        let synced = self.store.sync();
        self.shared.syncs.fetch_add(1, Ordering::Relaxed);
        // Creates that could not be synced stay unsynced: the next request syncs them again.
        if synced.is_ok() {
            lock(&self.shared.durable).extend(std::mem::take(&mut self.unsynced));
        }
        for reply in self.waiting.drain(..) {
            let result = synced.as_ref().map(drop).map_err(|error| io::Error::other(error.to_string()));
            let _ = reply.send(result);
        }
    }

    fn handle(&mut self, job: Job) {
        self.begin_all();
        match job {
            Job::Orphans(reply) => drop(reply.send(self.store.orphans())),
            Job::Claim(orphan, own, reply) => {
                let key = own.key.clone();
                let claimed = self.store.claim(&orphan, &JournalLine::Begun(own));
                if claimed.as_ref().is_ok_and(|claimed| *claimed) {
                    self.opened(key);
                }
                let _ = reply.send(claimed);
            }
            Job::Sync(key, reply) => self.sync_or_wait(&key, reply),
            Job::Answered(key, id, at) => {
                self.landed(&key);
                if let Some(answered) = self.open.get_mut(&key) {
                    *answered = Some(at);
                    self.note(JournalLine::Answered { key, id });
                }
            }
            Job::Unanswered(key) => self.landed(&key),
            Job::Ended(key) => {
                self.landed(&key);
                if self.open.remove(&key).is_some() {
                    self.note(JournalLine::Ended { key });
                }
            }
            Job::Account(mark) => self.note(JournalLine::Account(mark)),
            Job::EndOrphan(orphan) => self.end_orphan(orphan),
            Job::Written(reply) => drop(reply.send(Ok(()))),
            Job::Close { asked, gave_up, missed, reply } => {
                drop(reply.send(self.close(asked, gave_up, &missed)));
            }
        }
    }

    /// Records the creates that have begun since the last job.
    fn begin_all(&mut self) {
        let begun = std::mem::take(&mut *lock(&self.shared.begun));
        if begun.is_empty() {
            return;
        }
        let keys: Vec<String> = begun.iter().map(|entry| entry.key.clone()).collect();
        let lines: Vec<JournalLine> = begun.into_iter().map(JournalLine::Begun).collect();
        let written = self.append(lines);
        for key in keys {
            match &written {
                Err(error) if self.is_held_up(&key) => {
                    drop(self.unwritten.insert(key.clone(), error.to_string()));
                }
                _ => drop(self.unsynced.insert(key.clone())),
            }
            // A write that failed may still have reached the store, so the end of the create must be
            // recorded, too.
            self.opened(key);
        }
    }

    /// Adds lines after those that could not be written before.
    fn append(&mut self, lines: Vec<JournalLine>) -> io::Result<()> {
        self.backlog.extend(lines);
        if self.backlog.is_empty() {
            return Ok(());
        }
        let written = self.store.append(&self.backlog);
        match &written {
            Ok(()) => self.backlog.clear(),
            Err(error) if error.kind() == io::ErrorKind::StorageFull => self.append_what_fits(),
            Err(_) => {}
        }
        written
    }

    /// On a full disk, the end of a create finds the space that was reserved for it, but a new create finds
    /// none. The lines of one create keep their order.
    fn append_what_fits(&mut self) {
        let mut held_up = BTreeSet::new();
        self.backlog.retain(|line| {
            let key = line.key().map(str::to_owned);
            let fits = !held_up.contains(&key) && self.store.append(std::slice::from_ref(line)).is_ok();
            if !fits {
                held_up.insert(key);
            }
            !fits
        });
    }

    /// Whether a line of a create could not be written yet.
    fn is_held_up(&self, key: &str) -> bool {
        self.backlog.iter().any(|line| line.key() == Some(key))
    }

    fn renew(&mut self) {
        self.store.renew();
        // If this fails, the next line tries again.
        let _ = self.append(Vec::new());
    }

    /// The call of a create has ended.
    fn landed(&mut self, key: &str) {
        self.in_flight.remove(key);
        self.unsynced.remove(key);
        lock(&self.shared.durable).remove(key);
    }

    fn opened(&mut self, key: String) {
        self.open.insert(key.clone(), None);
        self.in_flight.insert(key);
        self.slots = self.slots.max(self.in_flight.len());
    }

    /// Ends an entry of a dead run. An entry that stayed would give its object to an equal create although a
    /// state has it, so a failure is tried again at the end of the run.
    fn end_orphan(&mut self, orphan: OrphanedCreate) {
        if let Err(error) = self.store.end(&orphan) {
            log::warn!(
                "the create of {} that an earlier run left could not be ended: {error}",
                orphan.entry.what
            );
            self.arrived.push(orphan);
        }
    }

    /// Closes the journal. If creates were still open when the end was asked for, Terraform gave up: these
    /// creates are not in the state, and it is unknown what else is missing. Then the journal stays like that
    /// of a dead run.
    fn close(&mut self, asked: Instant, gave_up: bool, missed: &[OrphanedCreate]) -> io::Result<()> {
        for orphan in std::mem::take(&mut self.arrived) {
            self.end_orphan(orphan);
        }
        let gave_up = gave_up
            || !self.in_flight.is_empty()
            || self.open.values().flatten().any(|answered| *answered > asked);
        if gave_up {
            return self.store.sync();
        }
        // If the store still cannot be written, its close returns the error.
        let _ = self.append(Vec::new());
        self.open.retain(|_, answered| answered.is_none());
        let closed = self.store.close(self.open.is_empty());
        self.open.clear();
        if !missed.is_empty() {
            // If it cannot be noted, the next run notes it.
            let _ = self.store.note_missed(missed);
        }
        closed
    }

    /// Records a line that only helps the next run, so a failure is logged instead of returned.
    fn note(&mut self, line: JournalLine) {
        if let Err(error) = self.append(vec![line]) {
            log::warn!("a create in flight could not be noted: {error}");
        }
    }
}
