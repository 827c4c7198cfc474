//! The format of a journal: lines of JSON, and the creates in flight that result from them.

use serde::{Deserialize, Serialize};

use crate::connector::AccountMark;

/// Who chooses the id of an object that is created. In a line it is a boolean: whether the create does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "bool", into = "bool")]
pub enum IdOrigin {
    /// Stripe: no other account has the same id.
    #[default]
    Stripe,
    /// The create itself: an object of another account may have the same id.
    Create,
}

impl From<bool> for IdOrigin {
    fn from(create_says_it: bool) -> Self {
        if create_says_it { Self::Create } else { Self::Stripe }
    }
}

impl From<IdOrigin> for bool {
    fn from(origin: IdOrigin) -> Self {
        origin == IdOrigin::Create
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_of_stripe(origin: &IdOrigin) -> bool {
    *origin == IdOrigin::Stripe
}

/// One create in flight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct JournalEntry {
    /// The idempotency key, which also names the entry.
    pub key: String,
    /// The entity type or action.
    pub what: String,
    /// A hash of what is created.
    pub fingerprint: String,
    /// The account in which it is created.
    pub account: AccountMark,
    /// When the entry was written, in seconds since 1970.
    pub at: i64,
    /// Who chooses the object's id.
    #[serde(rename = "says_id", default, skip_serializing_if = "is_of_stripe")]
    pub id_origin: IdOrigin,
    /// The object's id, once Stripe has answered this run or the one from which the entry was claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whether Stripe answered the run that wrote the entry. Separate lines record this.
    #[serde(skip)]
    pub is_answered: bool,
    /// The first later Terraform run that did not find the object in its state. Separate lines record this.
    #[serde(skip)]
    pub missed_by: Option<String>,
}

impl JournalEntry {
    /// Whether it is the create of this object.
    pub(super) fn is_of(&self, what: &str, id: &str) -> bool {
        self.what == what && self.id.as_deref() == Some(id)
    }
}

/// The version of the lines that this program writes. A later program raises it if it writes lines that this
/// one cannot read correctly.
const VERSION: u32 = 1;

/// The process that wrote a journal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct WriterProcess {
    /// The version of its lines.
    #[serde(default)]
    pub version: u32,
    /// The Terraform run to which the process belongs.
    pub run: String,
    /// The folder and the workspace of the run.
    pub place: String,
}

impl WriterProcess {
    /// This program, in a run and a place.
    pub(super) fn new(run: impl Into<String>, place: impl Into<String>) -> Self {
        Self { version: VERSION, run: run.into(), place: place.into() }
    }

    /// Whether the journal says who wrote it; a journal that lost its first line does not.
    pub(super) fn is_known(&self) -> bool {
        *self != Self::default()
    }

    /// Whether a later version of this program wrote the journal. Only that version may read and remove it.
    pub(super) fn is_newer(&self) -> bool {
        self.version > VERSION
    }
}

/// One line of a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum JournalLine {
    /// The process that writes the journal; the first line.
    Writer(WriterProcess),
    /// A create is about to be sent.
    Begun(JournalEntry),
    /// Stripe answered the create.
    Answered { key: String, id: String },
    /// The account behind a key became known.
    Account(AccountMark),
    /// A later run planned or applied, and did not find the created object in its state.
    #[serde(rename = "passed_over")]
    Missed {
        key: String,
        /// The Terraform run that missed the object.
        #[serde(default)]
        run: String,
    },
    /// A create is no longer in flight: refused, arrived in a state, or claimed by another run.
    Ended { key: String },
    /// The process ended in an orderly way. Whether the state has what was answered is unknown until every
    /// process of the run has ended in an orderly way.
    Done,
    /// The run ended in an orderly way: everything that was answered is in its state.
    Closed,
}

/// The creates that were still in flight after the last line, and the process that wrote them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Journaled {
    pub writer: WriterProcess,
    pub open: Vec<JournalEntry>,
    /// Whether the process that wrote them has ended in an orderly way.
    pub is_done: bool,
}

impl JournalLine {
    /// The key of the create that the line is about.
    pub(super) fn key(&self) -> Option<&str> {
        match self {
            Self::Begun(entry) => Some(&entry.key),
            Self::Answered { key, .. } | Self::Missed { key, .. } | Self::Ended { key } => Some(key),
            Self::Writer(_) | Self::Account(_) | Self::Done | Self::Closed => None,
        }
    }

    /// The encoded line, with its line break.
    pub(super) fn encode(&self) -> Vec<u8> {
        // Strings and numbers always serialise.
        let mut text = serde_json::to_vec(self).unwrap_or_default();
        text.push(b'\n');
        text
    }
}

impl Journaled {
    /// Reads the lines in these bytes. Torn or damaged lines are ignored.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut journaled = Self::default();
        for line in bytes.split(|byte| *byte == b'\n') {
            if let Ok(line) = serde_json::from_slice(line) {
                journaled.apply(line);
            }
        }
        journaled
    }

    /// Lines that result in the same journal.
    pub(super) fn lines(&self) -> Vec<JournalLine> {
        let mut lines = vec![JournalLine::Writer(self.writer.clone())];
        for entry in &self.open {
            lines.push(JournalLine::Begun(entry.clone()));
            if let Some(id) = entry.id.clone().filter(|_| entry.is_answered) {
                lines.push(JournalLine::Answered { key: entry.key.clone(), id });
            }
        }
        lines.extend(self.is_done.then_some(JournalLine::Done));
        lines
    }

    pub(super) fn apply(&mut self, line: JournalLine) {
        match line {
            JournalLine::Writer(writer) => self.writer = writer,
            JournalLine::Begun(entry) => {
                self.open.retain(|open| open.key != entry.key);
                self.open.push(entry);
            }
            JournalLine::Answered { key, id } => {
                if let Some(entry) = self.open.iter_mut().find(|entry| entry.key == key) {
                    entry.id = Some(id);
                    entry.is_answered = true;
                }
            }
            JournalLine::Missed { key, run } => {
                if let Some(entry) = self.open.iter_mut().find(|entry| entry.key == key) {
                    entry.missed_by.get_or_insert(run);
                }
            }
            JournalLine::Account(mark) => {
                for entry in self.open.iter_mut().filter(|entry| entry.account.key == mark.key) {
                    entry.account.id.clone_from(&mark.id);
                }
            }
            JournalLine::Ended { key } => self.open.retain(|entry| entry.key != key),
            JournalLine::Done => self.is_done = true,
            JournalLine::Closed => {
                self.is_done = true;
                self.open.retain(|entry| !entry.is_answered);
            }
        }
    }
}

/// The length of the complete lines at the beginning of a journal, which is where the next line belongs. They
/// may be followed by the zeros of reserved space, or by a torn line.
pub(super) fn whole_lines(bytes: &[u8]) -> usize {
    let written = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let lines = bytes.get(..written).unwrap_or_default();
    lines.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1)
}

#[cfg(test)]
pub(super) mod tests {
    use super::{AccountMark, IdOrigin, JournalEntry, JournalLine, Journaled, WriterProcess, whole_lines};

    pub(in crate::engine::journal) fn entry(key: &str, fingerprint: &str) -> JournalEntry {
        JournalEntry {
            key: key.to_owned(),
            what: "Customer".to_owned(),
            fingerprint: fingerprint.to_owned(),
            account: AccountMark { key: "hash".to_owned(), id: None },
            at: 1_700_000_000,
            id_origin: IdOrigin::Stripe,
            id: None,
            is_answered: false,
            missed_by: None,
        }
    }

    #[test]
    fn a_line_says_whether_the_create_says_the_id() {
        let stripes = serde_json::to_value(entry("one", "same")).unwrap();
        assert!(stripes.get("says_id").is_none(), "{stripes}");
        let own = JournalEntry { id_origin: IdOrigin::Create, ..entry("one", "same") };
        let line = serde_json::to_value(&own).unwrap();
        assert_eq!(line["says_id"], true);
        assert_eq!(serde_json::from_value::<JournalEntry>(line).unwrap(), own);
    }

    fn bytes(lines: &[JournalLine]) -> Vec<u8> {
        lines.iter().flat_map(JournalLine::encode).collect()
    }

    #[test]
    fn a_journal_comes_to_what_is_still_in_flight() {
        let writer = WriterProcess::new("1-1", "/a");
        let mut lines = vec![JournalLine::Writer(writer.clone())];
        lines.extend(["one", "two", "three"].map(|key| JournalLine::Begun(entry(key, "same"))));
        lines.push(JournalLine::Answered { key: "two".to_owned(), id: "cus_2".to_owned() });
        lines.push(JournalLine::Ended { key: "one".to_owned() });
        lines.push(JournalLine::Account(AccountMark { key: "hash".to_owned(), id: Some("acct".to_owned()) }));
        let journaled = Journaled::read(&bytes(&lines));
        let found: Vec<_> = journaled.open.iter().map(|entry| (&*entry.key, entry.id.as_deref())).collect();
        assert_eq!(found, [("two", Some("cus_2")), ("three", None)]);
        assert!(journaled.open.iter().all(|entry| entry.account.id.as_deref() == Some("acct")));
        assert_eq!(journaled.writer, writer);
        lines.push(JournalLine::Closed);
        let closed = Journaled::read(&bytes(&lines));
        assert_eq!(closed.open.len(), 1, "what was never answered stays");
    }

    #[test]
    fn a_journal_can_be_written_again() {
        let mut lines = vec![JournalLine::Writer(WriterProcess::new("1-1", "/a"))];
        lines.extend(["one", "two", "three"].map(|key| JournalLine::Begun(entry(key, "same"))));
        lines.push(JournalLine::Answered { key: "two".to_owned(), id: "cus_2".to_owned() });
        lines.push(JournalLine::Ended { key: "one".to_owned() });
        lines.push(JournalLine::Done);
        let journaled = Journaled::read(&bytes(&lines));
        assert_eq!(Journaled::read(&bytes(&journaled.lines())), journaled);
    }

    #[test]
    fn a_torn_line_is_no_line_wherever_it_is_torn() {
        let (first, second) = (JournalLine::Begun(entry("one", "a")), JournalLine::Begun(entry("two", "b")));
        let whole = first.encode().len();
        let all = bytes(&[first, second]);
        for torn in whole..all.len() {
            let mut bytes = all[..torn].to_vec();
            bytes.extend([0; 64]);
            assert_eq!(Journaled::read(&bytes).open.len(), 1, "torn at {torn}");
            assert_eq!(whole_lines(&bytes), whole, "torn at {torn}");
        }
        assert_eq!(whole_lines(&all), all.len());
    }

    #[test]
    fn damage_hides_only_the_lines_it_is_in() {
        let mut all = b"\xff\xfe{]\n{\"unknown\": 1}\n".to_vec();
        all.extend(JournalLine::Begun(entry("one", "a")).encode());
        assert_eq!(Journaled::read(&all).open.len(), 1);
        assert_eq!(Journaled::read(&[0xff; 400]), Journaled::default());
    }
}
