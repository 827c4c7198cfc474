//! The storage of a journal. It blocks, so only the journal's own thread uses it.

use std::collections::BTreeMap;
use std::io;

use super::entry::{JournalEntry, JournalLine};

/// A create that a run which is dead left in flight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OrphanedCreate {
    /// The journal it stands in: a file name, or a key of a Redis.
    pub journal: String,
    pub entry: JournalEntry,
}

/// Where a journal is kept, with the journals of other processes beside it.
pub(super) trait JournalStore: Send {
    /// Every create that dead runs of the same place left in flight, and why single journals could not be
    /// read. Journals without such a create are removed.
    fn orphans(&mut self) -> io::Result<(Vec<OrphanedCreate>, Vec<io::Error>)>;

    /// Adds lines to the journal of this process, which is made with the first one.
    fn append(&mut self, lines: &[JournalLine]) -> io::Result<()>;

    /// Returns when the lines survive a failure of power.
    fn sync(&mut self) -> io::Result<()>;

    /// Moves an entry that a dead run left into the journal of this process, as `own`, and survives a
    /// failure of power at any moment. False when another process was first.
    fn claim(&mut self, orphan: &OrphanedCreate, own: &JournalLine) -> io::Result<bool>;

    /// Ends an entry that a dead run left.
    fn end(&mut self, orphan: &OrphanedCreate) -> io::Result<()>;

    /// Notes that this run planned or applied, and that its state does not have what these entries of dead runs made.
    /// They stay: who needs one takes it.
    fn note_missed(&mut self, missed: &[OrphanedCreate]) -> io::Result<()>;

    /// The process ends in an orderly way. Without an open entry nothing is kept of its journal, once every process of
    /// the run has ended so: until then Terraform may die before its state has what the first ones made. The last one
    /// closes the journals of all. Each marks its own first, and looks for the others then: of two that end at once, at
    /// least one sees that it is the last.
    fn close(&mut self, is_empty: bool) -> io::Result<()>;

    /// Shows others that the run lives; called every few seconds.
    fn renew(&mut self) {}
}

/// The lines that note what a run missed, for each journal.
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
