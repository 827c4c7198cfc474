//! Decimal numbers that are never rounded.
//!
//! Terraform computes with 512-bit floats and sends what fits neither an integer nor a double as decimal
//! text. So a number here keeps its original text and compares by value (`1.50` equals `1.5`). What arrived
//! as text leaves as the same text, and nothing is ever rounded.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// The maximum number of digits that any double has after its decimal point.
const SMALLEST: usize = 1074;

/// A finite decimal number of any size, kept as text.
#[derive(Debug, Clone)]
pub struct Number(String);

/// The sign, the significant digits without zeros at either end, and the position of the decimal point
/// relative to the first of these digits (so 12.5 is `+`, `125`, 2).
#[derive(PartialEq, Eq, Hash)]
struct Parts {
    negative: bool,
    digits: String,
    magnitude: i64,
}

impl Number {
    /// Parses `-12`, `0.25`, `1e-7`; returns `None` for anything else, including infinities.
    pub fn parse(text: &str) -> Option<Self> {
        parts(text).map(|_| Self(text.to_owned()))
    }

    /// Returns the exact decimal value of a double, with all its digits: Terraform sends a double only for a
    /// number that is exactly one. Returns `None` unless it is finite.
    pub fn from_f64(number: f64) -> Option<Self> {
        let digits = || format!("{number:.SMALLEST$}");
        number.is_finite().then(|| Self(digits().trim_end_matches('0').trim_end_matches('.').to_owned()))
    }

    /// The original text of the number.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number as a 64-bit integer, if it is exactly one (`1.0` and `1e3` are).
    pub fn as_i64(&self) -> Option<i64> {
        if let Ok(integer) = self.0.parse() {
            return Some(integer);
        }
        let parts = parts(&self.0)?;
        let length = i64::try_from(parts.digits.len()).ok()?;
        if parts.digits.is_empty() {
            return Some(0);
        }
        if parts.magnitude < length || parts.magnitude > 19 {
            return None;
        }
        let zeros = usize::try_from(parts.magnitude - length).ok()?;
        let sign = if parts.negative { "-" } else { "" };
        format!("{sign}{}{}", parts.digits, "0".repeat(zeros)).parse().ok()
    }

    fn parts(&self) -> Parts {
        parts(&self.0).unwrap_or(Parts { negative: false, digits: String::new(), magnitude: 0 })
    }
}

fn parts(text: &str) -> Option<Parts> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty()
        || !format!("{whole}{fraction}").bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0');
    let leading = i64::try_from(all.len() - significant.len()).ok()?;
    let digits = significant.trim_end_matches('0').to_owned();
    if digits.is_empty() {
        return Some(Parts { negative: false, digits, magnitude: 0 });
    }
    let magnitude = i64::try_from(whole.len()).ok()?.checked_sub(leading)?.checked_add(exponent)?;
    Some(Parts { negative, digits, magnitude })
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.parts() == other.parts()
    }
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = (self.parts(), other.parts());
        let sign = |p: &Parts| match (p.digits.is_empty(), p.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let size = a.magnitude.cmp(&b.magnitude).then_with(|| a.digits.cmp(&b.digits));
        sign(&a).cmp(&sign(&b)).then(if a.negative { size.reverse() } else { size })
    }
}

impl From<u64> for Number {
    fn from(number: u64) -> Self {
        Self(number.to_string())
    }
}

impl From<i64> for Number {
    fn from(number: i64) -> Self {
        Self(number.to_string())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Number;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn numbers_compare_by_value_and_keep_their_text() {
        assert_eq!(number("1.50"), number("1.5"));
        assert_eq!(number("0"), number("-0.000"));
        assert_eq!(number("1e3"), number("1000"));
        assert_eq!(number("1.50").as_str(), "1.50");
        assert_ne!(number("0.1"), number("0.10000000000000000555"));
    }

    #[test]
    fn a_double_is_the_number_that_it_is_exactly() {
        for (double, text) in [
            (0.0, "0"),
            (100.0, "100"),
            (-12.5, "-12.5"),
            (18_446_744_073_709_551_616.0, "18446744073709551616"),
            (0.5_f64.powi(30), "0.000000000931322574615478515625"),
        ] {
            assert_eq!(Number::from_f64(double).unwrap().as_str(), text);
        }
        assert!(Number::from_f64(f64::NAN).is_none() && Number::from_f64(f64::INFINITY).is_none());
    }

    #[test]
    fn numbers_are_ordered_by_value() {
        let sorted = ["-1e9", "-2.5", "-0.1", "0", "1e-9", "0.25", "3", "10", "1e100"];
        for pair in sorted.windows(2) {
            assert!(number(pair[0]) < number(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn integers_are_recognised_in_every_spelling() {
        assert_eq!(number("1500.0").as_i64(), Some(1500));
        assert_eq!(number("-9223372036854775808").as_i64(), Some(i64::MIN));
        assert_eq!(number("1e18").as_i64(), Some(1_000_000_000_000_000_000));
        assert_eq!(number("9223372036854775808").as_i64(), None);
        assert_eq!(number("0.5").as_i64(), None);
        assert_eq!(number("1e999999999").as_i64(), None);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", ".", "1e", "inf", "NaN", "0x10", "1_000", "1 "] {
            assert!(Number::parse(text).is_none(), "{text:?}");
        }
    }
}
