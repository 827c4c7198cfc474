//! The shapes of Stripe's keys, so that a message can name the kind of a wrong one.

/// Prefixes of Stripe's secrets that are not API keys, each with what the secret is.
const OTHER_KINDS: [(&str, &str); 5] = [
    ("pk_test_", "a publishable key (`pk_…`)"),
    ("pk_live_", "a publishable key (`pk_…`)"),
    ("whsec_", "the signing secret of a webhook (`whsec_…`)"),
    ("ek_test_", "an ephemeral key (`ek_…`)"),
    ("ek_live_", "an ephemeral key (`ek_…`)"),
];
/// The prefixes of Stripe's API keys.
const KEYS: [&str; 5] = ["sk_test_", "sk_live_", "sk_org_", "rk_test_", "rk_live_"];

/// Names the kind of a text that comes from Stripe but is not a key for calls.
pub fn kind_of_key(text: &str) -> Option<&'static str> {
    OTHER_KINDS.iter().find(|(prefix, _)| text.starts_with(prefix)).map(|(_, kind)| *kind)
}

/// Whether a key is a live key; Stripe writes the mode into the key: `sk_live_…`, `rk_test_…`.
pub fn is_live_key(text: &str) -> bool {
    text.contains("_live_")
}

/// Why a text cannot be a key of any kind, without quoting the text. Returns `None` if it can be one.
pub fn not_a_key(text: &str) -> Option<&'static str> {
    let has = |signs: &[char]| text.contains(signs);
    match text {
        _ if has(&['\n', '\r']) => Some("it has several lines"),
        _ if has(&['=']) => Some("it has an equals sign; the key stands alone, without its name"),
        _ if has(&['"', '\'', '`']) => Some("it has quotation marks; the key stands alone"),
        _ if text.chars().any(char::is_whitespace) => Some("it has white space inside"),
        _ if !text.chars().all(|letter| letter.is_ascii_graphic()) => Some("it has a sign that no key has"),
        _ => None,
    }
}

/// Whether a text is itself a key or another Stripe secret, rather than the name of a place that holds one.
pub fn looks_like_key(text: &str) -> bool {
    let text = text.trim();
    KEYS.iter().any(|prefix| text.starts_with(prefix)) || kind_of_key(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::{is_live_key, kind_of_key, looks_like_key};

    #[test]
    fn keys_are_told_from_names_and_from_other_kinds() {
        assert!(looks_like_key("sk_test_1") && looks_like_key(" rk_live_1\n") && looks_like_key("pk_live_1"));
        assert!(!looks_like_key("STRIPE_API_KEY") && !looks_like_key("/run/secrets/sk_test"));
        assert_eq!(kind_of_key("pk_test_1"), Some("a publishable key (`pk_…`)"));
        assert_eq!(kind_of_key("rk_test_1"), None);
        assert!(is_live_key("sk_live_1") && is_live_key("rk_live_1") && !is_live_key("sk_test_live"));
    }
}
