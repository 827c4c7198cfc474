//! Ids and secrets in Stripe's form: a prefix and random letters and digits.

use sha2::{Digest, Sha256};

use crate::catalog::{Entity, OperationKind};
use crate::sandbox::repeatable;

const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Returns the prefix followed by `length` random letters and digits.
pub(super) fn random(prefix: &str, length: usize) -> String {
    let mut text = prefix.to_owned();
    while text.len() < prefix.len() + length {
        // The fixed bits of a v4 UUID are in bytes 6 and 8.
        let bytes = repeatable::bytes(prefix);
        text.extend(
            bytes.iter().enumerate().filter(|(at, _)| *at != 6 && *at != 8).map(|(_, byte)| letter(*byte)),
        );
    }
    text.truncate(prefix.len() + length);
    text
}

/// Returns a new id: 14 characters for the two types that have short ids at Stripe, 24 for all others.
pub(super) fn fresh(prefix: &str) -> String {
    random(prefix, if matches!(prefix, "cus_" | "prod_") { 14 } else { 24 })
}

/// Returns a new id for this type. If no prefix is known, the name of the type is the prefix; if the caller
/// may choose the id, there is no prefix.
pub(super) fn of(entity: &Entity) -> String {
    if !entity.id_prefix.is_empty() {
        return fresh(&entity.id_prefix);
    }
    let create = entity.operation(OperationKind::Create);
    if create.is_some_and(|create| create.param("id").is_some()) {
        return random("", 8);
    }
    let last = entity.object.rsplit('.').next().unwrap_or_default();
    fresh(&format!("{last}_"))
}

/// Returns sixteen letters and digits that are the same for the same text.
pub(super) fn fingerprint(text: &str) -> String {
    Sha256::digest(text).iter().take(16).map(|byte| letter(*byte)).collect()
}

/// Returns the id of the application with which a platform acts for other accounts.
pub(super) fn application(platform: &str) -> String {
    format!("ca_{}", fingerprint(platform))
}

/// Returns `length` random digits.
pub(super) fn digits(length: usize) -> String {
    let number = u128::from_be_bytes(repeatable::bytes("digits")) % 10_u128.pow(30);
    format!("{number:030}").chars().take(length).collect()
}

/// Returns a random UUID.
pub(super) fn uuid() -> String {
    uuid::Builder::from_random_bytes(repeatable::bytes("uuid")).into_uuid().to_string()
}

/// Returns `length` capital letters and digits, as in invoice numbers.
pub(super) fn capitals(length: usize) -> String {
    random("", length).to_ascii_uppercase()
}

fn letter(byte: u8) -> char {
    ALPHABET.get(usize::from(byte) % ALPHABET.len()).map_or('0', |found| char::from(*found))
}

#[cfg(test)]
mod tests;
