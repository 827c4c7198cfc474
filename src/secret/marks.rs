//! Recognises secrets by their shape: Stripe marks its keys, client secrets and tokens.

/// The text that replaces a secret.
pub const REDACTED: &str = "(redacted)";

/// Prefixes, or inner parts, of Stripe's keys, secrets and single-use tokens.
const MARKS: &[&str] = &[
    "sk_live_", "sk_test_", "rk_live_", "rk_test_", "ek_live_", "ek_test_", "sk_org_", "whsec_", "tok_",
    "btok_", "ct_live_", "sk-live-", "sk-test-",
];

/// The text between the id of an object and its secret.
const OF_OBJECT: &str = "_secret_";

/// Returns the text without Stripe's keys, secrets and tokens: redacts the rest of each word after a mark,
/// and the word after `Bearer` or `Basic`.
pub fn without_marked(text: &str) -> String {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || "_-.~+/=".contains(letter);
    let mut redacted = String::with_capacity(text.len());
    let (mut rest, mut after_scheme) = (text, false);
    while let Some(letter) = rest.chars().next() {
        let word = is_word(letter);
        let end = rest.find(|letter: char| is_word(letter) != word);
        let (run, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        if !word {
            redacted.push_str(run);
            after_scheme &= run == " ";
            continue;
        }
        match secret_start(run) {
            Some(kept) => redacted.extend([run.get(..kept).unwrap_or_default(), REDACTED]),
            None if after_scheme => redacted.push_str(REDACTED),
            None => redacted.push_str(run),
        }
        after_scheme = matches!(run, "Bearer" | "Basic");
    }
    redacted
}

/// Returns the index at which the secret within a word begins.
fn secret_start(word: &str) -> Option<usize> {
    let after = |mark: &&str| word.find(*mark).map(|at| at + mark.len()).filter(|end| *end < word.len());
    let of_id =
        |end: &usize| word.get(..*end).is_some_and(|id| id.contains(|letter: char| letter.is_ascii_digit()));
    // `pi_1_secret_…` is the secret of an object, but `api_key_secret_version` is a name.
    let of_object = after(&OF_OBJECT).filter(of_id);
    MARKS.iter().filter_map(after).chain(of_object).min()
}

#[cfg(test)]
mod tests {
    use super::{REDACTED, without_marked};

    #[test]
    fn marked_words_end_at_their_mark() {
        assert_eq!(without_marked("\"sk_live_abc\", no"), format!("\"sk_live_{REDACTED}\", no"));
        assert_eq!(without_marked("sk_org_live_abc"), format!("sk_org_{REDACTED}"));
        assert_eq!(without_marked("Bearer abc.def x"), format!("Bearer {REDACTED} x"));
        assert_eq!(without_marked("a key such as sk_live_…"), "a key such as sk_live_…");
    }
}
