//! The state of a window: the last admissions of an account, and the pauses after a 429.
//!
//! # Theory
//!
//! The instants of the last `limit` admissions say when the next one is due: one second after
//! the oldest of them. One state serves every limit: the account's counts all entries, an
//! endpoint's or a connection's those with its hash, and one entry counts for all at once.
//!
//! Stripe counts requests when they arrive, some milliseconds after they were admitted, and not
//! always the same number of them. So a second is taken to be longer by [`ARRIVAL_SLACK`], and by
//! what the caller's own requests have lately left late. Once a fifth of the limit is used, admissions
//! are spaced: a request that is delayed meets single ones, not a burst. The spacing is 5 % shorter
//! than the limit asks for, so that a moment without a request can be made up for.

use std::time::Duration;

use super::window::{Decision, LimitKey, LimitKeys};

/// How long an admission counts.
pub(super) const SECOND: Duration = Duration::from_secs(1);
/// How much longer it counts at least, because requests take different times to arrive.
pub(super) const ARRIVAL_SLACK: Duration = Duration::from_millis(60);
/// How much longer it counts at most, because a caller's requests leave late.
pub(super) const MOST_LATENESS: Duration = Duration::from_millis(60);
/// One part in so many of a limit is admitted without spacing.
pub(super) const BURST: usize = 5;
/// A request that is due within this time is counted now.
pub(super) const GRANT_AHEAD: Duration = Duration::from_millis(40);
/// The longest pause, in microseconds.
pub(super) const LONGEST_PAUSE: u64 = 65_000_000;

/// An admitted request, which counts for a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// When it may be sent, in microseconds of the window's own clock.
    pub at: u64,
    /// The hashes of the endpoint and of the connection it counts for.
    pub keys: [u64; 2],
}

/// A time in which requests are not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pause {
    /// Its end, in microseconds of the window's own clock.
    pub until: u64,
    /// The hash of the endpoint that pauses; none for the account.
    pub key: Option<u64>,
}

/// The admissions of the last second, oldest first, and the pauses that have not ended.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct WindowState {
    pub admitted: Vec<Entry>,
    pub pauses: Vec<Pause>,
}

impl WindowState {
    /// Counts a request that is due soon, else says how long to wait. `limit` is the account's;
    /// `now` is in microseconds of the window's own clock.
    pub(super) fn decide(&mut self, limit: usize, keys: LimitKeys, now: u64) -> Decision {
        self.drop_expired(now);
        let moment = Moment { now, window: window(keys.lateness) };
        let everybody = self.due(None, limit, moment).max(self.key_due(1, keys.connection, moment));
        let endpoint = self.key_due(0, keys.endpoint, moment);
        let due = everybody.max(endpoint);
        let wait = Duration::from_micros(due - now);
        if wait > GRANT_AHEAD {
            let wait = wait.saturating_sub(GRANT_AHEAD);
            return if endpoint > everybody { Decision::WaitForEndpoint(wait) } else { Decision::Wait(wait) };
        }
        let entry = Entry { at: due, keys: [keys.endpoint.hash, keys.connection.hash] };
        self.admitted.insert(self.admitted.partition_point(|earlier| earlier.at <= due), entry);
        Decision::Granted(wait)
    }

    /// Pauses an endpoint, or the account without one, until then; a longer pause stays.
    pub(super) fn pause(&mut self, key: Option<u64>, until: u64) {
        match self.pauses.iter_mut().find(|pause| pause.key == key) {
            Some(pause) => pause.until = pause.until.max(until),
            None => self.pauses.push(Pause { until, key }),
        }
    }

    /// Drops what has ended, and instants too far ahead, which a clock that was set back leaves behind.
    fn drop_expired(&mut self, now: u64) {
        let longest = window(MOST_LATENESS);
        self.admitted.retain(|entry| entry.at + longest > now && entry.at <= now + longest);
        self.pauses.retain(|pause| pause.until > now && pause.until <= now + LONGEST_PAUSE);
    }

    fn key_due(&self, at: usize, key: LimitKey, moment: Moment) -> u64 {
        self.due(Some((at, key.hash)), key.limit, moment)
    }

    fn due(&self, key: Option<(usize, u64)>, limit: usize, moment: Moment) -> u64 {
        let counts = |entry: &&Entry| key.is_none_or(|(at, hash)| entry.keys.get(at) == Some(&hash));
        let counted = |entry: &&Entry| entry.at + moment.window > moment.now && counts(entry);
        let admitted: Vec<u64> = self.admitted.iter().filter(counted).map(|entry| entry.at).collect();
        let hash = key.map(|(_, hash)| hash);
        let paused = self.pauses.iter().find(|pause| pause.key == hash).map_or(0, |pause| pause.until);
        due(&admitted, limit.max(1), moment).max(paused)
    }
}

/// When a request asks, and how long an admission counts for it, both in microseconds.
#[derive(Debug, Clone, Copy)]
struct Moment {
    now: u64,
    window: u64,
}

/// How long an admission counts for a caller whose requests leave so late, in microseconds.
pub(super) fn window(lateness: Duration) -> u64 {
    micros(SECOND + ARRIVAL_SLACK + lateness.min(MOST_LATENESS))
}

/// When the next admission is due, in microseconds; `admitted` are those that count, oldest first.
fn due(admitted: &[u64], limit: usize, Moment { now, window }: Moment) -> u64 {
    let oldest = admitted.len().checked_sub(limit).and_then(|at| admitted.get(at));
    let free = oldest.map_or(0, |oldest| oldest + window);
    let last = admitted.last().filter(|_| admitted.len() > (limit / BURST).max(1));
    let spaced = last.map_or(0, |last| last + spacing(limit, window));
    free.max(spaced).max(now)
}

/// The time between two admissions in microseconds, 5 % less than the limit asks for.
fn spacing(limit: usize, window: u64) -> u64 {
    window * 19 / 20 / u64::try_from(limit).unwrap_or(u64::MAX)
}

/// A duration in microseconds.
pub(super) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::window::{Decision, LimitKey, LimitKeys};
    use super::{GRANT_AHEAD, LONGEST_PAUSE, Moment, WindowState, due, window};

    const NOW: u64 = 10_000_000_000;

    fn of(endpoint: u64, connection: u64) -> LimitKeys {
        LimitKeys {
            endpoint: LimitKey { hash: endpoint, limit: 2 },
            connection: LimitKey { hash: connection, limit: 3 },
            ..LimitKeys::default()
        }
    }

    #[test]
    fn a_fifth_of_the_limit_is_free_and_the_rest_is_spaced() {
        let due = |admitted: &[u64]| due(admitted, 10, Moment { now: NOW, window: window(Duration::ZERO) });
        assert_eq!(due(&[NOW; 2]), NOW);
        assert_eq!(due(&[NOW; 3]), NOW + 100_700);
        let spread: Vec<u64> = (0..10).map(|n| NOW - 1_000_000 + n * 101_000).collect();
        assert_eq!(due(&spread), NOW + 60_000);
    }

    #[test]
    fn a_caller_whose_requests_leave_late_waits_longer() {
        let mut state = WindowState::default();
        let keys = |late| LimitKeys { lateness: Duration::from_millis(late), ..LimitKeys::default() };
        assert_eq!(state.decide(1, keys(0), NOW), Decision::Granted(Duration::ZERO));
        let soon = NOW + 1_000_000;
        assert_eq!(state.decide(1, keys(30), soon), Decision::Wait(Duration::from_millis(50)));
        let most = Decision::Wait(Duration::from_millis(80));
        assert_eq!(state.decide(1, keys(9000), soon), most, "a late caller waits no longer than that");
        assert_eq!(state.decide(1, keys(0), soon), Decision::Wait(Duration::from_millis(20)));
    }

    #[test]
    fn requests_are_admitted_until_the_second_is_full() {
        let mut state = WindowState::default();
        let all = LimitKeys::default();
        assert_eq!(state.decide(2, all, NOW), Decision::Granted(Duration::ZERO));
        assert_eq!(state.decide(2, all, NOW), Decision::Granted(Duration::ZERO));
        let wait = Duration::from_millis(1060);
        assert_eq!(state.decide(2, all, NOW), Decision::Wait(wait.saturating_sub(GRANT_AHEAD)));
        assert_eq!(state.decide(2, all, NOW + 1_050_000), Decision::Granted(Duration::from_millis(10)));
    }

    #[test]
    fn an_endpoint_at_its_limit_does_not_delay_another_one() {
        let mut state = WindowState::default();
        for _ in 0..2 {
            assert_eq!(state.decide(100, of(1, 7), NOW), Decision::Granted(Duration::ZERO));
        }
        assert!(matches!(state.decide(100, of(1, 8), NOW), Decision::WaitForEndpoint(_)));
        assert_eq!(state.decide(100, of(2, 8), NOW), Decision::Granted(Duration::ZERO));
    }

    #[test]
    fn a_connection_counts_on_all_endpoints_together() {
        let mut state = WindowState::default();
        let mut decisions =
            (1..).map(|endpoint| state.decide(100, of(endpoint, 7), NOW + endpoint * 300_000));
        assert!(decisions.by_ref().take(3).all(|decision| matches!(decision, Decision::Granted(_))));
        assert!(matches!(state.decide(100, of(9, 7), NOW + 1_000_000), Decision::Wait(_)));
        assert_eq!(state.decide(100, of(9, 8), NOW + 1_000_000), Decision::Granted(Duration::ZERO));
    }

    #[test]
    fn a_pause_delays_its_endpoint_or_everything() {
        let mut state = WindowState::default();
        state.pause(Some(1), NOW + 5_000_000);
        state.pause(Some(1), NOW + 1_000_000);
        let Decision::WaitForEndpoint(wait) = state.decide(100, of(1, 7), NOW) else { panic!("no pause") };
        assert_eq!(wait, Duration::from_millis(4960));
        assert_eq!(state.decide(100, of(2, 7), NOW), Decision::Granted(Duration::ZERO));
        state.pause(None, NOW + 5_000_000);
        assert_eq!(state.decide(100, of(3, 8), NOW), Decision::Wait(Duration::from_millis(4960)));
    }

    #[test]
    fn a_clock_that_jumps_makes_nobody_wait() {
        let mut state = WindowState::default();
        for _ in 0..2 {
            state.decide(2, LimitKeys::default(), NOW);
        }
        state.pause(None, NOW + LONGEST_PAUSE);
        let back = NOW - 3_600_000_000;
        assert_eq!(state.decide(2, LimitKeys::default(), back), Decision::Granted(Duration::ZERO));
        let forth = NOW + 3_600_000_000;
        assert_eq!(state.decide(2, LimitKeys::default(), forth), Decision::Granted(Duration::ZERO));
    }
}
