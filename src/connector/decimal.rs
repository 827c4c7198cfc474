//! Exact decimal numbers: processed by their digits, not as floating point.

use std::cmp::Ordering;

use crate::catalog::Digits;

/// Compares two numbers by sign, then whole part, then fraction. Returns `None` if one is not a plain decimal
/// number, such as a number with an exponent, or a word.
pub fn compare_numbers(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Digits::parse(a)?, Digits::parse(b)?);
    let (size, other) = (size(a), size(b));
    let is_negative = |number: Digits<'_>, size| number.is_negative && size != (0, "", "");
    Some(match (is_negative(a, size), is_negative(b, other)) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => size.cmp(&other),
        (true, true) => other.cmp(&size),
    })
}

/// The key by which sizes are compared: the number of digits before the point,
/// these digits, and those after it.
fn size(number: Digits<'_>) -> (usize, &str, &str) {
    let (whole, fraction) = (number.whole.trim_start_matches('0'), number.fraction.trim_end_matches('0'));
    (whole.len(), whole, fraction)
}

/// A number written only with digits, such as `1000` for `1e3`; a number without an exponent stays as it is.
/// Returns `None` for a text that is not a number, or a number with more than `LONGEST` digits.
pub fn plain_number(text: &str) -> Option<String> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, i64::from(exponent.parse::<i32>().ok()?)),
        None => (text, 0),
    };
    let digits = Digits::parse(mantissa)?;
    let (sign, whole) = (digits.sign(), digits.whole);
    let all = format!("{whole}{}", digits.fraction);
    let point = i64::try_from(whole.len()).ok()?.checked_add(exponent)?;
    let (before, after) = (usize::try_from(-point).unwrap_or(0), usize::try_from(point).unwrap_or(0));
    if before.max(after).max(all.len()) > LONGEST {
        return None;
    }
    let padded = format!("{}{all}{}", "0".repeat(before), "0".repeat(after.saturating_sub(all.len())));
    let (whole, fraction) = padded.split_at_checked(after)?;
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

/// The largest number of digits of a number written without an exponent.
const LONGEST: usize = 64;

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{Equal, Greater, Less};

    use super::{compare_numbers, plain_number};

    #[test]
    fn numbers_compare_by_their_digits() {
        for (a, b, order) in [
            ("9", "10", Less),
            ("010", "9.99", Greater),
            ("-0.0", "0", Equal),
            ("-2", "-10", Greater),
            ("1.50", "+1.5", Equal),
            ("-1", "1", Less),
        ] {
            assert_eq!(compare_numbers(a, b), Some(order), "{a} {b}");
        }
        for wrong in ["", ".", "++5", "1e3", "x"] {
            assert_eq!(compare_numbers(wrong, "5"), None, "{wrong}");
        }
    }

    #[test]
    fn an_exponent_becomes_digits() {
        for (text, plain) in [
            ("1500", "1500"),
            ("1500.0", "1500.0"),
            ("1e3", "1000"),
            ("1.5E+1", "15"),
            ("-12.5e-3", "-0.0125"),
            (".5", "0.5"),
            ("5.", "5"),
            ("+5", "5"),
            ("0.10", "0.10"),
            ("9007199254740993", "9007199254740993"),
        ] {
            assert_eq!(plain_number(text).as_deref(), Some(plain), "{text}");
        }
        for text in [
            "",
            "e3",
            "-",
            "++5",
            "+-5",
            "-+5e1",
            ".",
            "1e",
            "NaN",
            "inf",
            "0x10",
            "1_000",
            "1 ",
            "1e400",
            ".5e-2147483648",
            "5e2147483647",
        ] {
            assert_eq!(plain_number(text), None, "{text}");
        }
    }
}
