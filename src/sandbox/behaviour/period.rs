//! Calendar arithmetic for subscriptions: days, weeks, months and years from an anchor, in UTC.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};

use serde::Deserialize;

/// An upper bound for the length of an interval, in seconds.
fn about(interval: &str) -> i64 {
    let days = match interval {
        "day" => 1,
        "week" => 7,
        "month" => 31,
        _ => 366,
    };
    days * 24 * 60 * 60
}

/// More cycles than the estimate can be off by.
const MOST_STEPS: usize = 10_000;

/// Returns the time `count` intervals later; the 31st becomes the last day of a shorter month.
pub(super) fn add(at: i64, interval: &str, count: i64) -> i64 {
    let span = Span::new();
    let span = match interval {
        "day" => span.try_days(count),
        "week" => span.try_weeks(count),
        "month" => span.try_months(count),
        _ => span.try_years(count),
    };
    let later = span.ok().and_then(|span| zoned(at).checked_add(span).ok());
    later.map_or(i64::MAX, |later| later.timestamp().as_second())
}

fn zoned(at: i64) -> Zoned {
    Timestamp::from_second(at).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::UTC)
}

/// How often something is charged, as a view of a `recurring` or a `duration`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct Cycle<'a> {
    /// Day, week, month or year.
    pub interval: &'a str,
    /// Charged every `count` intervals; every interval by default.
    #[serde(rename = "interval_count", default = "once")]
    pub count: i64,
}

fn once() -> i64 {
    1
}

impl Cycle<'_> {
    /// Returns the time one cycle later.
    pub fn after(self, at: i64) -> i64 {
        add(at, self.interval, self.count)
    }

    /// If the anchor's month is too short for the wanted day, moves the anchor back by whole cycles to a
    /// month that has it. Any other anchor stays.
    pub fn on_day(self, anchor: i64, day: i64) -> i64 {
        let own = zoned(anchor);
        if i64::from(own.day()) >= day
            || own.day() < own.days_in_month()
            || !matches!(self.interval, "month" | "year")
        {
            return anchor;
        }
        let earlier = (1..12).map(|steps| zoned(add(anchor, self.interval, -steps * self.count)));
        let mut long = earlier.filter(|at| i64::from(at.days_in_month()) >= day);
        let found = long.next().and_then(|at| at.with().day(i8::try_from(day).ok()?).build().ok());
        found.map_or(anchor, |found| found.timestamp().as_second())
    }

    /// Returns the cycle that contains a time before or after the anchor.
    pub fn around(self, anchor: i64, at: i64) -> (i64, i64) {
        let longest = about(self.interval) * self.count;
        // Each bound is counted from the anchor, so that a short month does not shorten later cycles.
        let bound = |steps: i64| add(anchor, self.interval, steps * self.count);
        let mut steps = at.saturating_sub(anchor).div_euclid(longest);
        for _ in 0..MOST_STEPS {
            match (bound(steps), bound(steps + 1)) {
                (start, _) if start > at => steps -= 1,
                (_, end) if end <= at => steps += 1,
                whole => return whole,
            }
        }
        (at, at.saturating_add(longest))
    }
}

/// Returns the first time after `at` with this month, day, hour, minute and second. A part that is not given
/// is taken from `at`; a day that a month lacks becomes its last day.
pub(super) fn matching(at: i64, [month, day, hour, minute, second]: [Option<i8>; 5]) -> Option<i64> {
    let now = zoned(at);
    for later in 0..=24 {
        let first = now.first_of_month().ok()?.checked_add(Span::new().try_months(later).ok()?).ok()?;
        if month.is_some_and(|month| month != first.month()) {
            continue;
        }
        let day = day.unwrap_or_else(|| now.day());
        let found = first.with().day(day.min(first.days_in_month()));
        let found =
            found.hour(hour.unwrap_or_else(|| now.hour())).minute(minute.unwrap_or_else(|| now.minute()));
        let found =
            found.second(second.unwrap_or_else(|| now.second())).build().ok()?.timestamp().as_second();
        if found > at {
            return Some(found);
        }
    }
    None
}

#[cfg(test)]
mod tests;
