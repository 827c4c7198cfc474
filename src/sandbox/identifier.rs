//! Ids and secrets in Stripe's form: a prefix and random letters and digits.

use sha2::{Digest, Sha256};

const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The prefix and `length` random letters and digits.
pub(super) fn random(prefix: &str, length: usize) -> String {
    let mut text = prefix.to_owned();
    while text.len() < prefix.len() + length {
        // the fixed bits of a v4 uuid are in bytes 6 and 8
        let bytes = uuid::Uuid::new_v4().into_bytes();
        text.extend(
            bytes.iter().enumerate().filter(|(at, _)| *at != 6 && *at != 8).map(|(_, byte)| letter(*byte)),
        );
    }
    text.truncate(prefix.len() + length);
    text
}

/// A fresh id: 14 characters for the two types that Stripe gives short ids, 24 for the rest.
pub(super) fn fresh(prefix: &str) -> String {
    random(prefix, if matches!(prefix, "cus_" | "prod_") { 14 } else { 24 })
}

/// Sixteen letters and digits that are the same for the same text.
pub(super) fn fingerprint(text: &str) -> String {
    Sha256::digest(text).iter().take(16).map(|byte| letter(*byte)).collect()
}

/// Eight capital letters and digits, as in invoice numbers.
pub(super) fn invoice_prefix() -> String {
    random("", 8).to_ascii_uppercase()
}

fn letter(byte: u8) -> char {
    ALPHABET.get(usize::from(byte) % ALPHABET.len()).map_or('0', |found| char::from(*found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_their_prefix_and_length_and_do_not_repeat() {
        let (first, second) = (fresh("pi_"), fresh("pi_"));
        assert_eq!((first.len(), fresh("cus_").len()), (27, 18));
        assert!(first.starts_with("pi_") && first[3..].bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(first, second);
    }
}
