//! Exact decimal numbers as digits, not as floating point.

/// The digits of a number, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digits<'t> {
    /// Whether they follow a minus sign.
    pub is_negative: bool,
    /// The digits before the point.
    pub whole: &'t str,
    /// The digits after the point.
    pub fraction: &'t str,
}

impl<'t> Digits<'t> {
    /// Reads `-12.50`: at most one minus sign, digits, and a point before, between or after them. Returns
    /// None for anything else, such as an exponent.
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

    /// `-` or an empty text.
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
