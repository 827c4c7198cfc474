//! Creates in flight: how a create whose answer never reached the state is found again.
//!
//! # Theory
//!
//! Stripe makes a POST once per idempotency key, and answers a repeated key with the
//! first answer for 24 hours. A key alone does not survive a crash: a new plan makes new
//! private data. So before a create leaves, its key is written to a file beside
//! Terraform's own data (one file per create, synced), together with a fingerprint of
//! what it creates and through which account. The file goes when Terraform shows us the
//! object in its state, which is the proof that the answer arrived.
//!
//! A later create with the same fingerprint first claims such a file and uses its key:
//! Stripe then answers with the object that already exists, or makes it now. Each file is
//! claimed once, so fifty equal creates find fifty keys. A file is never claimed while the
//! Terraform that wrote it still runs: two equal entities of one configuration are two
//! objects. Workspaces share a data directory and so are kept apart by name.

mod run;

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::connector;
use crate::env::{self, Env};

/// Stripe keeps a key for at least this long, in seconds.
const KEPT: i64 = 24 * 60 * 60;

/// One create in flight.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    key: String,
    /// The entity type or action.
    #[serde(default)]
    what: String,
    fingerprint: String,
    /// When it was written, in seconds since 1970.
    at: i64,
    /// Which Terraform run wrote it.
    run: String,
    /// The object's id, once Stripe answered.
    #[serde(default)]
    id: Option<String>,
}

/// The creates in flight of one working directory and workspace.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    run: String,
    /// What earlier creates left, read once; claims are made one at a time.
    left: Mutex<Option<Vec<(PathBuf, Entry)>>>,
}

/// A create that is written down and may now be sent.
#[derive(Debug)]
pub struct PendingCreate {
    entry: Entry,
    file: PathBuf,
    /// The key is one that an earlier run left.
    resumed: bool,
}

impl Journal {
    /// The journal in Terraform's data directory.
    pub fn beside_terraform(env: &Env) -> Self {
        let data = PathBuf::from(env.get(env::TF_DATA_DIR).unwrap_or_else(|| ".terraform".to_owned()));
        let workspace = env
            .get(env::TF_WORKSPACE)
            .or_else(|| fs::read_to_string(data.join("environment")).ok())
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "default".to_owned());
        Self::at(data.join("stripe-creates").join(workspace), run::this_run())
    }

    fn at(folder: PathBuf, run: String) -> Self {
        Self { folder, run, left: Mutex::default() }
    }

    /// Writes a create down before it is sent: under the key an earlier run left for the
    /// same create, else under `key`, else under a new one. Where nothing can be written the
    /// create goes on unrecorded, and the error is the caller's to report.
    pub fn begin(
        &self,
        what: &str,
        fingerprint: &str,
        key: Option<&str>,
    ) -> (PendingCreate, Result<(), std::io::Error>) {
        let file = self.folder.join(format!("{}.json", Uuid::new_v4()));
        let claimed = self.claim(fingerprint, &file);
        let resumed = claimed.is_some();
        let mut entry = claimed.unwrap_or_else(|| Entry {
            key: key.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned),
            what: what.to_owned(),
            fingerprint: fingerprint.to_owned(),
            at: Timestamp::now().as_second(),
            run: String::new(),
            id: None,
        });
        entry.run.clone_from(&self.run);
        let written = write_synced(&file, &entry);
        (PendingCreate { entry, file, resumed }, written)
    }

    /// An entry for the same create that an earlier run left, moved to `file`. The move is
    /// what claims it: of several processes only one can.
    fn claim(&self, fingerprint: &str, file: &Path) -> Option<Entry> {
        self.with_left(|left| {
            loop {
                let at = left.iter().position(|(_, entry)| self.may_claim(entry, fingerprint))?;
                let (found, entry) = left.swap_remove(at);
                if fs::rename(found, file).is_ok() {
                    return Some(entry);
                }
            }
        })
    }

    /// Terraform's state has the object: its create is no longer in flight.
    pub fn arrived(&self, id: &str) {
        self.with_left(|left| {
            left.retain(|(file, entry)| {
                let arrived = entry.id.as_deref() == Some(id);
                if arrived {
                    // Gone already is as good.
                    let _ = fs::remove_file(file);
                }
                !arrived
            });
        });
    }

    /// What runs that have ended sent and never heard of again, and the folder that says so.
    pub fn unanswered(&self) -> (Vec<String>, &Path) {
        let mut names = self.with_left(|left| {
            let unanswered = left.iter().filter(|(_, entry)| entry.id.is_none() && self.is_left(entry));
            unanswered.map(|(_, entry)| entry.what.clone()).collect::<Vec<_>>()
        });
        names.sort();
        (names, &self.folder)
    }

    fn may_claim(&self, entry: &Entry, fingerprint: &str) -> bool {
        entry.fingerprint == fingerprint && self.is_left(entry)
    }

    /// The entry's run has ended.
    fn is_left(&self, entry: &Entry) -> bool {
        entry.run != self.run && !run::is_running(&entry.run)
    }

    fn with_left<T>(&self, act: impl FnOnce(&mut Vec<(PathBuf, Entry)>) -> T) -> T {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        act(left.get_or_insert_with(|| self.read_left()))
    }

    /// Every entry that Stripe still remembers; the others are removed.
    fn read_left(&self) -> Vec<(PathBuf, Entry)> {
        let files = fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|file| file.path());
        // What was still being written when its run was killed says nothing that its entry does not.
        let files = files.filter(|file| file.extension().is_some_and(|extension| extension == "json"));
        let mut entries: Vec<(PathBuf, Entry)> = files
            .filter_map(|file| {
                let entry: Entry = serde_json::from_slice(&fs::read(&file).ok()?).ok()?;
                if Timestamp::now().as_second() - entry.at > KEPT {
                    let _ = fs::remove_file(&file);
                    return None;
                }
                Some((file, entry))
            })
            .collect();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        entries
    }
}

impl PendingCreate {
    /// The idempotency key to send.
    pub fn key(&self) -> &str {
        &self.entry.key
    }

    /// True when the key of an earlier run only brings that run's failure back: it made
    /// nothing, and never will.
    pub fn is_spent_by(&self, error: &connector::Error) -> bool {
        self.resumed && error.replayed()
    }

    /// Stripe answered: the entry now waits for the object to show up in the state.
    pub fn answered(&mut self, id: &str) {
        self.entry.id = Some(id.to_owned());
        // Without the id the entry only lives until it expires.
        let _ = write_synced(&self.file, &self.entry);
    }

    /// Stripe refused, or nothing was sent: there is nothing to find again.
    pub fn failed(self) {
        let _ = fs::remove_file(self.file);
    }

    /// The key is of no more use (its object is gone, or it only brings a failure back): a new
    /// one for a new object.
    pub fn renew(&mut self) {
        self.resumed = false;
        self.entry.key = Uuid::new_v4().to_string();
        self.entry.id = None;
        self.entry.at = Timestamp::now().as_second();
        let _ = write_synced(&self.file, &self.entry);
    }
}

/// What makes two creates the same: the account they go to, what they call, what they send.
pub fn fingerprint(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

/// Written beside, synced, then renamed: a reader sees all of it or none.
fn write_synced(file: &Path, entry: &Entry) -> Result<(), std::io::Error> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = file.with_extension("new");
    let mut writer = File::create(&beside)?;
    writer.write_all(&serde_json::to_vec(entry)?)?;
    writer.sync_data()?;
    fs::rename(&beside, file)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Journal, fingerprint};

    const OURS: &str = "1-1";
    /// No process has this number, so the run it names has ended.
    const DEAD: &str = "4294967295-1";

    fn journal(folder: &Path, run: &str) -> Journal {
        Journal::at(folder.to_owned(), run.to_owned())
    }

    fn files(folder: &Path) -> usize {
        folder.read_dir().map_or(0, Iterator::count)
    }

    #[test]
    fn a_create_that_was_cut_off_is_resumed_under_its_key_once() {
        let folder = tempfile::tempdir().unwrap();
        journal(folder.path(), DEAD).begin("Customer", "same", Some("first")).1.unwrap();
        let later = journal(folder.path(), OURS);
        assert_eq!(later.begin("Customer", "same", Some("second")).0.key(), "first");
        assert_eq!(later.begin("Customer", "same", Some("third")).0.key(), "third");
        assert_eq!(files(folder.path()), 2);
    }

    #[test]
    fn an_entry_that_was_being_rewritten_is_resumed_once() {
        let folder = tempfile::tempdir().unwrap();
        let (pending, written) = journal(folder.path(), DEAD).begin("Customer", "same", Some("first"));
        written.unwrap();
        std::fs::copy(&pending.file, pending.file.with_extension("new")).unwrap();
        let later = journal(folder.path(), OURS);
        assert_eq!(later.begin("Customer", "same", Some("second")).0.key(), "first");
        assert_eq!(later.begin("Customer", "same", Some("third")).0.key(), "third");
    }

    #[test]
    fn another_create_is_not_resumed() {
        let folder = tempfile::tempdir().unwrap();
        journal(folder.path(), DEAD).begin("Customer", "one", Some("first")).1.unwrap();
        assert_eq!(journal(folder.path(), OURS).begin("Customer", "other", Some("second")).0.key(), "second");
    }

    #[test]
    fn equal_creates_of_one_run_have_keys_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        journal(folder.path(), OURS).begin("Customer", "same", Some("first")).1.unwrap();
        assert_eq!(journal(folder.path(), OURS).begin("Customer", "same", Some("second")).0.key(), "second");
    }

    #[test]
    fn a_create_of_a_run_that_still_runs_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let running = super::run::this_run();
        journal(folder.path(), &running).begin("Customer", "same", Some("first")).1.unwrap();
        assert_eq!(journal(folder.path(), OURS).begin("Customer", "same", Some("second")).0.key(), "second");
    }

    #[test]
    fn an_object_that_reached_the_state_is_no_longer_pending() {
        let folder = tempfile::tempdir().unwrap();
        let (mut pending, written) = journal(folder.path(), DEAD).begin("Customer", "same", Some("first"));
        written.unwrap();
        pending.answered("cus_1");
        let later = journal(folder.path(), OURS);
        later.arrived("cus_2");
        assert_eq!(files(folder.path()), 1);
        later.arrived("cus_1");
        assert_eq!(files(folder.path()), 0);
        assert_eq!(later.begin("Customer", "same", Some("second")).0.key(), "second");
    }

    #[test]
    fn a_refused_create_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        journal(folder.path(), OURS).begin("Customer", "same", Some("first")).0.failed();
        assert_eq!(files(folder.path()), 0);
    }

    #[test]
    fn what_was_never_answered_is_told_until_it_is_resumed() {
        let folder = tempfile::tempdir().unwrap();
        let dead = journal(folder.path(), DEAD);
        dead.begin("Customer", "same", Some("first")).1.unwrap();
        dead.begin("Price", "another", Some("second")).0.answered("price_1");
        assert!(dead.unanswered().0.is_empty(), "its own run may still hear of it");
        let later = journal(folder.path(), OURS);
        assert_eq!(later.unanswered(), (vec!["Customer".to_owned()], folder.path()));
        later.begin("Customer", "same", Some("third")).1.unwrap();
        assert!(later.unanswered().0.is_empty());
    }

    #[test]
    fn a_key_is_spent_only_when_an_earlier_run_left_it() {
        let folder = tempfile::tempdir().unwrap();
        let (fresh, _) = journal(folder.path(), DEAD).begin("Customer", "same", Some("first"));
        assert!(!fresh.resumed);
        let (mut resumed, _) = journal(folder.path(), OURS).begin("Customer", "same", Some("second"));
        assert!(resumed.resumed);
        resumed.renew();
        assert!(!resumed.resumed && resumed.key() != "first");
    }

    #[test]
    fn parts_of_a_fingerprint_cannot_run_into_each_other() {
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
    }
}
