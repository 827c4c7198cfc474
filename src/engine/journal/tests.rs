//! The journal in a folder: what dead runs leave, which run may claim it, and what an orderly end leaves.

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::entry::tests::entry;
use super::entry::{JournalLine, WriterProcess};
use super::{
    Existence, ExistenceCheck, IdOrigin, Intent, Journal, Leftovers, PendingCreate, RecoveredObject,
    fingerprint, run,
};
use crate::connector::AccountMark;

mod claims;
mod missed;
mod names;
mod siblings;
mod syncs;
mod versions;

const OURS: &str = "1-1";
/// No process has this number, so the run that it names has ended.
const DEAD: &str = "4294967295-1";
const LIMIT: Duration = Duration::from_secs(5);

fn journal_at(folder: &Path, run: &str, place: &str) -> Journal {
    Journal::in_folder(folder.to_owned(), WriterProcess::new(run, place))
}

fn journal(folder: &Path, run: &str) -> Journal {
    journal_at(folder, run, "here")
}

fn intent_in(fingerprint: &str, key: &str, id: Option<&str>) -> Intent {
    let account = AccountMark { key: key.to_owned(), id: id.map(str::to_owned) };
    Intent {
        what: "Customer".to_owned(),
        fingerprint: fingerprint.to_owned(),
        id_origin: IdOrigin::Stripe,
        account,
    }
}

fn intent(fingerprint: &str) -> Intent {
    intent_in(fingerprint, "key", None)
}

/// Begins a create and waits until it may be sent.
async fn begun(journal: &Journal, fingerprint: &str, key: &str) -> PendingCreate {
    let pending = journal.begin_under(intent(fingerprint), key.to_owned()).await;
    pending.key().ready().await;
    assert!(pending.unrecorded().is_none());
    pending
}

/// Runs `act` as a run that is then killed.
async fn killed(folder: &Path, run: &str, act: impl AsyncFnOnce(&Journal)) {
    let before = files(folder);
    let dying = journal(folder, run);
    act(&dying).await;
    drop(dying);
    // The lock of its file is released with its thread.
    let locked = || {
        let new = files(folder).into_iter().filter(|file| !before.contains(file));
        new.filter(|file| std::fs::File::open(file).unwrap().try_lock().is_err()).count()
    };
    for _ in 0..2000 {
        if locked() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("the journal of the killed run stays locked");
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let found = folder.read_dir().into_iter().flatten().map(|file| file.unwrap().path());
    found.filter(|file| file.extension().is_some_and(|extension| extension == "journal")).collect()
}

/// The journal of a later run, which has read what dead runs left.
async fn later(folder: &Path) -> (Journal, Leftovers) {
    let later = journal(folder, OURS);
    let found = later.load().await;
    (later, found)
}

fn key_of(pending: &PendingCreate) -> String {
    pending.key_text().to_owned()
}

#[tokio::test]
async fn a_create_that_was_cut_off_is_resumed_under_its_key_once() {
    let folder = tempfile::tempdir().unwrap();
    killed(folder.path(), DEAD, async |run| drop(begun(run, "same", "first").await)).await;
    let (later, found) = later(folder.path()).await;
    assert_eq!(found.unanswered, ["Customer"]);
    assert_eq!(key_of(&begun(&later, "same", "second").await), "first");
    assert_eq!(key_of(&begun(&later, "same", "third").await), "third");
    assert_eq!(files(folder.path()).len(), 1, "the journal of the dead run is used up");
}

#[tokio::test]
async fn what_was_resumed_is_claimed_by_no_other_process() {
    let folder = tempfile::tempdir().unwrap();
    killed(folder.path(), DEAD, async |run| drop(begun(run, "same", "first").await)).await;
    let (one, other) = (journal(folder.path(), OURS), journal(folder.path(), OURS));
    assert_eq!((one.load().await.unanswered.len(), other.load().await.unanswered.len()), (1, 1));
    assert_eq!(key_of(&begun(&one, "same", "second").await), "first");
    assert_eq!(key_of(&begun(&other, "same", "third").await), "third");
}

#[tokio::test]
async fn a_create_that_was_resumed_by_a_run_that_died_too_is_resumed_again() {
    let folder = tempfile::tempdir().unwrap();
    killed(folder.path(), DEAD, async |run| drop(begun(run, "same", "first").await)).await;
    killed(folder.path(), "4294967295-2", async |run| {
        run.load().await;
        assert_eq!(key_of(&begun(run, "same", "second").await), "first");
    })
    .await;
    let (later, _) = later(folder.path()).await;
    assert_eq!(key_of(&begun(&later, "same", "third").await), "first");
    assert_eq!(key_of(&begun(&later, "same", "fourth").await), "fourth");
}

#[tokio::test]
async fn another_create_another_folder_and_another_account_are_not_resumed() {
    let folder = tempfile::tempdir().unwrap();
    killed(folder.path(), DEAD, async |run| drop(begun(run, "one", "first").await)).await;
    let (later, _) = later(folder.path()).await;
    assert_eq!(key_of(&begun(&later, "other", "second").await), "second");
    let other_key = later.begin_under(intent_in("one", "other key", None), "third".to_owned()).await;
    assert_eq!(key_of(&other_key), "third");
    let elsewhere = journal_at(folder.path(), OURS, "elsewhere");
    assert!(elsewhere.load().await.unanswered.is_empty());
    assert_eq!(key_of(&begun(&elsewhere, "one", "fourth").await), "fourth");
    assert_eq!(key_of(&begun(&later, "one", "fifth").await), "first");
}

#[tokio::test]
async fn a_rotated_key_of_the_same_account_finds_what_the_old_one_left() {
    let folder = tempfile::tempdir().unwrap();
    killed(folder.path(), DEAD, async |run| {
        let pending = begun(run, "same", "first").await;
        pending.unanswered(Some(AccountMark { key: "key".to_owned(), id: Some("acct".to_owned()) }));
    })
    .await;
    let (later, _) = later(folder.path()).await;
    let stranger = later.begin_under(intent_in("same", "key", Some("another")), "second".to_owned()).await;
    assert_eq!(key_of(&stranger), "second");
    let rotated = later.begin_under(intent_in("same", "rotated", Some("acct")), "third".to_owned()).await;
    assert_eq!(key_of(&rotated), "first");
}

#[tokio::test]
async fn a_rotated_key_is_recognised_by_an_object_that_the_old_one_made() {
    let folder = tempfile::tempdir().unwrap();
    killed(folder.path(), DEAD, async |run| {
        begun(run, "same", "first").await.answered("cus_1").await;
        drop(begun(run, "same", "second").await);
    })
    .await;
    let (later, _) = later(folder.path()).await;
    let calls = std::cell::Cell::new(0);
    let sees = async |visible: Option<&str>, rotated: &AccountMark| {
        let look = |what: &str, id: &str| -> Option<ExistenceCheck> {
            calls.set(calls.get() + 1);
            let seen = match visible {
                None => Existence::Unknown,
                Some(visible) if (what, id) == ("Customer", visible) => Existence::Seen,
                Some(_) => Existence::NotSeen,
            };
            Some(Box::pin(std::future::ready(seen)))
        };
        later.recognise("same", rotated, look).await;
    };
    let (stranger, rotated) = (intent_in("same", "stranger", None), intent_in("same", "rotated", None));
    sees(Some("cus_of_another"), &stranger.account).await;
    sees(None, &rotated.account).await;
    sees(Some("cus_1"), &rotated.account).await;
    sees(Some("cus_1"), &rotated.account).await;
    assert_eq!(calls.get(), 3, "each key is compared once, and again where that came to nothing");
    assert_eq!(key_of(&later.begin_under(stranger, "third".to_owned()).await), "third");
    assert_eq!(key_of(&later.begin_under(rotated.clone(), "fourth".to_owned()).await), "first");
    assert_eq!(key_of(&later.begin_under(rotated, "fifth".to_owned()).await), "second");
}

#[tokio::test]
async fn equal_creates_of_one_run_and_of_a_run_that_lives_have_keys_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let living = journal(folder.path(), &run::this_run());
    begun(&living, "same", "first").await;
    assert_eq!(key_of(&begun(&living, "same", "second").await), "second");
    let (ours, found) = later(folder.path()).await;
    assert!(found.unanswered.is_empty(), "the lock is held");
    assert_eq!(key_of(&begun(&ours, "same", "third").await), "third");
}

#[tokio::test]
async fn a_process_that_died_under_a_terraform_that_lives_leaves_nothing_yet() {
    let folder = tempfile::tempdir().unwrap();
    killed(folder.path(), &run::this_run(), async |run| drop(begun(run, "same", "first").await)).await;
    let (_, found) = later(folder.path()).await;
    assert!(found.unanswered.is_empty());
}

#[tokio::test]
async fn an_orderly_end_leaves_only_what_was_never_answered() {
    let folder = tempfile::tempdir().unwrap();
    let all_answered = journal(folder.path(), DEAD);
    begun(&all_answered, "same", "first").await.answered("cus_1").await;
    begun(&all_answered, "same", "second").await.ended().await;
    all_answered.close(Instant::now(), LIMIT).await.unwrap();
    assert!(files(folder.path()).is_empty());
    killed(folder.path(), DEAD, async |run| {
        begun(run, "same", "third").await.answered("cus_2").await;
        begun(run, "same", "fourth").await.unanswered(None);
        run.close(Instant::now(), LIMIT).await.unwrap();
    })
    .await;
    let (later, _) = later(folder.path()).await;
    assert_eq!(key_of(&begun(&later, "same", "fifth").await), "fourth");
    assert_eq!(key_of(&begun(&later, "same", "sixth").await), "sixth");
}

#[tokio::test]
async fn a_terraform_that_gave_up_on_open_creates_leaves_all_of_them() {
    let folder = tempfile::tempdir().unwrap();
    killed(folder.path(), DEAD, async |run| {
        begun(run, "same", "first").await.answered("cus_1").await;
        let open = begun(run, "same", "second").await;
        let asked = Instant::now();
        open.answered("cus_2").await;
        run.close(asked, LIMIT).await.unwrap();
    })
    .await;
    let (later, _) = later(folder.path()).await;
    assert_eq!(key_of(&begun(&later, "same", "third").await), "first");
    assert_eq!(key_of(&begun(&later, "same", "fourth").await), "second");
}

#[tokio::test]
async fn an_object_that_reached_the_state_is_no_longer_pending() {
    let folder = tempfile::tempdir().unwrap();
    killed(folder.path(), DEAD, async |run| begun(run, "same", "first").await.answered("cus_1").await).await;
    let (plan, _) = later(folder.path()).await;
    plan.arrived("Customer", "cus_2", None);
    plan.arrived("Product", "cus_1", None);
    plan.arrived("Customer", "cus_1", Some(&intent_in("same", "another", None).account));
    assert!(plan.has_orphan("same"));
    plan.arrived("Customer", "cus_1", Some(&intent("same").account));
    assert!(!plan.has_orphan("same"));
    plan.close(Instant::now(), LIMIT).await.unwrap();
    let (apply, _) = later(folder.path()).await;
    assert_eq!(key_of(&begun(&apply, "same", "second").await), "second");
}

#[tokio::test]
async fn an_end_that_could_not_be_written_is_written_at_the_end_of_the_run() {
    let scratch = tempfile::tempdir().unwrap();
    let (folder, aside) = (scratch.path().join("journal"), scratch.path().join("aside"));
    killed(&folder, DEAD, async |run| begun(run, "same", "first").await.answered("cus_1").await).await;
    let (plan, _) = later(&folder).await;
    std::fs::rename(&folder, &aside).unwrap();
    std::fs::write(&folder, "no folder").unwrap();
    plan.arrived("Customer", "cus_1", None);
    plan.load().await;
    std::fs::remove_file(&folder).unwrap();
    std::fs::rename(&aside, &folder).unwrap();
    plan.close(Instant::now(), LIMIT).await.unwrap();
    let (apply, _) = later(&folder).await;
    assert_eq!(key_of(&begun(&apply, "same", "second").await), "second");
}

#[tokio::test]
async fn a_create_without_an_answer_and_one_with_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    killed(folder.path(), DEAD, async |run| {
        begun(run, "same", "first").await.answered("cus_1").await;
        drop(begun(run, "other", "second").await);
    })
    .await;
    let (later, found) = later(folder.path()).await;
    assert_eq!(found.unanswered, ["Customer"]);
    let pending = begun(&later, "same", "third").await;
    assert_eq!(pending.adopted("cus_1", false), None, "Stripe made it now");
    assert!(matches!(pending.adopted("cus_1", true), Some(RecoveredObject { age: 0..60, .. })));
    assert_eq!(begun(&later, "third", "fourth").await.adopted("cus_2", true), None);
}

#[tokio::test]
async fn a_renewed_key_is_as_good_as_a_new_create() {
    let folder = tempfile::tempdir().unwrap();
    killed(folder.path(), DEAD, async |run| drop(begun(run, "same", "first").await)).await;
    killed(folder.path(), "4294967295-2", async |run| {
        run.load().await;
        let mut pending = begun(run, "same", "second").await;
        pending.renew();
        pending.key().ready().await;
        assert!(key_of(&pending) != "first" && pending.adopted("cus_1", true).is_none());
    })
    .await;
    let (later, _) = later(folder.path()).await;
    assert_ne!(key_of(&begun(&later, "same", "third").await), "first");
    assert_eq!(key_of(&begun(&later, "same", "fourth").await), "fourth");
}

#[tokio::test]
async fn what_is_too_old_or_of_the_future_is_told_once_and_gone() {
    let folder = tempfile::tempdir().unwrap();
    let now = Timestamp::now().as_second();
    let line = |key: &str, at: i64| {
        let (account, id) = (intent("same").account, Some(format!("cus_{key}")));
        let entry = super::JournalEntry { account, at, id, ..entry(key, "same") };
        JournalLine::Begun(entry).encode()
    };
    let writer = JournalLine::Writer(WriterProcess::new(DEAD, "here")).encode();
    let (day, year) = (24 * 60 * 60, 365 * 24 * 60 * 60);
    let ages =
        [("old", now - day - 60), ("new", now - day + 60), ("1960", -10 * year), ("2126", now + 100 * year)];
    let lines = ages.into_iter().flat_map(|(key, at)| line(key, at));
    std::fs::write(folder.path().join("a.journal"), writer.into_iter().chain(lines).collect::<Vec<_>>())
        .unwrap();
    let (first, found) = later(folder.path()).await;
    assert_eq!(found.forgotten, ["Customer cus_old", "Customer cus_1960", "Customer cus_2126"]);
    first.close(Instant::now(), LIMIT).await.unwrap();
    let (second, found) = later(folder.path()).await;
    assert!(found.forgotten.is_empty(), "{found:?}");
    assert_eq!(key_of(&begun(&second, "same", "second").await), "new");
}

#[tokio::test]
async fn what_is_no_journal_hides_no_other_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    killed(folder.path(), DEAD, async |run| drop(begun(run, "same", "first").await)).await;
    std::fs::create_dir(folder.path().join("folder.journal")).unwrap();
    std::fs::write(folder.path().join("noise.journal"), [0xff; 999]).unwrap();
    let (_, found) = later(folder.path()).await;
    assert_eq!(found.unanswered, ["Customer"]);
    let [unread] = &*found.unread else { panic!("{found:?}") };
    assert!(unread.to_string().contains("folder.journal"), "{unread}");
}

#[tokio::test]
async fn a_place_that_cannot_be_a_folder_is_an_error_with_its_path_and_the_create_goes_on() {
    let scratch = tempfile::tempdir().unwrap();
    let place = scratch.path().join("file");
    std::fs::write(&place, "").unwrap();
    let journal = journal(&place.join("deeper"), OURS);
    let pending = journal.begin_under(intent("same"), "first".to_owned()).await;
    pending.key().ready().await;
    let error = pending.unrecorded().unwrap().to_string();
    assert!(error.contains("file/deeper"), "{error}");
    pending.answered("cus_1").await;
    journal.close(Instant::now(), LIMIT).await.unwrap();
}

#[tokio::test]
async fn what_is_noted_of_a_create_finds_its_space_reserved() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path(), OURS);
    let pending: Vec<_> = (0..50).map(|n| format!("key-{n}")).collect();
    let mut begun_creates = Vec::new();
    for key in &pending {
        begun_creates.push(begun(&journal, "same", key).await);
    }
    let length = || files(folder.path())[0].metadata().unwrap().len();
    let reserved = length();
    for (n, pending) in begun_creates.into_iter().enumerate() {
        pending.answered(&format!("cus_{n:0>40}")).await;
    }
    journal.load().await;
    assert_eq!(length(), reserved, "a disk that has filled up since takes the answers");
}

#[test]
fn parts_of_a_fingerprint_cannot_run_into_each_other() {
    assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
}
