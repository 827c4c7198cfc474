//! Finds known secrets in a text by their first bytes, so that the number of secrets does not matter.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::ops::Range;

use crate::secret::{REDACTED, Secret};

/// The minimum length of a text to hide, in bytes; a shorter one is part of many words.
pub(super) const SHORTEST: usize = 4;

/// The texts by their first bytes and their length, so that a text is searched once for all of them. A state
/// may contain thousands of secrets.
#[derive(Default)]
pub(super) struct KnownTexts(HashMap<[u8; SHORTEST], BTreeMap<usize, HashSet<Vec<u8>>>>);

impl KnownTexts {
    /// From now on, hides this text, unless it is too short.
    pub(super) fn add(&mut self, text: &Secret) {
        let text = text.expose().as_bytes();
        if let Some(start) = text.first_chunk() {
            self.0.entry(*start).or_default().entry(text.len()).or_default().insert(text.to_owned());
        }
    }

    /// Returns the text without the known secrets.
    pub(super) fn without(&self, text: &str) -> String {
        let (mut shown, mut done) = (String::with_capacity(text.len()), 0);
        for hidden in self.found(text.as_bytes()) {
            shown.push_str(text.get(done..hidden.start).unwrap_or_default());
            shown.push_str(REDACTED);
            done = hidden.end;
        }
        shown.push_str(text.get(done..).unwrap_or_default());
        shown
    }

    /// Returns the positions of known secrets. Overlapping ones are merged: redacting only the first could
    /// leave most of the second.
    fn found(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        let last = if self.0.is_empty() { 0 } else { text.len() };
        for at in 0..last {
            let Some(length) = text.get(at..).and_then(|rest| self.longest(rest)) else { continue };
            match found.last_mut().filter(|before| at < before.end) {
                Some(before) => before.end = before.end.max(at + length),
                None => found.push(at..at + length),
            }
        }
        found
    }

    /// The length of the longest known secret at the start of a text.
    fn longest(&self, text: &[u8]) -> Option<usize> {
        let mut by_length = self.0.get(text.first_chunk::<SHORTEST>()?)?.iter().rev();
        let is_known = |length: usize, texts: &HashSet<Vec<u8>>| {
            text.get(..length).is_some_and(|start| texts.contains(start))
        };
        by_length.find(|(length, texts)| is_known(**length, texts)).map(|(length, _)| *length)
    }
}

/// Leaves out the texts, which are secrets.
impl fmt::Debug for KnownTexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownTexts(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{KnownTexts, REDACTED, Secret};

    fn known(texts: &[&str]) -> KnownTexts {
        let mut known = KnownTexts::default();
        for text in texts {
            known.add(&Secret::new((*text).to_owned()));
        }
        known
    }

    #[test]
    fn the_longest_is_hidden_and_those_that_overlap_are_one() {
        let known = known(&["word", "wordäs", "äsend", "abc"]);
        let hidden = |text: &str| known.without(text).replace(REDACTED, "#");
        assert_eq!(hidden("a word, a wordä, a wordäs"), "a #, a #ä, a #");
        assert_eq!(hidden("wordäsend wordword abc wor"), "# ## abc wor");
        assert!(!format!("{known:?}").contains("wor"));
    }
}
