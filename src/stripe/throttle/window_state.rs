//! What a window keeps: the last admissions of an account, and who has to pause.
//!
//! # Theory
//!
//! The instants of the last `most` admissions say when the next one is due: one second after
//! the oldest of them. One record serves every limit: the account's counts all of its
//! entries, a part's (an endpoint, a connection) those that bear its name, and a place is
//! taken in all of them at once.
//!
//! Stripe counts when a request arrives, which is a little after it was admitted and not
//! always the same little. So the second is taken to be longer by [`SLACK`], and once half
//! the places of a second are taken the others come one by one: a busy machine that holds
//! one request up cannot make two bursts meet. They come a little faster than the limit
//! alone would have it, so that a timer's usual lateness costs nothing; a machine that is so
//! busy that everything is late sends less, as it should.

use std::time::Duration;

use super::window::{Part, Parts, Place};

/// How long admissions count.
pub(super) const SECOND: Duration = Duration::from_secs(1);
/// Requests take different times to arrive.
pub(super) const SLACK: Duration = Duration::from_millis(60);
/// Who is due within this time takes a place.
pub(super) const SOON: Duration = Duration::from_millis(40);
/// No pause is longer, in microseconds.
pub(super) const HORIZON: u64 = 65_000_000;

/// One admission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// When, in microseconds of the window's own clock.
    pub at: u64,
    /// The endpoint and the connection it counts for.
    pub parts: [u64; 2],
}

/// One pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pause {
    /// Until when.
    pub until: u64,
    /// Who pauses: a part, or everybody.
    pub part: Option<u64>,
}

/// The last admissions, oldest first, and the pauses that hold.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    pub admitted: Vec<Entry>,
    pub pauses: Vec<Pause>,
}

impl Record {
    /// Takes a place that is due soon, else says how long to wait before asking again.
    pub(super) fn look(&mut self, limit: usize, parts: Parts, now: u64) -> Place {
        self.forget(now);
        let everybody = self.due(None, limit, now).max(self.due_of(1, parts.connection, now));
        let endpoint = self.due_of(0, parts.endpoint, now);
        let due = everybody.max(endpoint);
        let wait = Duration::from_micros(due - now);
        if wait > SOON {
            let wait = wait.saturating_sub(SOON);
            return if endpoint > everybody { Place::EndpointLater(wait) } else { Place::Later(wait) };
        }
        let entry = Entry { at: due, parts: [parts.endpoint.name, parts.connection.name] };
        self.admitted.insert(self.admitted.partition_point(|earlier| earlier.at <= due), entry);
        Place::Taken(wait)
    }

    /// Nobody of the part is admitted until then; a longer pause that is there already stays.
    pub(super) fn pause(&mut self, part: Option<u64>, until: u64) {
        match self.pauses.iter_mut().find(|pause| pause.part == part) {
            Some(pause) => pause.until = pause.until.max(until),
            None => self.pauses.push(Pause { until, part }),
        }
    }

    /// What is over, and what cannot be true: a clock that jumped back leaves instants of a
    /// future that is not to come.
    fn forget(&mut self, now: u64) {
        let believable = now + micros(SECOND + SLACK);
        self.admitted.retain(|entry| entry.at + micros(SECOND + SLACK) > now && entry.at <= believable);
        self.pauses.retain(|pause| pause.until > now && pause.until <= now + HORIZON);
    }

    fn due_of(&self, at: usize, part: Part, now: u64) -> u64 {
        self.due(Some((at, part.name)), part.most, now)
    }

    fn due(&self, part: Option<(usize, u64)>, most: usize, now: u64) -> u64 {
        let counts = |entry: &&Entry| part.is_none_or(|(at, name)| entry.parts.get(at) == Some(&name));
        let admitted: Vec<u64> = self.admitted.iter().filter(counts).map(|entry| entry.at).collect();
        let name = part.map(|(_, name)| name);
        let paused = self.pauses.iter().find(|pause| pause.part == name).map_or(0, |pause| pause.until);
        due(&admitted, most.max(1), now).max(paused)
    }
}

/// When the next admission is due, in microseconds; `admitted` are those of the last second,
/// oldest first.
fn due(admitted: &[u64], most: usize, now: u64) -> u64 {
    let window = micros(SECOND + SLACK);
    let oldest = admitted.len().checked_sub(most).and_then(|at| admitted.get(at));
    let free = oldest.map_or(0, |oldest| oldest + window);
    let last = admitted.last().filter(|_| admitted.len() > most / 2);
    let spaced = last.map_or(0, |last| last + pace(most));
    free.max(spaced).max(now)
}

/// A twentieth less than what a second has for each.
fn pace(most: usize) -> u64 {
    micros(SECOND + SLACK) * 19 / 20 / u64::try_from(most).unwrap_or(u64::MAX)
}

/// A duration in microseconds.
pub(super) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::window::{Part, Parts, Place};
    use super::{HORIZON, Record, SOON, due};

    const NOW: u64 = 10_000_000_000;

    fn of(endpoint: u64, connection: u64) -> Parts {
        Parts { endpoint: Part { name: endpoint, most: 2 }, connection: Part { name: connection, most: 3 } }
    }

    #[test]
    fn half_the_places_are_free_at_once_and_the_others_come_one_by_one() {
        let pace = 100_700;
        assert_eq!(due(&[NOW; 5], 10, NOW), NOW);
        assert_eq!(due(&[NOW; 6], 10, NOW), NOW + pace);
        let spread: Vec<u64> = (0..10).map(|n| NOW - 1_000_000 + n * 106_000).collect();
        assert_eq!(due(&spread, 10, NOW), NOW + 60_000);
    }

    #[test]
    fn places_are_given_out_until_the_second_is_full() {
        let mut record = Record::default();
        let all = Parts::default();
        assert_eq!(record.look(2, all, NOW), Place::Taken(Duration::ZERO));
        assert_eq!(record.look(2, all, NOW), Place::Taken(Duration::ZERO));
        let wait = Duration::from_millis(1060);
        assert_eq!(record.look(2, all, NOW), Place::Later(wait.saturating_sub(SOON)));
        assert_eq!(record.look(2, all, NOW + 1_030_000), Place::Taken(Duration::from_millis(30)));
    }

    #[test]
    fn an_endpoint_that_is_full_does_not_hold_another_one_up() {
        let mut record = Record::default();
        for _ in 0..2 {
            assert_eq!(record.look(100, of(1, 7), NOW), Place::Taken(Duration::ZERO));
        }
        assert!(matches!(record.look(100, of(1, 8), NOW), Place::EndpointLater(_)));
        assert_eq!(record.look(100, of(2, 8), NOW), Place::Taken(Duration::ZERO));
    }

    #[test]
    fn a_connection_counts_on_all_endpoints_together() {
        let mut record = Record::default();
        let mut asked = (1..).map(|endpoint| record.look(100, of(endpoint, 7), NOW + endpoint * 300_000));
        assert!(asked.by_ref().take(3).all(|place| matches!(place, Place::Taken(_))));
        assert!(matches!(record.look(100, of(9, 7), NOW + 1_000_000), Place::Later(_)));
        assert_eq!(record.look(100, of(9, 8), NOW + 1_000_000), Place::Taken(Duration::ZERO));
    }

    #[test]
    fn a_pause_holds_whom_it_names() {
        let mut record = Record::default();
        record.pause(Some(1), NOW + 5_000_000);
        record.pause(Some(1), NOW + 1_000_000);
        let Place::EndpointLater(wait) = record.look(100, of(1, 7), NOW) else { panic!("no pause") };
        assert_eq!(wait, Duration::from_millis(4960));
        assert_eq!(record.look(100, of(2, 7), NOW), Place::Taken(Duration::ZERO));
        record.pause(None, NOW + 5_000_000);
        assert_eq!(record.look(100, of(3, 8), NOW), Place::Later(Duration::from_millis(4960)));
    }

    #[test]
    fn a_clock_that_jumps_makes_nobody_wait() {
        let mut record = Record::default();
        for _ in 0..2 {
            record.look(2, Parts::default(), NOW);
        }
        record.pause(None, NOW + HORIZON);
        let back = NOW - 3_600_000_000;
        assert_eq!(record.look(2, Parts::default(), back), Place::Taken(Duration::ZERO));
        let forth = NOW + 3_600_000_000;
        assert_eq!(record.look(2, Parts::default(), forth), Place::Taken(Duration::ZERO));
    }
}
