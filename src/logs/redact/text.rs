//! Redacts secrets in any text: known ones, and anything that has the shape of one.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use percent_encoding::percent_decode_str;

use crate::logs::redact::known::{KnownTexts, SHORTEST};
use crate::secret::{REDACTED, Secret, without_marked};
use crate::stripe::form::percent_encode;

/// The number of digits in a card number.
const CARD: std::ops::RangeInclusive<usize> = 13..=19;

/// Returns the encodings of a secret: plain, JSON, percent-encoded, base64. Returns none for a secret so
/// short that it is part of many words.
pub(super) fn spellings(secret: &Secret) -> Vec<Secret> {
    let text = secret.expose();
    if text.len() < SHORTEST {
        return Vec::new();
    }
    let quoted = serde_json::Value::String(text.to_owned()).to_string();
    let quoted = quoted.trim_matches('"').to_owned();
    let all =
        [text.to_owned(), quoted, percent_encode(text), STANDARD.encode(text), STANDARD_NO_PAD.encode(text)];
    all.into_iter().map(Secret::new).collect()
}

/// Returns the text without known secrets, marked words and card numbers.
pub(super) fn redact(text: &str, known: &KnownTexts) -> String {
    without_cards(&without_marked(&known.without(text)))
}

/// Redacts card numbers, including those in groups separated by spaces or hyphens.
fn without_cards(text: &str) -> String {
    let mut redacted = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        redacted.push_str(before);
        let length = card(from).unwrap_or(0);
        if length > 0 {
            redacted.push_str(REDACTED);
        }
        // If no card number begins here, none begins within the same run of digits either.
        let digits = if length > 0 { length } else { digits_at(from) };
        let (run, after) = from.split_at(digits);
        if length == 0 {
            redacted.push_str(run);
        }
        rest = after;
    }
    redacted.push_str(rest);
    redacted
}

fn digits_at(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// The length of the longest card number at the start of the text, including separators.
fn card(text: &str) -> Option<usize> {
    let (mut digits, mut end, mut found) = (Vec::new(), 0, None);
    loop {
        let group = text.get(end..)?;
        let length = digits_at(group);
        digits.extend(group.bytes().take(length).map(|byte| u32::from(byte - b'0')));
        end += length;
        if CARD.contains(&digits.len()) && satisfies_luhn(&digits) {
            found = Some(end);
        }
        let next = text.as_bytes().get(end..end + 2);
        match next {
            Some([b' ' | b'-', digit]) if digit.is_ascii_digit() && digits.len() < *CARD.end() => end += 1,
            _ => return found,
        }
    }
}

/// Whether the check digit of a card number is right (Luhn's algorithm).
fn satisfies_luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, _) => *digit,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Percent-decodes a name or value of a form.
pub(super) fn percent_decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}
