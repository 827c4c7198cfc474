//! Checks and encodes ids as parts of a path.

use crate::catalog::names::quoted;

/// The largest length of an id, in characters. Stripe's own have at most 255; ids
/// chosen by users may be longer.
const LONGEST: usize = 1_000;

/// A text that cannot be an id in a path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} cannot be an id: {why}", quoted(id))]
pub struct InvalidId {
    id: String,
    why: &'static str,
}

/// Checks that a text can be an id in a path, in the form that Stripe gives to new ids.
pub fn check_id(id: &str) -> Result<(), InvalidId> {
    if id.contains('/') {
        return Err(InvalidId { id: id.to_owned(), why: "it has a slash" });
    }
    check_any_id(id)
}

/// Checks that a text can be an id in a path. An id may contain slashes if its owner chose it, because Stripe
/// once accepted ids such as `Pro plan $699/month`. An id that leads to another path would cause an
/// unintended call: dots cannot be encoded in a way that hides them from software that resolves paths.
pub fn check_any_id(id: &str) -> Result<(), InvalidId> {
    let mut parts = id.split('/');
    let why = if id.is_empty() {
        "it is empty"
    } else if parts.any(|part| matches!(part, "" | "." | "..")) {
        "it leads to another path"
    } else if id.contains('\\') {
        "it has a slash"
    } else if id.chars().any(char::is_control) {
        "it has a control character"
    } else if id.chars().nth(LONGEST).is_some() {
        "it is too long"
    } else {
        return Ok(());
    };
    Err(InvalidId { id: id.to_owned(), why })
}

#[cfg(test)]
mod tests {
    use super::{check_any_id, check_id};

    #[test]
    fn an_id_stays_in_its_place() {
        for id in ["cus_1", "café 1", "50% off?", "...", "a.b", "#1", "%2e%2e", "-"] {
            check_id(id).unwrap();
        }
        let long = "x".repeat(1_001);
        for id in ["", ".", "..", "a/b", "/", "..\\x", "a\n", "\u{7f}", "\u{0}", "a\tb", "\u{85}", &long] {
            let error = check_id(id).unwrap_err().to_string();
            assert!(error.contains("cannot be an id") && error.len() < 200, "{error}");
        }
    }

    #[test]
    fn an_id_that_its_owner_chose_may_have_slashes_and_leads_nowhere() {
        check_any_id("Pro plan $699/month").unwrap();
        for id in ["a/../b", "../a", "a/.", "/", "/a", "a/", "a//b", "a/b\\c", "a/\n"] {
            check_any_id(id).unwrap_err();
        }
    }
}
