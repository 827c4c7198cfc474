//! Hashes several texts as one.

use sha2::{Digest as _, Sha256};

/// The SHA-256 of several parts. Each part is preceded by its length, so that no part of the text can move
/// from one part to the next without changing the hash.
pub fn digest(parts: &[impl AsRef<[u8]>]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts.iter().map(AsRef::as_ref) {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn where_a_part_ends_counts() {
        assert_eq!(digest(&["ab", "c"]), digest(&["ab".to_owned(), "c".to_owned()]));
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_ne!(digest(&["ab"]), digest(&["ab", ""]));
    }
}
