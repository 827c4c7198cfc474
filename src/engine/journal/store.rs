//! The storage of a journal. It blocks, so only the journal's own thread uses it.

use std::collections::BTreeMap;
use std::io;

use super::entry::{JournalEntry, JournalLine};

/// A create in flight that a dead run left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OrphanedCreate {
    /// The journal in which it is recorded: a file name, or a key in Redis.
    pub journal: String,
    pub entry: JournalEntry,
}

/// The place where a journal is kept, together with the journals of other processes.
pub(super) trait JournalStore: Send {
    /// Returns every create that dead runs of the same place left in flight, and why some journals could not
    /// be read. Journals without such a create are removed.
    fn orphans(&mut self) -> io::Result<(Vec<OrphanedCreate>, Vec<io::Error>)>;

    /// Adds lines to the journal of this process, which is created with the first one.
    fn append(&mut self, lines: &[JournalLine]) -> io::Result<()>;

    /// Waits until the lines survive a power failure.
    fn sync(&mut self) -> io::Result<()>;

    /// Moves an entry that a dead run left into the journal of this process, as `own`. A power failure at any
    /// moment does not lose the entry. Returns false if another process was first.
    fn claim(&mut self, orphan: &OrphanedCreate, own: &JournalLine) -> io::Result<bool>;

    /// Ends an entry that a dead run left.
    fn end(&mut self, orphan: &OrphanedCreate) -> io::Result<()>;

    /// Notes that this run planned or applied, and that its state does not have the objects of these entries
    /// of dead runs. The entries stay, and a run that needs one can still claim it.
    fn note_missed(&mut self, missed: &[OrphanedCreate]) -> io::Result<()>;

    /// Closes the journal at an orderly end of the process. Once every process of the run has ended in this
    /// way, nothing is kept of a journal without an open entry. Until then the journals stay, because
    /// Terraform may die before its state has what the first processes made. The last process closes all
    /// journals. Each marks its own before it looks for the others, so of two that end at the same time, at
    /// least one sees that it is the last.
    fn close(&mut self, is_empty: bool) -> io::Result<()>;

    /// Shows other processes that this one is alive; called every few seconds.
    fn renew(&mut self) {}
}

/// The lines that note the entries that a run missed, for each journal.
pub(super) fn missed_lines<'m>(
    missed: &'m [OrphanedCreate],
    run: &str,
) -> BTreeMap<&'m str, Vec<JournalLine>> {
    let mut lines = BTreeMap::<&str, Vec<JournalLine>>::new();
    for OrphanedCreate { journal, entry } in missed {
        let line = JournalLine::Missed { key: entry.key.clone(), run: run.to_owned() };
        lines.entry(journal).or_default().push(line);
    }
    lines
}
