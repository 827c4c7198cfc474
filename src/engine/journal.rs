//! Records creates in flight, so that a create whose answer never reached the state is found again.
//!
//! # Theory
//!
//! Stripe executes a POST once per idempotency key, and answers a repeated key with the first answer for 24
//! hours. A key alone does not survive a crash: a new plan makes new private data. So before a create is
//! sent, its key is written to the journal, with a fingerprint of what it creates and a mark of the account.
//! When a run ends in an orderly way, every create that Stripe answered is in Terraform's state and leaves
//! the journal; a create that may have taken effect but was never answered stays.
//!
//! A later create with the same fingerprint, account, folder and workspace claims an entry of a *dead* run
//! and uses its key: Stripe then answers with the existing object, or creates it now. Each entry is claimed
//! once, so fifty equal creates find fifty keys. Before that, an entry leaves the journal if Terraform shows
//! its object in the state: it has arrived.
//!
//! A provider never learns which state it serves. Two states of one folder and workspace look alike to it, so
//! the practitioner is told of every claim.

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

/// How many objects of another key are looked for; the first ones may have been deleted since.
const MOST_COMPARED: usize = 3;

/// The creates in flight of one process, and those that dead runs of the same folder and workspace left.
#[derive(Debug)]
pub struct Journal {
    recorder: Recorder,
    calls: Calls,
    orphans: Mutex<Vec<OrphanedCreate>>,
    /// The Terraform run of this process.
    run: String,
    /// Whether this run plans or applies. If so, an orphan that it neither claims
    /// nor reads is not in its state.
    walks: AtomicBool,
    /// Whether Terraform may not have shown this run all of its state.
    incomplete: AtomicBool,
    /// The pairs of keys that were already compared, so that each pair is compared once.
    compared: tokio::sync::Mutex<HashSet<(String, String)>>,
}

/// What identifies a create.
#[derive(Debug, Clone)]
pub struct Intent {
    /// The entity type or action.
    pub what: String,
    /// A hash of the content of the call.
    pub fingerprint: String,
    /// Who chooses the object's id.
    pub id_origin: IdOrigin,
    /// The account to which it is sent.
    pub account: AccountMark,
}

/// The result of looking for an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existence {
    /// It was seen.
    Seen,
    /// It was not seen: it does not exist, or the current key may not see it.
    NotSeen,
    /// It could not be found out.
    Unknown,
}

/// A pending lookup of an object.
pub type ExistenceCheck = BoxFuture<'static, Existence>;

/// Creates that interrupted runs left behind.
#[derive(Debug, Default)]
pub struct Leftovers {
    /// The entity types and actions of creates whose outcome is unknown, sorted.
    pub unanswered: Vec<String>,
    /// The entity types and ids of objects that were missing from the state of a later run, sorted.
    pub missed: Vec<String>,
    /// The entity types, with ids if known, of creates whose keys Stripe may have forgotten. They have been
    /// removed from the journal.
    pub forgotten: Vec<String>,
    /// Why a part of the journal could not be read.
    pub unread: Vec<io::Error>,
}

impl Journal {
    /// The journal of this process at `place`, for its working directory and workspace.
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

    /// How often the journal of this process was synced to storage.
    pub fn syncs(&self) -> u64 {
        self.recorder.syncs()
    }

    /// Reads what dead runs left, and removes entries that are too old or dated in the future.
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
        // An entry missed by this run's own plan may still be claimed by its apply.
        let is_missed =
            |orphan: &&OrphanedCreate| orphan.entry.missed_by.as_ref().is_some_and(|by| *by != self.run);
        let mut missed: Vec<_> =
            orphans.iter().filter(is_missed).map(|orphan| described(&orphan.entry)).collect();
        missed.sort();
        *lock(&self.orphans) = orphans;
        Leftovers { unanswered, missed, forgotten, unread }
    }

    /// Whether a dead run left a create with this fingerprint, in any account.
    pub fn has_orphan(&self, fingerprint: &str) -> bool {
        self.with_orphans(|orphans| orphans.iter().any(|orphan| orphan.entry.fingerprint == fingerprint))
    }

    /// Finds out which other keys that left creates with this fingerprint belong to the account of `ours`,
    /// such as a rotated key: those whose objects `ours` can see. `look` looks for the object of an entity
    /// type with an id.
    pub async fn recognise(
        &self,
        fingerprint: &str,
        ours: &AccountMark,
        look: impl Fn(&str, &str) -> Option<ExistenceCheck>,
    ) {
        // Held during the calls: an equal create that starts meanwhile needs their result.
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
            // An unknown result is asked for again by the next create.
            if seen != Existence::Unknown {
                compared.insert(pair);
            }
        }
    }

    /// The keys of unknown accounts that left a create with this fingerprint.
    fn unknown_keys(&self, fingerprint: &str, ours: &AccountMark) -> BTreeSet<String> {
        self.with_orphans(|orphans| {
            let same = orphans.iter().filter(|orphan| orphan.entry.fingerprint == fingerprint);
            let accounts = same.map(|orphan| &orphan.entry.account);
            let unknown = accounts.filter(|account| account.id.is_none() && account.key != ours.key);
            unknown.map(|account| account.key.clone()).collect()
        })
    }

    /// Lookups of a few objects that a key made.
    fn looks(&self, key: &str, look: impl Fn(&str, &str) -> Option<ExistenceCheck>) -> Vec<ExistenceCheck> {
        self.with_orphans(|orphans| {
            let is_of_stripe = |orphan: &OrphanedCreate| orphan.entry.id_origin == IdOrigin::Stripe;
            let of_key =
                orphans.iter().filter(|orphan| orphan.entry.account.key == key && is_of_stripe(orphan));
            let looks = of_key.filter_map(|orphan| look(&orphan.entry.what, orphan.entry.id.as_deref()?));
            looks.take(MOST_COMPARED).collect()
        })
    }

    /// Records a create before it is sent: under the key that a dead run left for the same create, otherwise
    /// under a new one. If nothing can be written, the create continues, and [`PendingCreate::unrecorded`]
    /// returns the reason.
    pub async fn begin(&self, intent: Intent) -> PendingCreate {
        self.begin_under(intent, Uuid::new_v4().to_string()).await
    }

    /// Like [`Self::begin`], with the key to use if no dead run left one.
    async fn begin_under(&self, intent: Intent, key: String) -> PendingCreate {
        while let Some(orphan) = self.take_orphan(&intent) {
            let account = intent.account.clone();
            let own = JournalEntry { account, is_answered: false, missed_by: None, ..orphan.entry.clone() };
            match self.recorder.claim(orphan.clone(), own.clone()).await {
                Ok(true) => return PendingCreate::resumed(self.recorder.clone(), own, None),
                Ok(false) => {}
                // Using another key would certainly make a second object, but another run probably does not
                // resume this one at the same time.
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

    /// Takes an orphan of the same create.
    fn take_orphan(&self, intent: &Intent) -> Option<OrphanedCreate> {
        let fits = |orphan: &OrphanedCreate| {
            let is_same = orphan.entry.fingerprint == intent.fingerprint;
            is_same && orphan.entry.account.is_same(&intent.account) && is_key_kept(orphan)
        };
        self.with_orphans(|orphans| orphans.iter().position(fits).map(|at| orphans.remove(at)))
    }

    /// Whether a dead run left the create of this object.
    pub fn has_orphaned_object(&self, what: &str, id: &str) -> bool {
        self.with_orphans(|orphans| orphans.iter().any(|orphan| orphan.entry.is_of(what, id)))
    }

    /// Removes the create of an object that is in Terraform's state, in this account: it is no longer in
    /// flight. If the account is unknown, an id that the create chose itself proves nothing.
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

    /// Notes that Terraform may not show this run all of its state: the run was
    /// stopped, or a resource failed.
    pub fn note_incomplete(&self) {
        self.incomplete.store(true, Ordering::Relaxed);
    }

    /// Answers Terraform's call to change a resource. Until the call is answered, nothing that it made is in
    /// a state, even if Stripe has answered: a create may take several calls to Stripe.
    pub async fn answering<T>(&self, call: impl Future<Output = T>) -> T {
        self.calls.answering(call).await
    }

    /// Closes the journal of a run that was asked to end at `asked`. If no create and no call of Terraform
    /// was open then, the end is orderly: every answered create is in the state, and only those that were
    /// never answered stay. Waits up to `limit`.
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

/// Whether one of the objects is seen. If none is, but one lookup failed, the result is unknown.
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

/// Whether Stripe still keeps the key of an entry, provided that the clocks agree.
fn is_key_kept(orphan: &OrphanedCreate) -> bool {
    (Timestamp::now().as_second() - orphan.entry.at).abs() <= KEPT
}

/// Splits off one entry for each key, preferably one with the id that Stripe answered, and the copies: a run
/// that died while it claimed an entry leaves it in two journals.
fn one_of_each_key(mut found: Vec<OrphanedCreate>) -> (Vec<OrphanedCreate>, Vec<OrphanedCreate>) {
    found.sort_by_key(|orphan| orphan.entry.id.is_none());
    let mut keys = HashSet::new();
    found.into_iter().partition(|orphan| keys.insert(orphan.entry.key.clone()))
}

/// An entry as shown to the practitioner: `Customer cus_1`.
fn described(entry: &JournalEntry) -> String {
    match &entry.id {
        Some(id) => format!("{} {id}", entry.what),
        None => entry.what.clone(),
    }
}

/// A hash of what identifies a create: its type and the content of the call.
pub fn fingerprint(parts: &[&str]) -> String {
    URL_SAFE_NO_PAD.encode(digest(parts))
}

#[cfg(test)]
mod tests;
