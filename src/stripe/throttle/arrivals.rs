//! How unevenly requests arrive at Stripe after their admission, which is what a window must allow for.
//!
//! # Theory
//!
//! A request leaves late where the machine is busy, and is on its way for longer at one time than at another.
//! The first is measured; of the second the answers tell: one that takes longer than the quickest has lost
//! that time somewhere, at most all of it before it arrived. Where answers come evenly, arrivals are even too.
//!
//! Every request that is admitted within a second of an uneven one must know of it, because the two may
//! arrive in one second. So the greatest values of this second and of the one before are kept.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// What a timer and a wake-up usually take; the least slack covers it.
const USUAL: Duration = Duration::from_millis(4);
/// Longer than any second is taken to be.
const PERIOD: Duration = Duration::from_millis(1150);
/// What is allowed for at least.
const LEAST_SLACK: Duration = Duration::from_millis(10);
/// What is allowed for the way at most, and as long as few answers tell of it.
const MOST_SLACK: Duration = Duration::from_millis(60);
/// What is allowed for requests that leave late at most.
pub(super) const MOST_LATENESS: Duration = Duration::from_millis(60);
/// So many answers tell of the way.
const TELLING: u32 = 10;

/// How unevenly the requests of one connection have lately arrived.
#[derive(Debug, Default)]
pub(super) struct Arrivals(Mutex<Measured>);

#[derive(Debug, Default)]
struct Measured {
    lateness: Greatest,
    /// What answers took beyond the quickest.
    delay: Greatest,
    quickest: Option<Duration>,
    answers: u32,
}

/// The greatest value of late.
#[derive(Debug, Default)]
struct Greatest {
    /// When the present period began.
    began: Option<Instant>,
    present: Duration,
    before: Duration,
}

impl Arrivals {
    /// A request left so late.
    pub(super) fn left_late(&self, late: Duration) {
        self.measured().lateness.note(late.saturating_sub(USUAL));
    }

    /// A request was answered after that time.
    pub(super) fn answered(&self, took: Duration) {
        let mut measured = self.measured();
        let quickest = measured.quickest.map_or(took, |quickest| quickest.min(took));
        measured.quickest = Some(quickest);
        measured.answers = measured.answers.saturating_add(1);
        measured.delay.note(took - quickest);
    }

    /// How much longer than a second an admission counts.
    pub(super) fn slack(&self) -> Duration {
        let mut measured = self.measured();
        let delay = if measured.answers < TELLING { MOST_SLACK } else { measured.delay.lately() };
        (LEAST_SLACK + delay).min(MOST_SLACK) + measured.lateness.lately().min(MOST_LATENESS)
    }

    fn measured(&self) -> MutexGuard<'_, Measured> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Greatest {
    fn note(&mut self, value: Duration) {
        self.turn();
        self.present = self.present.max(value);
    }

    fn lately(&mut self) -> Duration {
        self.turn();
        self.present.max(self.before)
    }

    fn turn(&mut self) {
        let now = Instant::now();
        let elapsed = self.began.map_or(2 * PERIOD, |began| now - began);
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

    use super::{Arrivals, LEAST_SLACK, MOST_SLACK, PERIOD, TELLING, USUAL};

    fn told(took: Duration) -> Arrivals {
        let arrivals = Arrivals::default();
        (0..TELLING).for_each(|_| arrivals.answered(took));
        arrivals
    }

    #[tokio::test(start_paused = true)]
    async fn the_greatest_lateness_is_remembered_for_a_second_and_then_forgotten() {
        let (arrivals, late) = (told(Duration::ZERO), Duration::from_millis(30));
        arrivals.left_late(USUAL);
        assert_eq!(arrivals.slack(), LEAST_SLACK);
        arrivals.left_late(USUAL + late);
        arrivals.left_late(USUAL);
        advance(Duration::from_secs(1)).await;
        assert_eq!(arrivals.slack(), LEAST_SLACK + late);
        advance(2 * PERIOD).await;
        assert_eq!(arrivals.slack(), LEAST_SLACK);
    }

    #[tokio::test(start_paused = true)]
    async fn even_answers_need_little_slack_and_uneven_or_unknown_ones_more() {
        assert_eq!(Arrivals::default().slack(), MOST_SLACK, "nothing is known yet");
        let arrivals = told(Duration::from_millis(150));
        assert_eq!(arrivals.slack(), LEAST_SLACK);
        arrivals.answered(Duration::from_millis(170));
        assert_eq!(arrivals.slack(), LEAST_SLACK + Duration::from_millis(20));
        arrivals.answered(Duration::from_secs(2));
        assert_eq!(arrivals.slack(), MOST_SLACK);
    }
}
