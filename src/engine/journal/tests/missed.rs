//! Objects of dead runs that are not in the state of a later run.

use std::path::Path;
use std::time::Instant;

use super::{DEAD, Journal, LIMIT, Leftovers, begun, journal, key_of, killed};

/// Leaves the journal of a killed run that had made one object, and was waiting for the answer for another.
async fn killed_run(folder: &Path) {
    killed(folder, DEAD, async |run| {
        begun(run, "old", "first").await.answered("cus_1").await;
        drop(begun(run, "other", "second").await);
    })
    .await;
}

/// A run that has read what dead runs left, and what it read.
async fn run(folder: &Path, name: &str) -> (Journal, Leftovers) {
    let run = journal(folder, name);
    let found = run.load().await;
    (run, found)
}

/// A run that plans, and does not have the object in its state.
async fn plan_without_it(folder: &Path, name: &str) -> Leftovers {
    let (plan, found) = run(folder, name).await;
    plan.note_walk();
    plan.close(Instant::now(), LIMIT).await.unwrap();
    found
}

#[tokio::test]
async fn what_no_state_has_is_told_to_each_later_run_until_one_takes_it() {
    let folder = tempfile::tempdir().unwrap();
    killed_run(folder.path()).await;
    let first = plan_without_it(folder.path(), "2-1").await;
    assert!(first.missed.is_empty(), "its state may have the object");
    for name in ["3-1", "4-1"] {
        let found = plan_without_it(folder.path(), name).await;
        assert_eq!(
            (found.missed, found.unanswered),
            (vec!["Customer cus_1".into()], vec!["Customer".into()])
        );
    }
    let (taking, _) = run(folder.path(), "5-1").await;
    let pending = begun(&taking, "old", "fourth").await;
    assert_eq!(key_of(&pending), "first");
    pending.answered("cus_1").await;
    taking.close(Instant::now(), LIMIT).await.unwrap();
    assert!(run(folder.path(), "6-1").await.1.missed.is_empty());
}

#[tokio::test]
async fn the_apply_of_the_run_that_planned_is_not_told_because_it_may_take_the_object() {
    let folder = tempfile::tempdir().unwrap();
    killed_run(folder.path()).await;
    plan_without_it(folder.path(), "2-1").await;
    assert!(run(folder.path(), "2-1").await.1.missed.is_empty());
    assert_eq!(run(folder.path(), "3-1").await.1.missed.len(), 1);
}

#[tokio::test]
async fn an_object_that_arrives_in_a_state_is_told_no_more() {
    let folder = tempfile::tempdir().unwrap();
    killed_run(folder.path()).await;
    plan_without_it(folder.path(), "2-1").await;
    let (importing, found) = run(folder.path(), "3-1").await;
    assert_eq!(found.missed.len(), 1);
    importing.arrived("Customer", "cus_1", None);
    importing.close(Instant::now(), LIMIT).await.unwrap();
    assert!(run(folder.path(), "4-1").await.1.missed.is_empty());
}

#[tokio::test]
async fn a_run_that_may_not_have_seen_its_state_misses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    killed_run(folder.path()).await;
    let (query, _) = run(folder.path(), "2-1").await;
    query.close(Instant::now(), LIMIT).await.unwrap();
    let (failed, _) = run(folder.path(), "2-2").await;
    failed.note_walk();
    failed.note_incomplete();
    failed.close(Instant::now(), LIMIT).await.unwrap();
    let (given_up, found) = run(folder.path(), "3-1").await;
    assert!(found.missed.is_empty());
    let asked = Instant::now();
    given_up.note_walk();
    begun(&given_up, "new", "third").await.answered("cus_2").await;
    given_up.close(asked, LIMIT).await.unwrap();
    assert!(run(folder.path(), "4-1").await.1.missed.is_empty());
}
