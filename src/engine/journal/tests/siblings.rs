//! Several processes of one Terraform run, one for each provider block.

use super::{DEAD, Instant, Journal, LIMIT, begun, files, journal, key_of, killed, later};

async fn close(journal: &Journal) {
    journal.close(Instant::now(), LIMIT).await.unwrap();
}

#[tokio::test]
async fn what_an_early_process_made_is_left_where_its_run_dies_later() {
    let folder = tempfile::tempdir().unwrap();
    killed(folder.path(), DEAD, async |early| {
        let late = journal(folder.path(), DEAD);
        begun(&late, "late", "late").await;
        begun(early, "early", "early").await.answered("cus_1").await;
        close(early).await;
    })
    .await;
    let (later, _) = later(folder.path()).await;
    assert_eq!(key_of(&begun(&later, "early", "another").await), "early");
    assert_eq!(key_of(&begun(&later, "late", "another").await), "late");
}

#[tokio::test]
async fn the_last_process_of_a_run_closes_the_journals_of_all() {
    let folder = tempfile::tempdir().unwrap();
    killed(folder.path(), DEAD, async |early| {
        let late = journal(folder.path(), DEAD);
        begun(&late, "late", "late").await.answered("cus_1").await;
        begun(early, "early", "answered").await.answered("cus_2").await;
        begun(early, "early", "open").await.unanswered(None);
        close(early).await;
        close(&late).await;
    })
    .await;
    assert_eq!(files(folder.path()).len(), 1, "one create was never answered");
    let (later, _) = later(folder.path()).await;
    assert_eq!(key_of(&begun(&later, "early", "another").await), "open");
    assert_eq!(key_of(&begun(&later, "early", "third").await), "third");
}

#[tokio::test]
async fn of_processes_that_end_at_once_nothing_is_left() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let all = [(); 3].map(|()| journal(folder.path(), DEAD));
        for journal in &all {
            begun(journal, "same", "key").await.answered("cus_1").await;
        }
        futures_util::future::join_all(all.iter().map(close)).await;
        assert!(files(folder.path()).is_empty());
    }
}

#[tokio::test]
async fn a_run_of_another_terraform_holds_no_journal_back() {
    let folder = tempfile::tempdir().unwrap();
    let other = journal(folder.path(), "4294967295-2");
    begun(&other, "same", "first").await;
    let ours = journal(folder.path(), DEAD);
    begun(&ours, "same", "second").await.answered("cus_1").await;
    close(&ours).await;
    assert_eq!(files(folder.path()).len(), 1);
}
