//! Different versions of the program in one folder.

use std::time::Instant;

use super::{DEAD, JournalLine, LIMIT, WriterProcess, begun, later};

#[tokio::test]
async fn what_a_later_version_wrote_is_left_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let newer = WriterProcess { version: u32::MAX, ..WriterProcess::new(DEAD, "here") };
    let lines = [JournalLine::Writer(newer).encode(), b"{\"reserved\": 1}\n".to_vec()].concat();
    let journal = folder.path().join("newer.journal");
    std::fs::write(&journal, &lines).unwrap();
    let (run, found) = later(folder.path()).await;
    assert!(found.unanswered.is_empty() && found.unread.is_empty(), "{found:?}");
    drop(begun(&run, "same", "own").await);
    run.close(Instant::now(), LIMIT).await.unwrap();
    assert_eq!(std::fs::read(&journal).unwrap(), lines, "neither claimed nor removed");
}
