//! How often the journal is synced.

use std::time::Duration;

use super::{OURS, begun, journal};

/// Creates at parallelism 10, each answered after 150 ms, as Terraform sends them.
async fn sync_count(creates: usize, parallel: usize) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path(), OURS);
    let workers = (0..parallel).map(|worker| {
        let journal = &journal;
        async move {
            for n in 0..creates / parallel {
                let key = format!("{worker}-{n}");
                let pending = begun(journal, "same", &key).await;
                tokio::time::sleep(Duration::from_millis(150)).await;
                pending.answered("cus_1");
            }
        }
    });
    futures_util::future::join_all(workers).await;
    journal.syncs()
}

#[tokio::test]
async fn creates_that_come_together_are_synced_together() {
    let syncs = sync_count(100, 10).await;
    assert!((1..=25).contains(&syncs), "{syncs} syncs for 100 creates");
}

#[tokio::test]
async fn every_create_of_a_sequence_is_synced() {
    assert_eq!(sync_count(3, 1).await, 3);
}
