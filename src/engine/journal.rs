//! Creates in flight: how a create whose answer never reached the state is found again.
//!
//! # Theory
//!
//! Stripe makes a POST once per idempotency key, and answers a repeated key with the
//! first answer for 24 hours. A key alone does not survive a crash: a new plan makes new
//! private data. So before a create leaves, its key is in the journal, with a fingerprint of
//! what it creates and a mark of the account. When the run ends in an orderly way, what Stripe
//! answered is in Terraform's state and leaves the journal; what may have been made and was never told stays.
//!
//! A later create with the same fingerprint, account, folder and workspace claims an entry of a run
//! that is *dead*, and uses its key: Stripe then answers with the object that already exists,
//! or makes it now. Each entry is claimed once, so fifty equal creates find fifty keys. Before that,
//! every object that Terraform shows in its state has left the journal: it has arrived.
//!
//! Which state a provider serves it never learns. Two states of one folder and workspace look alike to
//! it, which is why a claim is told to the practitioner.

mod calls;
mod entry;
mod folder;
mod job;
mod pending;
mod place;
mod recorder;
mod redis;
mod run;
mod store;
mod writer_thread;

use std::collections::{BTreeSet, HashSet};
use std::io;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use uuid::Uuid;

use crate::connector::AccountMark;
use crate::env::Env;
use crate::stripe::digest;
use crate::sync::lock;

pub use entry::IdOrigin;
pub use pending::{PendingCreate, RecoveredObject};
pub use place::JournalPlace;

use calls::Calls;
use entry::{JournalEntry, WriterProcess};
use folder::FolderStore;
use recorder::Recorder;
use redis::RedisStore;
use store::{JournalStore, OrphanedCreate};

/// Stripe keeps a key for at least this long, in seconds.
const KEPT: i64 = 24 * 60 * 60;

/// How many objects of another key are looked for: the first ones may have been deleted since.
const MOST_COMPARED: usize = 3;

/// The creates in flight of one process, and those that dead runs of its folder and workspace left.
#[derive(Debug)]
pub struct Journal {
    recorder: Recorder,
    calls: Calls,
    orphans: Mutex<Vec<OrphanedCreate>>,
    /// The Terraform run of this process.
    run: String,
    /// Whether it plans or applies: then what it does not take and does not read is not in its state.
    walks: AtomicBool,
    /// Whether it may not have seen all of its state.
    incomplete: AtomicBool,
    /// Which key was held against which other one, so that it is done once.
    compared: tokio::sync::Mutex<HashSet<(String, String)>>,
}

/// What identifies a create.
#[derive(Debug, Clone)]
pub struct Intent {
    /// The entity type or action.
    pub what: String,
    /// A hash of what is sent.
    pub fingerprint: String,
    /// Who says the object's id.
    pub id_origin: IdOrigin,
    /// Where it is sent.
    pub account: AccountMark,
}

/// What a look for an object came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existence {
    /// It is seen.
    Seen,
    /// It is not seen: there is none, or not for who looks.
    NotSeen,
    /// That could not be found out.
    Unknown,
}

/// A look for an object.
pub type ExistenceCheck = BoxFuture<'static, Existence>;

/// Creates that interrupted runs left behind.
#[derive(Debug, Default)]
pub struct Leftovers {
    /// The entity types and actions of creates whose outcome is not known, sorted.
    pub unanswered: Vec<String>,
    /// The entity types and ids of objects that the state of a later run did not have, sorted.
    pub missed: Vec<String>,
    /// Those of creates whose keys Stripe may have forgotten, with ids where they are known. They are left
    /// out from now on.
    pub forgotten: Vec<String>,
    /// Why a part of the journal could not be read.
    pub unread: Vec<io::Error>,
}

impl Journal {
    /// The journal of this process at a place, for its working directory and workspace.
    pub fn at(place: &JournalPlace, env: &Env) -> Self {
        let workspace = place::workspace(env);
        let here = std::path::absolute(".").unwrap_or_default();
        let writer = WriterProcess::new(run::this_run(), format!("{} {workspace}", here.display()));
        match (place, place.folder(env)) {
            (JournalPlace::Redis(address), _) => {
                let run = writer.run.clone();
                Self::over(Box::new(RedisStore::new(address.clone(), writer)), "the journal in Redis", run)
            }
            (_, folder) => Self::in_folder(folder.unwrap_or_default().join(workspace), writer),
        }
    }

    fn in_folder(folder: PathBuf, writer: WriterProcess) -> Self {
        let (name, run) = (folder.display().to_string(), writer.run.clone());
        Self::over(Box::new(FolderStore::new(folder, writer)), &name, run)
    }

    fn over(store: Box<dyn JournalStore>, name: &str, run: String) -> Self {
        Self {
            recorder: Recorder::start(store, name),
            calls: Calls::default(),
            orphans: Mutex::default(),
            run,
            walks: AtomicBool::default(),
            incomplete: AtomicBool::default(),
            compared: tokio::sync::Mutex::default(),
        }
    }

    /// How often the journal of this process was synced.
    pub fn syncs(&self) -> u64 {
        self.recorder.syncs()
    }

    /// Reads what dead runs left, and forgets what is too old, or of a time that is yet to come.
    pub async fn load(&self) -> Leftovers {
        let (found, unread) = match self.recorder.orphans().await {
            Ok(found) => found,
            Err(error) => (Vec::new(), vec![error]),
        };
        let (found, copies) = one_of_each_key(found);
        for copy in copies {
            self.recorder.end_orphan(copy);
        }
        let (orphans, old): (Vec<_>, Vec<_>) = found.into_iter().partition(is_key_kept);
        let forgotten = old.iter().map(|old| described(&old.entry)).collect();
        for old in old {
            self.recorder.end_orphan(old);
        }
        let unanswered = orphans.iter().filter(|orphan| orphan.entry.id.is_none());
        let mut unanswered: Vec<_> = unanswered.map(|orphan| orphan.entry.what.clone()).collect();
        unanswered.sort();
        // The plan of this very run may have missed what its apply takes.
        let is_missed =
            |orphan: &&OrphanedCreate| orphan.entry.missed_by.as_ref().is_some_and(|by| *by != self.run);
        let mut missed: Vec<_> =
            orphans.iter().filter(is_missed).map(|orphan| described(&orphan.entry)).collect();
        missed.sort();
        *lock(&self.orphans) = orphans;
        Leftovers { unanswered, missed, forgotten, unread }
    }

    /// Whether a dead run left a create of this fingerprint, in whatever account.
    pub fn has_orphan(&self, fingerprint: &str) -> bool {
        self.with_orphans(|orphans| orphans.iter().any(|orphan| orphan.entry.fingerprint == fingerprint))
    }

    /// Finds out which other keys left creates of this fingerprint in the account of `ours`: those whose
    /// objects `ours` can see. A rotated key is one. `look` looks for the object of an entity type and an id.
    pub async fn recognise(
        &self,
        fingerprint: &str,
        ours: &AccountMark,
        look: impl Fn(&str, &str) -> Option<ExistenceCheck>,
    ) {
        // Held over the calls: an equal create that comes now needs what they find out.
        let mut compared = self.compared.lock().await;
        for theirs in self.unknown_keys(fingerprint, ours) {
            let pair = (theirs.clone(), ours.key.clone());
            if compared.contains(&pair) {
                continue;
            }
            let seen = sees_one(self.looks(&theirs, &look)).await;
            if seen == Existence::Seen {
                self.with_orphans(|orphans| {
                    let of_key = orphans.iter_mut().filter(|orphan| orphan.entry.account.key == theirs);
                    of_key.for_each(|orphan| orphan.entry.account.clone_from(ours));
                });
            }
            // What is not known yet is asked again by the next create.
            if seen != Existence::Unknown {
                compared.insert(pair);
            }
        }
    }

    /// The keys of unknown accounts that left a create of this fingerprint.
    fn unknown_keys(&self, fingerprint: &str, ours: &AccountMark) -> BTreeSet<String> {
        self.with_orphans(|orphans| {
            let same = orphans.iter().filter(|orphan| orphan.entry.fingerprint == fingerprint);
            let accounts = same.map(|orphan| &orphan.entry.account);
            let unknown = accounts.filter(|account| account.id.is_none() && account.key != ours.key);
            unknown.map(|account| account.key.clone()).collect()
        })
    }

    /// Looks for a few objects that a key made.
    fn looks(&self, key: &str, look: impl Fn(&str, &str) -> Option<ExistenceCheck>) -> Vec<ExistenceCheck> {
        self.with_orphans(|orphans| {
            let is_of_stripe = |orphan: &OrphanedCreate| orphan.entry.id_origin == IdOrigin::Stripe;
            let of_key =
                orphans.iter().filter(|orphan| orphan.entry.account.key == key && is_of_stripe(orphan));
            let looks = of_key.filter_map(|orphan| look(&orphan.entry.what, orphan.entry.id.as_deref()?));
            looks.take(MOST_COMPARED).collect()
        })
    }

    /// Writes a create down before it is sent: under the key that a dead run left for the same create,
    /// else under a new one. Where nothing can be written the create goes on, and
    /// [`PendingCreate::unrecorded`] says why.
    pub async fn begin(&self, intent: Intent) -> PendingCreate {
        self.begin_under(intent, Uuid::new_v4().to_string()).await
    }

    /// The same, with the key that is used where no dead run left one.
    async fn begin_under(&self, intent: Intent, key: String) -> PendingCreate {
        while let Some(orphan) = self.take_orphan(&intent) {
            let account = intent.account.clone();
            let own = JournalEntry { account, is_answered: false, missed_by: None, ..orphan.entry.clone() };
            match self.recorder.claim(orphan.clone(), own.clone()).await {
                Ok(true) => return PendingCreate::resumed(self.recorder.clone(), own, None),
                Ok(false) => {}
                // Another key would make a second object, which is certain; that somebody else resumes this
                // one at the same time is not.
                Err(_) => {
                    self.recorder.begin(own.clone());
                    return PendingCreate::resumed(self.recorder.clone(), own, Some(orphan));
                }
            }
        }
        let Intent { what, fingerprint, id_origin, account } = intent;
        let at = Timestamp::now().as_second();
        let entry = JournalEntry {
            key,
            what,
            fingerprint,
            account,
            at,
            id_origin,
            id: None,
            is_answered: false,
            missed_by: None,
        };
        self.recorder.begin(entry.clone());
        PendingCreate::new(self.recorder.clone(), entry)
    }

    /// An entry for the same create.
    fn take_orphan(&self, intent: &Intent) -> Option<OrphanedCreate> {
        let fits = |orphan: &OrphanedCreate| {
            let is_same = orphan.entry.fingerprint == intent.fingerprint;
            is_same && orphan.entry.account.is_same(&intent.account) && is_key_kept(orphan)
        };
        self.with_orphans(|orphans| orphans.iter().position(fits).map(|at| orphans.remove(at)))
    }

    /// Whether a dead run left the create of an object.
    pub fn has_orphaned_object(&self, what: &str, id: &str) -> bool {
        self.with_orphans(|orphans| orphans.iter().any(|orphan| orphan.entry.is_of(what, id)))
    }

    /// Terraform's state has the object of this entity type or action, in this account: its create is no longer in
    /// flight. Where the account is not known, an id that the create said itself tells nothing.
    pub fn arrived(&self, what: &str, id: &str, account: Option<&AccountMark>) {
        let is_it = |orphan: &mut OrphanedCreate| {
            let entry = &orphan.entry;
            let is_there =
                account.map_or(entry.id_origin == IdOrigin::Stripe, |account| entry.account.is_same(account));
            is_there && entry.is_of(what, id)
        };
        let arrived: Vec<OrphanedCreate> =
            self.with_orphans(|orphans| orphans.extract_if(.., is_it).collect());
        for orphan in arrived {
            self.recorder.end_orphan(orphan);
        }
    }

    /// Notes that this run plans or applies, so that Terraform shows it its state.
    pub fn note_walk(&self) {
        self.walks.store(true, Ordering::Relaxed);
    }

    /// Notes that Terraform may not show this run all of its state: it was stopped, or a resource has failed.
    pub fn note_incomplete(&self) {
        self.incomplete.store(true, Ordering::Relaxed);
    }

    /// Answers Terraform's call to change a resource. Until that has its answer, nothing that it made is in a state,
    /// whatever Stripe has answered: a create may take several calls to Stripe.
    pub async fn answering<T>(&self, call: impl Future<Output = T>) -> T {
        self.calls.answering(call).await
    }

    /// The run was asked to end at `asked`. When no create and no call of Terraform was open then, the end is orderly:
    /// what was answered is in the state, and only what was never answered stays. Waits up to `limit`.
    ///
    /// # Errors
    /// The journal cannot be written, or does not answer in time.
    pub async fn close(&self, asked: Instant, limit: Duration) -> Result<(), io::Error> {
        let is_news =
            |orphan: &&OrphanedCreate| orphan.entry.id.is_some() && orphan.entry.missed_by.is_none();
        let walks = self.walks.load(Ordering::Relaxed) && !self.incomplete.load(Ordering::Relaxed);
        let missed =
            self.with_orphans(|orphans| orphans.iter().filter(|_| walks).filter(is_news).cloned().collect());
        self.recorder.close(asked, self.calls.were_open(asked), missed, limit).await
    }

    fn with_orphans<T>(&self, act: impl FnOnce(&mut Vec<OrphanedCreate>) -> T) -> T {
        act(&mut lock(&self.orphans))
    }
}

/// Whether one of the objects is seen. Where none is, and one look came to nothing, it is not known.
async fn sees_one(looks: Vec<ExistenceCheck>) -> Existence {
    let mut seen = Existence::NotSeen;
    for look in looks {
        match look.await {
            Existence::Seen => return Existence::Seen,
            Existence::NotSeen => {}
            Existence::Unknown => seen = Existence::Unknown,
        }
    }
    seen
}

/// Whether Stripe still keeps the key of an entry, as far as the clocks agree.
fn is_key_kept(orphan: &OrphanedCreate) -> bool {
    (Timestamp::now().as_second() - orphan.entry.at).abs() <= KEPT
}

/// One entry of each key, by preference with the id that Stripe answered, and the copies: a run that died while it
/// claimed an entry leaves it in two journals.
fn one_of_each_key(mut found: Vec<OrphanedCreate>) -> (Vec<OrphanedCreate>, Vec<OrphanedCreate>) {
    found.sort_by_key(|orphan| orphan.entry.id.is_none());
    let mut keys = HashSet::new();
    found.into_iter().partition(|orphan| keys.insert(orphan.entry.key.clone()))
}

/// An entry for the practitioner: `Customer cus_1`.
fn described(entry: &JournalEntry) -> String {
    match &entry.id {
        Some(id) => format!("{} {id}", entry.what),
        None => entry.what.clone(),
    }
}

/// A hash of what makes two creates the same: what they call, what they send.
pub fn fingerprint(parts: &[&str]) -> String {
    URL_SAFE_NO_PAD.encode(digest(parts))
}

#[cfg(test)]
mod tests;
