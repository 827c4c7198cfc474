//! Numbers with decimals, by their digits: exactly, not as floating point.

/// The digits of a number, as they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digits<'t> {
    /// Whether a minus is before them.
    pub is_negative: bool,
    /// What is before the point.
    pub whole: &'t str,
    /// What is behind the point.
    pub fraction: &'t str,
}

impl<'t> Digits<'t> {
    /// Reads `-12.50`: one sign at most, digits, and a point before, among or behind them. None for what is
    /// anything else, such as an exponent.
    pub fn parse(text: &'t str) -> Option<Self> {
        let (is_negative, unsigned) = match text.strip_prefix('-') {
            Some(unsigned) => (true, unsigned),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let right = all_digits(whole) && all_digits(fraction) && !(whole.is_empty() && fraction.is_empty());
        right.then_some(Self { is_negative, whole, fraction })
    }

    /// `-` or nothing.
    pub const fn sign(&self) -> &'static str {
        if self.is_negative { "-" } else { "" }
    }
}

#[cfg(test)]
mod tests {
    use super::Digits;

    #[test]
    fn a_number_has_one_sign_and_one_point_at_most() {
        let parts = |text| Digits::parse(text).map(|read| (read.sign(), read.whole, read.fraction));
        assert_eq!(parts("-12.50"), Some(("-", "12", "50")));
        assert_eq!(parts("+5"), Some(("", "5", "")));
        assert_eq!((parts(".5"), parts("5.")), (Some(("", "", "5")), Some(("", "5", ""))));
        for wrong in ["", ".", "-", "++5", "+-5", "-+5", "--5", ".+5", ".-5", "1.2.3", "1e3", "٣", " 5"] {
            assert_eq!(parts(wrong), None, "{wrong}");
        }
    }
}
