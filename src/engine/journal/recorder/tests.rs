//! Tests of the recorder: a store that hangs or is full, and callers that must not wait.

use std::io;
use std::sync::mpsc;

use super::super::entry::JournalLine;
use super::super::entry::tests::entry;
use super::super::store::{JournalStore, OrphanedCreate};
use super::{Duration, Instant, Recorder, ScanResult};

/// A store that appends with a function, fails to sync a number of times, and reports when it is closed.
struct Fake<A> {
    append: A,
    failing_syncs: usize,
    closed: mpsc::Sender<bool>,
}

impl<A: FnMut(&[JournalLine]) -> io::Result<()> + Send> JournalStore for Fake<A> {
    fn orphans(&mut self) -> io::Result<ScanResult> {
        Ok((Vec::new(), Vec::new()))
    }

    fn append(&mut self, lines: &[JournalLine]) -> io::Result<()> {
        (self.append)(lines)
    }

    fn sync(&mut self) -> io::Result<()> {
        let left = self.failing_syncs.checked_sub(1);
        self.failing_syncs = left.unwrap_or_default();
        left.map_or(Ok(()), |_| Err(io::ErrorKind::StorageFull.into()))
    }

    fn claim(&mut self, _: &OrphanedCreate, _: &JournalLine) -> io::Result<bool> {
        Ok(false)
    }

    fn end(&mut self, _: &OrphanedCreate) -> io::Result<()> {
        Ok(())
    }

    fn note_missed(&mut self, _: &[OrphanedCreate]) -> io::Result<()> {
        Ok(())
    }

    fn close(&mut self, is_empty: bool) -> io::Result<()> {
        self.closed.send(is_empty).map_err(io::Error::other)
    }
}

fn faulty() -> (Recorder, mpsc::Sender<()>, mpsc::Receiver<bool>) {
    failing_to_sync(0)
}

/// A store that hangs at creates until it is told to continue, and has no space for answers.
fn failing_to_sync(failing_syncs: usize) -> (Recorder, mpsc::Sender<()>, mpsc::Receiver<bool>) {
    let ((hang, go_on), (closed, when_closed)) = (mpsc::channel(), mpsc::channel());
    let append = move |lines: &[JournalLine]| {
        if lines.iter().all(|line| matches!(line, JournalLine::Begun(_))) {
            // The sender is dropped once nothing is to hang any more.
            let _ = go_on.recv();
            return Ok(());
        }
        Err(io::ErrorKind::StorageFull.into())
    };
    (Recorder::start(Box::new(Fake { append, failing_syncs, closed }), "/hung/place"), hang, when_closed)
}

/// A store that is briefly unavailable, as a Redis server may be, and the lines that it receives.
fn away(mut failing: usize) -> (Recorder, mpsc::Receiver<JournalLine>, mpsc::Receiver<bool>) {
    let ((written, lines), (closed, when_closed)) = (mpsc::channel(), mpsc::channel());
    let append = move |lines: &[JournalLine]| {
        if failing > 0 {
            failing -= 1;
            return Err(io::ErrorKind::TimedOut.into());
        }
        for line in lines {
            written.send(line.clone()).unwrap();
        }
        Ok(())
    };
    (Recorder::start(Box::new(Fake { append, failing_syncs: 0, closed }), "/away"), lines, when_closed)
}

#[tokio::test]
async fn a_sync_that_failed_makes_nobody_believe_to_be_synced() {
    let (recorder, hang, _closed) = failing_to_sync(2);
    drop(hang);
    for key in ["one", "two"] {
        recorder.begin(entry(key, "same"));
    }
    for key in ["one", "two"] {
        assert!(recorder.synced(key.to_owned()).await.is_err(), "{key}");
    }
    recorder.synced("two".to_owned()).await.unwrap();
    assert_eq!(recorder.syncs(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_file_system_that_hangs_is_waited_for_once_and_named() {
    let (recorder, hang, _closed) = faulty();
    recorder.begin(entry("one", "same"));
    let error = recorder.synced("one".to_owned()).await.unwrap_err().to_string();
    assert_eq!(error, "/hung/place: it did not answer within 8 s");
    let before = tokio::time::Instant::now();
    let error = recorder.synced("two".to_owned()).await.unwrap_err().to_string();
    assert_eq!(error, "/hung/place: it does not answer");
    assert_eq!(before.elapsed(), Duration::ZERO, "nobody waits again");
    drop(hang);
}

#[tokio::test]
async fn an_answer_that_finds_no_space_is_gone_with_an_orderly_end() {
    let (recorder, hang, closed) = faulty();
    drop(hang);
    for key in ["one", "two"] {
        recorder.begin(entry(key, "same"));
        recorder.synced(key.to_owned()).await.unwrap();
        recorder.answered(key, "cus_1");
    }
    recorder.close(Instant::now(), false, Vec::new(), Duration::from_secs(5)).await.unwrap();
    assert!(closed.recv().unwrap(), "nothing is left to claim");
}

#[tokio::test]
async fn a_store_that_was_away_is_told_later_what_it_missed_in_its_order() {
    for failing in 1..=3 {
        let (recorder, lines, _closed) = away(failing);
        recorder.begin(entry("one", "same"));
        assert!(recorder.synced("one".to_owned()).await.is_err());
        recorder.answered("one", "cus_1");
        recorder.begin(entry("two", "same"));
        let _ = recorder.synced("two".to_owned()).await;
        recorder.ended("two");
        recorder.close(Instant::now(), false, Vec::new(), Duration::from_secs(5)).await.unwrap();
        let kind =
            |line: JournalLine| (line.key().unwrap().to_owned(), matches!(line, JournalLine::Begun(_)));
        let mut kinds: Vec<_> = lines.try_iter().map(kind).collect();
        kinds.sort_by(|a, b| a.0.cmp(&b.0));
        let expected = [("one", true), ("one", false), ("two", true), ("two", false)];
        assert_eq!(kinds, expected.map(|(key, is_begun)| (key.to_owned(), is_begun)));
    }
}

#[tokio::test]
async fn who_was_synced_by_another_one_does_not_wait_for_the_store() {
    let (recorder, go_on, _closed) = faulty();
    for key in ["one", "two"] {
        recorder.begin(entry(key, "same"));
    }
    go_on.send(()).unwrap();
    recorder.synced("one".to_owned()).await.unwrap();
    recorder.begin(entry("three", "same"));
    recorder.answered("one", "cus_1");
    recorder.synced("two".to_owned()).await.unwrap();
    assert_eq!(recorder.syncs(), 1);
    drop(go_on);
}

#[tokio::test]
async fn a_sync_covers_what_begins_while_it_waits_for_company() {
    let (recorder, hang, _closed) = faulty();
    recorder.begin(entry("one", "same"));
    let begin_another = async {
        // By now the line of the first create is being written.
        tokio::time::sleep(Duration::from_millis(20)).await;
        recorder.begin(entry("two", "same"));
        drop(hang);
    };
    let (synced, ()) = tokio::join!(recorder.synced("one".to_owned()), begin_another);
    synced.unwrap();
    recorder.synced("two".to_owned()).await.unwrap();
    assert_eq!(recorder.syncs(), 1);
}
