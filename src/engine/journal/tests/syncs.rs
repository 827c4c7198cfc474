//! How often the journal is synced.

use super::{OURS, begun, journal};

/// Counts the syncs for rounds of creates that start together, as Terraform sends creates whose predecessors
/// were answered together. Each round waits for the one before, so that one delayed create does not spread
/// out all that follow.
async fn sync_count(rounds: usize, together: usize) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path(), OURS);
    for round in 0..rounds {
        let keys: Vec<String> = (0..together).map(|n| format!("{round}-{n}")).collect();
        let creates = keys.iter().map(|key| begun(&journal, "same", key));
        for pending in futures_util::future::join_all(creates).await {
            pending.answered("cus_1").await;
        }
    }
    journal.syncs()
}

#[tokio::test]
async fn creates_that_come_together_are_synced_together() {
    let syncs = sync_count(10, 10).await;
    assert!((10..=25).contains(&syncs), "{syncs} syncs for 100 creates");
}

#[tokio::test]
async fn every_create_of_a_sequence_is_synced() {
    assert_eq!(sync_count(3, 1).await, 3);
}
