//! The state of a window: the last admissions of an account, and the pauses after a 429.
//!
//! # Theory
//!
//! The instants of the last `limit` admissions determine when the next one is due: one second after the
//! oldest of them. One state serves every limit: the account's limit counts all entries, and the limit of an
//! endpoint or a connection counts those with its hash. One entry counts for all of these limits at once.
//!
//! Stripe counts requests when they arrive, a varying number of milliseconds after they were admitted. So a
//! second is made longer by [`ARRIVAL_SLACK`], and an admission counts from the latest instant at which it
//! may have left: its entry records how late the requests of its process have been. Every process reads that,
//! so that none waits longer than the others.
//!
//! The admissions of one second follow each other closely ([`SPACING_PERCENT`]). A limit over any second
//! refuses the n-th arrival if it comes less than a second after the n-th of the second before. When requests
//! leave close together, a delayed one is overtaken by others, so the n-th arrival is hardly later. If each
//! had its own time slot, the request of the next second would come too early after each delayed one. A test
//! next to this file compares the two. Admitting all at the same instant would be too close: processes that
//! wake up together hold each other back.

use std::time::Duration;

use super::limits::{Decision, LimitKey, LimitKeys};

/// How much longer than a second an admission counts, because requests take different times to arrive.
pub(super) const ARRIVAL_SLACK: u64 = 15_000;
/// How long an admission counts, in microseconds.
pub(super) const WINDOW: u64 = 1_000_000 + ARRIVAL_SLACK;
/// The maximum extra time for which it counts because its process lets requests leave late.
pub(super) const MOST_LATENESS: Duration = Duration::from_millis(60);
/// The time between two admissions, in percent of the time in an even distribution over the second.
pub(super) const SPACING_PERCENT: u64 = 10;
/// A request that is due within this time is counted now.
pub(super) const GRANT_AHEAD: Duration = Duration::from_millis(40);
/// The longest pause, in microseconds.
pub(super) const LONGEST_PAUSE: u64 = 65_000_000;

/// An admitted request, which counts for a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AdmittedRequest {
    /// When it may be sent, in microseconds of the window's own clock.
    pub at: u64,
    /// By how much it may be sent later than that, in microseconds.
    pub late: u64,
    /// The hashes of the endpoint and of the connection for which it counts.
    pub keys: [u64; 2],
}

/// A period in which requests are not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pause {
    /// Its end, in microseconds of the window's own clock.
    pub until: u64,
    /// The hash of the paused endpoint; `None` for the account.
    pub key: Option<u64>,
}

/// The admissions of the last second, and the pauses that have not ended.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct WindowState {
    pub admitted: Vec<AdmittedRequest>,
    pub pauses: Vec<Pause>,
}

impl AdmittedRequest {
    /// The instant until which it counts.
    fn end(&self) -> u64 {
        self.at.saturating_add(self.late).saturating_add(WINDOW)
    }
}

impl WindowState {
    /// Counts a request that is due soon; otherwise returns how long to wait. `limit` is the account's limit;
    /// `now` is in microseconds of the window's own clock.
    pub(super) fn decide(&mut self, limit: usize, keys: LimitKeys, now: u64) -> Decision {
        self.drop_expired(now);
        let hashes = [keys.endpoint.hash, keys.connection.hash];
        let moves = |entry: &AdmittedRequest| Some(entry.at) == keys.moved && entry.keys == hashes;
        if let Some(moved) = self.admitted.iter().position(moves) {
            self.admitted.remove(moved);
        }
        let everybody = self.due(None, limit, now);
        let of_connection = everybody.max(self.key_due(1, keys.connection, now));
        let endpoint = self.key_due(0, keys.endpoint, now);
        let at = of_connection.max(endpoint);
        let wait = Duration::from_micros(at - now);
        if wait > GRANT_AHEAD {
            let wait = wait.saturating_sub(GRANT_AHEAD);
            return if endpoint > of_connection {
                Decision::WaitForEndpoint(wait)
            } else {
                Decision::Wait(wait)
            };
        }
        let entry = AdmittedRequest { at, late: micros(keys.lateness.min(MOST_LATENESS)), keys: hashes };
        self.admitted.push(entry);
        let next = Duration::from_micros(self.due(None, limit, now) - now).saturating_sub(GRANT_AHEAD);
        Decision::Granted { wait, at, next }
    }

    /// Pauses an endpoint, or the account if `key` is `None`, until the given instant; a longer existing
    /// pause stays.
    pub(super) fn pause(&mut self, key: Option<u64>, until: u64) {
        match self.pauses.iter_mut().find(|pause| pause.key == key) {
            Some(pause) => pause.until = pause.until.max(until),
            None => self.pauses.push(Pause { until, key }),
        }
    }

    /// Drops entries that have ended, and instants further ahead than a grant can be, which remain after a
    /// clock was set back.
    fn drop_expired(&mut self, now: u64) {
        let furthest = now.saturating_add(2 * micros(GRANT_AHEAD));
        self.admitted.retain(|entry| entry.end() > now && entry.at <= furthest);
        self.pauses.retain(|pause| pause.until > now && pause.until <= now + LONGEST_PAUSE);
    }

    fn key_due(&self, at: usize, key: LimitKey, now: u64) -> u64 {
        self.due(Some((at, key.hash)), key.limit, now)
    }

    /// When the next admission that counts for the key is due. The key is a position within the entries' keys
    /// and a hash; without one, the account's limit applies.
    fn due(&self, key: Option<(usize, u64)>, limit: usize, now: u64) -> u64 {
        let limit = limit.max(1);
        let counts =
            |entry: &&AdmittedRequest| key.is_none_or(|(at, hash)| entry.keys.get(at) == Some(&hash));
        let admitted = self.admitted.iter().filter(counts);
        let mut ends: Vec<u64> = admitted.clone().map(AdmittedRequest::end).collect();
        ends.sort_unstable();
        let free = ends.len().checked_sub(limit).and_then(|at| ends.get(at).copied());
        let spaced = admitted.map(|entry| entry.at + spacing(limit)).max();
        let hash = key.map(|(_, hash)| hash);
        let paused = self.pauses.iter().find(|pause| pause.key == hash).map(|pause| pause.until);
        [free, spaced, paused].into_iter().flatten().fold(now, u64::max)
    }
}

/// The time between two admissions, in microseconds.
fn spacing(limit: usize) -> u64 {
    WINDOW * SPACING_PERCENT / 100 / u64::try_from(limit).unwrap_or(u64::MAX)
}

/// Converts a duration to microseconds.
pub(super) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::limits::{Decision, LimitKey, LimitKeys};
    use super::{LONGEST_PAUSE, WindowState};

    const NOW: u64 = 10_000_000_000;

    fn of(endpoint: u64, connection: u64) -> LimitKeys {
        LimitKeys {
            endpoint: LimitKey { hash: endpoint, limit: 2 },
            connection: LimitKey { hash: connection, limit: 3 },
            ..LimitKeys::default()
        }
    }

    fn granted(wait: Duration, at: u64, next: u64) -> Decision {
        Decision::Granted { wait, at, next: Duration::from_micros(next) }
    }

    fn at_once(decision: Decision) -> bool {
        matches!(decision, Decision::Granted { wait: Duration::ZERO, .. })
    }

    #[test]
    fn an_admission_of_a_late_process_counts_longer_for_everybody() {
        let wait_after = |late| {
            let mut state = WindowState::default();
            let late = LimitKeys { lateness: Duration::from_millis(late), ..LimitKeys::default() };
            assert!(at_once(state.decide(1, late, NOW)));
            state.decide(1, LimitKeys::default(), NOW + 900_000)
        };
        assert_eq!(wait_after(0), Decision::Wait(Duration::from_millis(75)));
        assert_eq!(wait_after(30), Decision::Wait(Duration::from_millis(105)));
        assert_eq!(wait_after(9000), Decision::Wait(Duration::from_millis(135)), "no longer than that");
    }

    #[test]
    fn a_request_that_missed_its_time_counts_from_its_new_one() {
        let mut state = WindowState::default();
        assert_eq!(state.decide(1, of(1, 7), NOW), granted(Duration::ZERO, NOW, 975_000));
        let late = NOW + 500_000;
        let moved = LimitKeys { moved: Some(NOW), ..of(1, 7) };
        assert_eq!(state.decide(1, moved, late), granted(Duration::ZERO, late, 975_000));
        assert_eq!(state.admitted.len(), 1, "it is counted once");
        assert_eq!(state.decide(1, of(1, 7), NOW + 1_100_000), Decision::Wait(Duration::from_millis(375)));
    }

    #[test]
    fn requests_follow_each_other_closely_until_the_second_is_full() {
        let mut state = WindowState::default();
        let mut decide = |at| state.decide(25, LimitKeys::default(), NOW + at);
        assert_eq!(decide(0), granted(Duration::ZERO, NOW, 0));
        assert_eq!(decide(0), granted(Duration::from_micros(4060), NOW + 4060, 0));
        assert!((2..25).all(|n| at_once(decide(n * 4060))));
        assert_eq!(decide(100_000), Decision::Wait(Duration::from_millis(875)), "1015, less 100 and 40");
        assert_eq!(decide(1_010_000), granted(Duration::from_millis(5), NOW + 1_015_000, 0));
    }

    #[test]
    fn an_endpoint_at_its_limit_does_not_delay_another_one() {
        let mut state = WindowState::default();
        for at in [0, 60_000] {
            assert!(at_once(state.decide(100, of(1, 7), NOW + at)));
        }
        let now = NOW + 120_000;
        assert!(matches!(state.decide(100, of(1, 8), now), Decision::WaitForEndpoint(_)));
        assert!(at_once(state.decide(100, of(2, 8), now)));
    }

    #[test]
    fn a_connection_counts_on_all_endpoints_together() {
        let mut state = WindowState::default();
        let mut decisions =
            (1..).map(|endpoint| state.decide(100, of(endpoint, 7), NOW + endpoint * 300_000));
        assert!(decisions.by_ref().take(3).all(|decision| matches!(decision, Decision::Granted { .. })));
        assert!(matches!(state.decide(100, of(9, 7), NOW + 1_000_000), Decision::Wait(_)));
        assert!(at_once(state.decide(100, of(9, 8), NOW + 1_000_000)));
    }

    #[test]
    fn a_pause_delays_its_endpoint_or_everything() {
        let mut state = WindowState::default();
        state.pause(Some(1), NOW + 5_000_000);
        state.pause(Some(1), NOW + 1_000_000);
        let Decision::WaitForEndpoint(wait) = state.decide(100, of(1, 7), NOW) else { panic!("no pause") };
        assert_eq!(wait, Duration::from_millis(4960));
        assert!(at_once(state.decide(100, of(2, 7), NOW)));
        state.pause(None, NOW + 5_000_000);
        assert_eq!(state.decide(100, of(3, 8), NOW), Decision::Wait(Duration::from_millis(4960)));
    }

    #[test]
    fn a_clock_that_jumps_makes_nobody_wait() {
        for back in [500_000, 3_600_000_000] {
            let mut state = WindowState::default();
            for at in [NOW, NOW + 60_000] {
                assert!(at_once(state.decide(2, LimitKeys::default(), at)));
            }
            assert!(at_once(state.decide(2, LimitKeys::default(), NOW - back)), "back by {back}");
        }
        let mut state = WindowState::default();
        state.pause(None, NOW + LONGEST_PAUSE);
        assert!(at_once(state.decide(2, LimitKeys::default(), NOW - 3_600_000_000)));
        assert!(at_once(state.decide(2, LimitKeys::default(), NOW + 3_600_000_000)));
    }
}
