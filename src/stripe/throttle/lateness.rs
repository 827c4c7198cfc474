//! Measures how late requests leave after their admission because of timers on a busy machine or other work.
//!
//! A request that is admitted one second after a late one must know about the lateness, because the two may
//! arrive within the same second. So an admission states how late it may be: the greatest lateness of the
//! current and the previous second. The first requests of a process wait for their connection, so they may be
//! as late as any.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use super::window_state::MOST_LATENESS;
use crate::sync::lock;

/// What a timer and a wake-up usually take; the slack for arrivals covers it.
const USUAL: Duration = Duration::from_millis(4);
/// Longer than the length that any part of the throttle uses for a second.
const PERIOD: Duration = Duration::from_millis(1100);

/// The greatest recent lateness.
#[derive(Debug, Default)]
pub(super) struct Lateness(Mutex<Periods>);

#[derive(Debug, Default)]
struct Periods {
    /// The start of the present period.
    began: Option<Instant>,
    present: Duration,
    before: Duration,
}

impl Lateness {
    /// Records that a request left this late.
    pub(super) fn note(&self, late: Duration) {
        let mut periods = lock(&self.0);
        periods.turn(Instant::now());
        periods.present = periods.present.max(late.saturating_sub(USUAL));
    }

    /// Returns the greatest lateness of the last second, minus the usual amount.
    pub(super) fn lately(&self) -> Duration {
        let mut periods = lock(&self.0);
        periods.turn(Instant::now());
        periods.present.max(periods.before)
    }
}

impl Periods {
    fn turn(&mut self, now: Instant) {
        let Some(began) = self.began else {
            (self.before, self.began) = (MOST_LATENESS, Some(now));
            return;
        };
        let elapsed = now - began;
        if elapsed >= PERIOD {
            let previous = std::mem::take(&mut self.present);
            self.before = if elapsed < 2 * PERIOD { previous } else { Duration::ZERO };
            self.began = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::advance;

    use super::{Lateness, MOST_LATENESS, PERIOD, USUAL};

    #[tokio::test(start_paused = true)]
    async fn the_greatest_lateness_is_remembered_for_a_second_and_then_forgotten() {
        let (lateness, late) = (Lateness::default(), Duration::from_millis(30));
        assert_eq!(lateness.lately(), MOST_LATENESS, "the first requests connect");
        advance(PERIOD).await;
        lateness.note(USUAL);
        assert_eq!(lateness.lately(), Duration::ZERO);
        lateness.note(USUAL + late);
        lateness.note(USUAL);
        advance(Duration::from_secs(1)).await;
        assert_eq!(lateness.lately(), late);
        advance(2 * PERIOD).await;
        assert_eq!(lateness.lately(), Duration::ZERO);
    }
}
