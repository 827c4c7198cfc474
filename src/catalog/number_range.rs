//! Which numbers Stripe takes, by the names of params: parts of a date and of a time, percentages, counts.
//!
//! Stripe's API description says it nowhere. A number outside of its range is refused before anything is
//! sent: where it forces a new object, the old one would be gone before Stripe refuses the new one.

use std::fmt;

use serde_json::Value as Json;

/// The numbers from `least` to `most`; where there is no `most`, all from `least`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberRange {
    /// The least number.
    pub least: u32,
    /// The greatest number.
    pub most: Option<u32>,
}

impl NumberRange {
    const fn from(least: u32) -> Self {
        Self { least, most: None }
    }

    const fn to(least: u32, most: u32) -> Self {
        Self { least, most: Some(most) }
    }

    /// The numbers that params of this name take, wherever they stand; none where they may be any.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "exp_month" | "month" => Self::to(1, 12),
            "day" | "day_of_month" | "monthly_anchor" | "monthly_payout_days" => Self::to(1, 31),
            "end_hour" | "hour" | "start_hour" => Self::to(0, 23),
            "minute" | "minutes" | "second" => Self::to(0, 59),
            "amount_percent"
            | "application_fee_percent"
            | "percent_off"
            | "percent_ownership"
            | "percentage" => Self::to(0, 100),
            "duration_in_months" | "interval_count" | "max_redemptions" => Self::from(1),
            "days_until_due"
            | "expires_after_days"
            | "expires_after_seconds"
            | "quantity"
            | "quantity_decimal"
            | "trial_period_days" => Self::from(0),
            _ => return None,
        })
    }

    /// The range of a param at a dotted place, which may end in the index of an item.
    pub fn at(place: &str) -> Option<Self> {
        Self::of(place.rsplit('.').find(|part| !part.bytes().all(|byte| byte.is_ascii_digit()))?)
    }

    /// Whether a number, or text with one, lies in it.
    pub fn holds(self, number: &Json) -> bool {
        let text = number.as_str().map_or_else(|| number.to_string(), str::to_owned);
        let number = text.parse::<f64>().unwrap_or(f64::NAN);
        number >= f64::from(self.least) && self.most.is_none_or(|most| number <= f64::from(most))
    }
}

impl fmt::Display for NumberRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.most {
            Some(most) => write!(f, "from {} to {most}", self.least),
            None => write!(f, "of at least {}", self.least),
        }
    }
}
