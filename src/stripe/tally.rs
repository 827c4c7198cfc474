//! Counts the requests of a client by kind, the retries and the time spent waiting.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// The purpose of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallKind {
    /// Reads one object by its id.
    Read,
    /// Reads a page of a list or of a search.
    List,
    /// Creates an object.
    Create,
    /// Changes an object.
    Update,
    /// Ends an object.
    Delete,
    /// Everything else.
    Action,
}

impl CallKind {
    /// Every kind, in the order of the summary.
    pub const ALL: [Self; 6] =
        [Self::Read, Self::List, Self::Create, Self::Update, Self::Delete, Self::Action];

    /// A count of calls of this kind in words: `1 read`, `2 reads`.
    pub fn counted(self, count: usize) -> String {
        let word = match self {
            Self::Read => "read",
            Self::List => "list",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Action => "action",
        };
        format!("{count} {word}{}", if count == 1 { "" } else { "s" })
    }
}

/// Counts the requests of a client.
#[derive(Debug, Default)]
pub(super) struct Tally {
    requests: [AtomicUsize; CallKind::ALL.len()],
    retries: AtomicUsize,
    /// The total time that requests waited for limits, in microseconds.
    waited: AtomicU64,
}

/// The counts of the calls of one or more clients.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallTotals {
    /// The requests of each kind, including retries, in the order of [`CallKind::ALL`].
    pub requests: [usize; CallKind::ALL.len()],
    /// The number of requests that repeated another one.
    pub retries: usize,
    /// The total time that requests waited for limits.
    pub waited: Duration,
}

impl Tally {
    pub(super) fn admitted(&self, waited: Duration) {
        let waited = u64::try_from(waited.as_micros()).unwrap_or(u64::MAX);
        self.waited.fetch_add(waited, Ordering::Relaxed);
    }

    pub(super) fn sent(&self, kind: CallKind, is_retry: bool) {
        for (known, count) in CallKind::ALL.into_iter().zip(&self.requests) {
            count.fetch_add(usize::from(known == kind), Ordering::Relaxed);
        }
        self.retries.fetch_add(usize::from(is_retry), Ordering::Relaxed);
    }

    pub(super) fn totals(&self) -> CallTotals {
        CallTotals {
            requests: self.requests.each_ref().map(|count| count.load(Ordering::Relaxed)),
            retries: self.retries.load(Ordering::Relaxed),
            waited: Duration::from_micros(self.waited.load(Ordering::Relaxed)),
        }
    }
}

impl CallTotals {
    /// Returns the sum of both.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        for (own, others) in self.requests.iter_mut().zip(other.requests) {
            *own += others;
        }
        self.retries += other.retries;
        self.waited += other.waited;
        self
    }

    /// The number of all requests.
    pub fn all(&self) -> usize {
        self.requests.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{CallKind, Tally};

    #[test]
    fn each_kind_is_counted_and_clients_are_added_up() {
        let (one, other) = (Tally::default(), Tally::default());
        one.sent(CallKind::Read, false);
        one.sent(CallKind::Action, true);
        other.sent(CallKind::Action, false);
        other.admitted(Duration::from_millis(3));
        let totals = one.totals().and(&other.totals());
        assert_eq!(totals.requests, [1, 0, 0, 0, 0, 2]);
        assert_eq!((totals.all(), totals.retries, totals.waited), (3, 1, Duration::from_millis(3)));
    }
}
