//! Secrets in any text: known ones, and what has the shape of one.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use super::HIDDEN;
use crate::secret::Secret;

/// Shorter secrets are hidden where they have a name only: they are part of many words.
const SHORTEST: usize = 4;
/// What Stripe's keys, secrets and single-use tokens begin with, or hold.
const MARKS: &[&str] = &[
    "sk_live_", "sk_test_", "rk_live_", "rk_test_", "ek_live_", "ek_test_", "whsec_", "_secret_", "tok_",
    "btok_", "ct_live_", "sk-live-", "sk-test-",
];
/// Digits of a card number.
const CARD: std::ops::RangeInclusive<usize> = 13..=19;

/// The ways in which a secret can be written.
pub(super) fn spellings(secret: &Secret) -> Vec<Secret> {
    let text = secret.expose();
    if text.len() < SHORTEST {
        return Vec::new();
    }
    let quoted = serde_json::Value::String(text.to_owned()).to_string();
    let quoted = quoted.trim_matches('"').to_owned();
    let all = [text.to_owned(), quoted, encoded(text), STANDARD.encode(text), STANDARD_NO_PAD.encode(text)];
    all.into_iter().map(Secret::new).collect()
}

/// The text without secrets.
pub(super) fn scrubbed(text: &str, known: &[Secret]) -> String {
    let mut text = text.to_owned();
    for secret in known.iter().map(Secret::expose) {
        if text.contains(secret) {
            text = text.replace(secret, HIDDEN);
        }
    }
    without_cards(&without_marked(&text))
}

/// Hides the rest of each word behind a mark, and the word behind `Bearer`, `Basic`.
fn without_marked(text: &str) -> String {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || "_-.~+/=".contains(letter);
    let mut shown = String::with_capacity(text.len());
    let (mut rest, mut after_scheme) = (text, false);
    while let Some(letter) = rest.chars().next() {
        let word = is_word(letter);
        let end = rest.find(|letter: char| is_word(letter) != word);
        let (run, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        if !word {
            shown.push_str(run);
            after_scheme &= run == " ";
            continue;
        }
        match marked(run) {
            Some(kept) => shown.extend([run.get(..kept).unwrap_or_default(), HIDDEN]),
            None if after_scheme => shown.push_str(HIDDEN),
            None => shown.push_str(run),
        }
        after_scheme = matches!(run, "Bearer" | "Basic");
    }
    shown
}

/// Where in a word the secret begins.
fn marked(word: &str) -> Option<usize> {
    MARKS
        .iter()
        .filter_map(|mark| word.find(mark).map(|at| at + mark.len()))
        .filter(|end| *end < word.len())
        .min()
}

/// Hides card numbers, also those written in groups, with spaces or hyphens between.
fn without_cards(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        shown.push_str(before);
        let length = card(from).unwrap_or(0);
        if length > 0 {
            shown.push_str(HIDDEN);
        }
        // No card begins here: none begins within the same digits either.
        let digits = if length > 0 { length } else { digits_at(from) };
        let (run, after) = from.split_at(digits);
        if length == 0 {
            shown.push_str(run);
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

fn digits_at(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// The length of the longest card number that the text begins with, groups and all.
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

/// The check that the last digit of a card number makes come out.
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

/// A name or value of a form as it was meant.
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let byte = match (first, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)).map(|(high, low)| high * 16 + low),
            _ => None,
        };
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
        bytes.push(byte.unwrap_or(if *first == b'+' { b' ' } else { *first }));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn encoded(text: &str) -> String {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| if unreserved(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
