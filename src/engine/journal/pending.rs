//! A create that is in the journal: its idempotency key, and its outcome.

use std::io;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use uuid::Uuid;

use super::entry::JournalEntry;
use super::recorder::Recorder;
use super::store::OrphanedCreate;
use crate::connector::{self, AccountMark};
use crate::stripe::IdempotencyKey;
use crate::sync::lock;

/// A create that is written down and may now be sent.
#[derive(Debug)]
pub struct PendingCreate {
    recorder: Recorder,
    entry: JournalEntry,
    /// The key is one that an earlier run left.
    resumed: bool,
    /// What that run left, where it could not be moved into our journal.
    unclaimed: Option<OrphanedCreate>,
    unrecorded: Arc<Mutex<Option<io::Error>>>,
}

/// An object that a run which died had made, and that a create took in place of a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveredObject {
    /// Stripe's id of the object, or what else names it.
    pub id: String,
    /// The seconds since the run that died wrote its create down.
    pub age: i64,
}

impl PendingCreate {
    pub(super) fn new(recorder: Recorder, entry: JournalEntry) -> Self {
        Self { recorder, entry, resumed: false, unclaimed: None, unrecorded: Arc::default() }
    }

    pub(super) fn resumed(
        recorder: Recorder,
        entry: JournalEntry,
        unclaimed: Option<OrphanedCreate>,
    ) -> Self {
        Self { resumed: true, unclaimed, ..Self::new(recorder, entry) }
    }

    /// The idempotency key to send. It leaves when it survives a failure of power, or when it is known
    /// that it does not.
    pub fn key(&self) -> IdempotencyKey {
        let (recorder, key) = (self.recorder.clone(), self.entry.key.clone());
        let unrecorded = Arc::clone(&self.unrecorded);
        IdempotencyKey::from(key.clone()).sent_after(move || {
            let (recorder, key, unrecorded) = (recorder.clone(), key.clone(), Arc::clone(&unrecorded));
            Box::pin(async move {
                if let Err(error) = recorder.synced(key).await {
                    lock(&unrecorded).get_or_insert(error);
                }
            })
        })
    }

    /// The idempotency key as text.
    pub fn key_text(&self) -> &str {
        &self.entry.key
    }

    /// Why the create could not be written down before it was sent, if it could not.
    pub fn unrecorded(&self) -> Option<io::Error> {
        lock(&self.unrecorded).take()
    }

    /// True when the key of an earlier run only brings that run's failure back: it made
    /// nothing, and never will.
    pub fn is_spent_by(&self, error: &connector::Error) -> bool {
        self.resumed && error.replayed()
    }

    /// True when it stays open what came of the create: this call may have happened, or it was refused for a reason
    /// that says nothing about what an earlier run did under the same key.
    pub fn stays_open_after(&self, error: &connector::Error) -> bool {
        error.may_have_happened() || self.resumed && !error.settles_outcome()
    }

    /// The object under `id` as adopted, if Stripe repeated the answer that an earlier run did not get.
    pub fn adopted(&self, id: &str, replayed: bool) -> Option<RecoveredObject> {
        let age = (Timestamp::now().as_second() - self.entry.at).max(0);
        (self.resumed && replayed).then(|| RecoveredObject { id: id.to_owned(), age })
    }

    /// Stripe answered: the object is on its way into the state. Terraform must not have it before this returns: were
    /// the provider killed in between, the journal would hold open what the state has, and an equal create would take it.
    pub async fn answered(mut self, id: &str) {
        self.end_unclaimed();
        self.recorder.answered(&self.entry.key, id);
        self.recorder.written().await;
    }

    /// Stripe refused, nothing was sent, or no state keeps what was answered: there is nothing to find again. Terraform
    /// must not have the answer before this returns, either: a second invocation would repeat the answer of the first.
    pub async fn ended(mut self) {
        self.end_unclaimed();
        self.recorder.ended(&self.entry.key);
        self.recorder.written().await;
    }

    /// No answer says what became of it: the create stays for the next run, which finds it by this account.
    pub fn unanswered(self, account: Option<AccountMark>) {
        if let Some(account) = account {
            self.recorder.account(account);
        }
        self.recorder.unanswered(&self.entry.key);
    }

    /// The key is of no more use (its object is gone, or it only brings a failure back): a new
    /// one for a new object.
    pub fn renew(&mut self) {
        self.end_unclaimed();
        self.recorder.ended(&self.entry.key);
        self.resumed = false;
        self.entry.key = Uuid::new_v4().to_string();
        self.entry.id = None;
        self.entry.at = Timestamp::now().as_second();
        self.recorder.begin(self.entry.clone());
    }

    /// What became of the key is known: nobody may resume it any more.
    fn end_unclaimed(&mut self) {
        if let Some(orphan) = self.unclaimed.take() {
            self.recorder.end_orphan(orphan);
        }
    }
}
