//! A create that is recorded in the journal: its idempotency key, and its outcome.

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

/// A create that is recorded and may now be sent.
#[derive(Debug)]
pub struct PendingCreate {
    recorder: Recorder,
    entry: JournalEntry,
    /// Whether an earlier run left the key.
    resumed: bool,
    /// The entry of that run, if it could not be moved into our journal.
    unclaimed: Option<OrphanedCreate>,
    unrecorded: Arc<Mutex<Option<io::Error>>>,
}

/// An object that an interrupted run had made, and that a create adopted instead of making a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveredObject {
    /// Stripe's id of the object, or whatever else names it.
    pub id: String,
    /// The time in seconds since the interrupted run recorded its create.
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

    /// The idempotency key to send. It is sent once its entry survives a power failure, or once it is known
    /// that the entry cannot be made to survive one.
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

    /// Why the create could not be recorded before it was sent, if it could not.
    pub fn unrecorded(&self) -> Option<io::Error> {
        lock(&self.unrecorded).take()
    }

    /// Whether the key of an earlier run only replays that run's failure: it made nothing, and never will.
    pub fn is_spent_by(&self, error: &connector::Error) -> bool {
        self.resumed && error.replayed()
    }

    /// Whether the outcome of the create stays unknown after an error: this call may have taken effect, or it
    /// was refused for a reason that says nothing about what an earlier run did under the same key.
    pub fn stays_open_after(&self, error: &connector::Error) -> bool {
        error.may_have_happened() || self.resumed && !error.settles_outcome()
    }

    /// The object with this id as recovered, if Stripe repeated an answer that
    /// the earlier run did not receive.
    pub fn adopted(&self, id: &str, replayed: bool) -> Option<RecoveredObject> {
        let age = (Timestamp::now().as_second() - self.entry.at).max(0);
        (self.resumed && replayed).then(|| RecoveredObject { id: id.to_owned(), age })
    }

    /// Records that Stripe answered, so that the object is on its way into the state. Terraform must not
    /// receive the answer before this returns: if the provider were killed in between, the journal would keep
    /// as open what the state has, and an equal create would adopt it.
    pub async fn answered(mut self, id: &str) {
        self.end_unclaimed();
        self.recorder.answered(&self.entry.key, id);
        self.recorder.written().await;
    }

    /// Records that there is nothing to find again: Stripe refused, nothing was sent, or no state keeps the
    /// answer. Here too, Terraform must not receive the answer before this returns: a second invocation would
    /// repeat the first one's answer.
    pub async fn ended(mut self) {
        self.end_unclaimed();
        self.recorder.ended(&self.entry.key);
        self.recorder.written().await;
    }

    /// Records that the outcome is unknown: the create stays for the next run,
    /// which finds it by this account.
    pub fn unanswered(self, account: Option<AccountMark>) {
        if let Some(account) = account {
            self.recorder.account(account);
        }
        self.recorder.unanswered(&self.entry.key);
    }

    /// Replaces a key that is of no more use, because its object is gone or it only replays a failure, with a
    /// new key for a new object.
    pub fn renew(&mut self) {
        self.end_unclaimed();
        self.recorder.ended(&self.entry.key);
        self.resumed = false;
        self.entry.key = Uuid::new_v4().to_string();
        self.entry.id = None;
        self.entry.at = Timestamp::now().as_second();
        self.recorder.begin(self.entry.clone());
    }

    /// Ends the unclaimed entry once the outcome of its key is known, so that no run resumes it any more.
    fn end_unclaimed(&mut self) {
        if let Some(orphan) = self.unclaimed.take() {
            self.recorder.end_orphan(orphan);
        }
    }
}
