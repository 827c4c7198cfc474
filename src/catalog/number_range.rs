//! The ranges of numbers that Stripe accepts, by the names of params: parts of a date and of a time,
//! percentages, counts.
//!
//! Stripe's API description does not contain them. A number outside its range is refused before anything
//! is sent: if its change forces a new object, the old one would be gone before Stripe refuses the new
//! one.

use std::fmt;

use serde_json::Value as Json;

/// The numbers from `least` to `most`; without `most`, all from `least`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberRange {
    /// The least number.
    pub least: u32,
    /// Whether `least` itself is excluded.
    pub is_open: bool,
    /// The greatest number.
    pub most: Option<u32>,
}

/// The ranges that Stripe documents, with the names of the params to which they apply everywhere.
const RANGES: [(NumberRange, &[&str]); 8] = [
    (NumberRange::to(1, 12), &["exp_month", "month"]),
    (NumberRange::to(1, 31), &["day", "day_of_month", "monthly_anchor", "monthly_payout_days"]),
    (NumberRange::to(0, 23), &["end_hour", "hour", "start_hour"]),
    (NumberRange::to(0, 59), &["minute", "minutes", "second"]),
    (
        NumberRange::to(0, 100),
        &["amount_percent", "application_fee_percent", "percent_ownership", "percentage"],
    ),
    (NumberRange { is_open: true, ..NumberRange::to(0, 100) }, &["percent_off"]),
    (NumberRange::from(1), &["duration_in_months", "interval_count", "max_redemptions", "up_to"]),
    (
        NumberRange::from(0),
        &[
            "days_until_due",
            "expires_after_days",
            "expires_after_seconds",
            "flat_amount",
            "flat_amount_decimal",
            "height",
            "length",
            "quantity",
            "quantity_decimal",
            "trial_period_days",
            "weight",
            "width",
        ],
    ),
];

impl NumberRange {
    const fn from(least: u32) -> Self {
        Self { least, is_open: false, most: None }
    }

    const fn to(least: u32, most: u32) -> Self {
        Self { most: Some(most), ..Self::from(least) }
    }

    /// Returns the range of a param with this name; None if it may be any number.
    pub fn of(name: &str) -> Option<Self> {
        RANGES.iter().find(|(_, names)| names.contains(&name)).map(|(range, _)| *range)
    }

    /// Returns the names of all params that have a range.
    pub fn names() -> impl Iterator<Item = &'static str> {
        RANGES.iter().flat_map(|(_, names)| names.iter().copied())
    }

    /// Returns the range of a param at a path, either dotted or in form spelling, which may end in the
    /// index of an item.
    pub fn at(place: &str) -> Option<Self> {
        Self::of(place.rsplit(['.', '[', ']']).find(|part| !part.bytes().all(|byte| byte.is_ascii_digit()))?)
    }

    /// Returns whether it contains a number, or a text with a number.
    pub fn holds(self, number: &Json) -> bool {
        let text = number.as_str().map_or_else(|| number.to_string(), str::to_owned);
        let number = text.parse::<f64>().unwrap_or(f64::NAN);
        let least = f64::from(self.least);
        let is_enough = if self.is_open { number > least } else { number >= least };
        is_enough && self.most.is_none_or(|most| number <= f64::from(most))
    }
}

impl fmt::Display for NumberRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { least, is_open, most } = self;
        match (is_open, most) {
            (false, Some(most)) => write!(f, "from {least} to {most}"),
            (false, None) => write!(f, "of at least {least}"),
            (true, Some(most)) => write!(f, "above {least} and up to {most}"),
            (true, None) => write!(f, "above {least}"),
        }
    }
}
