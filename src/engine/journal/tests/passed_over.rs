//! Objects of dead runs that an apply had no use for.

use std::path::Path;
use std::time::Instant;

use super::{DEAD, LIMIT, begun, key_of, killed, later};

/// A run is killed that had made one object, and had no answer yet for another.
async fn killed_run(folder: &Path) {
    killed(folder, DEAD, async |run| {
        begun(run, "old", "first").await.answered("cus_1").await;
        drop(begun(run, "other", "second").await);
    })
    .await;
}

/// An apply that makes something else, and ends in an orderly way.
async fn apply_without_use(folder: &Path) {
    let (apply, found) = later(folder).await;
    assert!(found.passed_over.is_empty(), "this apply may take it");
    begun(&apply, "new", "third").await.answered("cus_2").await;
    apply.close(Instant::now(), LIMIT).await.unwrap();
}

#[tokio::test]
async fn what_an_apply_had_no_use_for_is_told_until_one_takes_it() {
    let folder = tempfile::tempdir().unwrap();
    killed_run(folder.path()).await;
    apply_without_use(folder.path()).await;
    for _ in 0..2 {
        let (plan, found) = later(folder.path()).await;
        assert_eq!(
            (found.passed_over, found.unanswered),
            (vec!["Customer cus_1".into()], vec!["Customer".into()])
        );
        plan.close(Instant::now(), LIMIT).await.unwrap();
    }
    let (taking, _) = later(folder.path()).await;
    let pending = begun(&taking, "old", "fourth").await;
    assert_eq!(key_of(&pending), "first");
    pending.answered("cus_1").await;
    taking.close(Instant::now(), LIMIT).await.unwrap();
    assert!(later(folder.path()).await.1.passed_over.is_empty());
}

#[tokio::test]
async fn an_object_that_arrives_in_a_state_is_told_no_more() {
    let folder = tempfile::tempdir().unwrap();
    killed_run(folder.path()).await;
    apply_without_use(folder.path()).await;
    let (importing, found) = later(folder.path()).await;
    assert_eq!(found.passed_over.len(), 1);
    importing.arrived("Customer", "cus_1", None);
    importing.close(Instant::now(), LIMIT).await.unwrap();
    assert!(later(folder.path()).await.1.passed_over.is_empty());
}

#[tokio::test]
async fn neither_a_plan_nor_an_apply_that_was_given_up_passes_anything_over() {
    let folder = tempfile::tempdir().unwrap();
    killed_run(folder.path()).await;
    let (plan, _) = later(folder.path()).await;
    plan.close(Instant::now(), LIMIT).await.unwrap();
    let (given_up, found) = later(folder.path()).await;
    assert!(found.passed_over.is_empty());
    let asked = Instant::now();
    begun(&given_up, "new", "third").await.answered("cus_2").await;
    given_up.close(asked, LIMIT).await.unwrap();
    assert!(later(folder.path()).await.1.passed_over.is_empty());
}
