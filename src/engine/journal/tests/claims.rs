//! Claims that are cut off or fail.

use super::{DEAD, Instant, LIMIT, OURS, begun, files, intent, journal, key_of, killed, later};

#[tokio::test]
async fn a_key_that_stands_in_two_journals_is_resumed_once() {
    let folder = tempfile::tempdir().unwrap();
    killed(folder.path(), DEAD, async |run| drop(begun(run, "same", "first").await)).await;
    // The state left by a run that died while it claimed: the key is in its own journal, and still in the
    // other one.
    let copy = folder.path().join("copy.journal");
    std::fs::copy(&files(folder.path())[0], &copy).unwrap();
    let (later, found) = later(folder.path()).await;
    assert_eq!(found.unanswered, ["Customer"]);
    assert_eq!(key_of(&begun(&later, "same", "second").await), "first");
    assert_eq!(key_of(&begun(&later, "same", "third").await), "third");
    assert_eq!(files(folder.path()).len(), 1, "both journals of dead runs are used up");
}

#[tokio::test]
async fn a_key_that_cannot_be_claimed_is_used_all_the_same_and_by_nobody_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    killed(folder.path(), DEAD, async |run| drop(begun(run, "same", "first").await)).await;
    let (one, _) = later(folder.path()).await;
    let lock = std::fs::File::open(folder.path().join("lock")).unwrap();
    lock.lock().unwrap();
    let pending = one.begin_under(intent("same"), "second".to_owned()).await;
    assert_eq!(key_of(&pending), "first", "another key would make another object");
    drop(lock);
    pending.answered("cus_1").await;
    one.close(Instant::now(), LIMIT).await.unwrap();
    let (two, found) = later(folder.path()).await;
    assert!(found.unanswered.is_empty());
    assert_eq!(key_of(&begun(&two, "same", "third").await), "third");
}

#[tokio::test]
async fn a_claimed_create_that_this_run_got_no_answer_for_survives_its_orderly_end() {
    let folder = tempfile::tempdir().unwrap();
    killed(folder.path(), DEAD, async |run| begun(run, "same", "first").await.answered("cus_1").await).await;
    let (one, _) = later(folder.path()).await;
    let pending = begun(&one, "same", "second").await;
    assert_eq!(key_of(&pending), "first");
    pending.unanswered(None);
    one.close(Instant::now(), LIMIT).await.unwrap();
    let two = journal(folder.path(), "2-2");
    two.load().await;
    assert_eq!(key_of(&begun(&two, "same", "third").await), "first", "the object is there, and in no state");
}

/// Terraform has the answer when the call returns. If the provider is killed after that, the journal has
/// nothing left that an equal create could adopt.
#[tokio::test]
async fn what_was_answered_is_written_before_the_call_returns() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path(), OURS);
    for n in 0..20 {
        let id = format!("\"cus_{n}\"");
        begun(&journal, "same", &n.to_string()).await.answered(id.trim_matches('"')).await;
        let written = std::fs::read_to_string(&files(folder.path())[0]).unwrap();
        assert!(written.contains(&id), "{n}");
    }
}
