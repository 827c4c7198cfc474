//! Numbers with decimals, exactly: by their digits, not as floating point.

use std::cmp::Ordering;

/// How two numbers compare: by sign, then whole part, then fraction. None where one is no plain
/// decimal number (an exponent, a word).
pub fn compare_numbers(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (Decimal::of(a)?, Decimal::of(b)?);
    let size = || {
        let whole = a.whole.len().cmp(&b.whole.len()).then_with(|| a.whole.cmp(b.whole));
        whole.then_with(|| a.fraction.cmp(b.fraction))
    };
    Some(match (a.negative, b.negative) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => size(),
        (true, true) => size().reverse(),
    })
}

struct Decimal<'t> {
    negative: bool,
    /// Without leading zeros.
    whole: &'t str,
    /// Without trailing zeros.
    fraction: &'t str,
}

impl<'t> Decimal<'t> {
    fn of(text: &'t str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if digits.is_empty() || !format!("{whole}{fraction}").bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let negative = text.starts_with('-') && !(whole.is_empty() && fraction.is_empty());
        Some(Self { negative, whole, fraction })
    }
}

/// A number in digits alone, `1000` for `1e3`; as it is where it has no exponent. None for what is
/// no number, or for one of more than `LONGEST` digits.
pub fn plain_number(text: &str) -> Option<String> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, i64::from(exponent.parse::<i32>().ok()?)),
        None => (text, 0),
    };
    let unsigned = mantissa.trim_start_matches('+');
    let (sign, digits) = unsigned.strip_prefix('-').map_or(("", unsigned), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
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

/// The most digits of a number in digits alone.
const LONGEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::plain_number;

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
