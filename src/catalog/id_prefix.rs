//! Tells the type of an object by the prefix of its id: `id_prefixes.toml`.
//!
//! # Theory
//!
//! Ids assigned by Stripe begin with a prefix of their type, but the owners of some objects choose the ids
//! themselves. So the id of another type is certainly wrong only if Stripe assigns the ids of every type
//! that a param accepts. If an owner may have chosen the id, it is doubted only if its letters look as
//! random as Stripe's.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::catalog::embedded::embedded_table;
use crate::catalog::names::article;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    prefixes: BTreeMap<String, Vec<String>>,
    chosen: BTreeMap<String, String>,
    once_chosen: Vec<String>,
    substitutes: BTreeMap<String, Vec<String>>,
}

/// The id of an object whose type a param does not accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherId {
    /// What the param accepts: ``the id of a customer (`cus_…`)``.
    pub expected: String,
    /// What the text is: `the id of a subscription`.
    pub found: String,
    /// Whether Stripe certainly refuses it; otherwise an owner may have chosen this id.
    pub is_sure: bool,
}

/// The minimum number of letters that Stripe puts after the prefix of an id.
const LETTERS: usize = 14;

static TABLE: LazyLock<Table> = LazyLock::new(|| embedded_table!("catalog/id_prefixes.toml"));

impl OtherId {
    /// Returns the type of an id, if a param accepts the ids of `objects` and this is not one of them.
    pub fn of(given: &str, objects: &[String]) -> Option<Self> {
        let (others, rest) = TABLE.owners(given)?;
        let is_own = |object: &String| others.contains(object) || TABLE.takes(object, others);
        let is_chosen = objects.iter().any(|object| TABLE.chosen.contains_key(object));
        let may_be_chosen = is_chosen || objects.iter().any(|object| TABLE.once_chosen.contains(object));
        let is_known = |object: &String| TABLE.beginning(object).is_some();
        let is_other = !objects.is_empty() && objects.iter().all(is_known) && !objects.iter().any(is_own);
        if !is_other || may_be_chosen && !looks_random(rest) {
            return None;
        }
        let expected: Vec<String> = objects.iter().map(|object| TABLE.described(object)).collect();
        let found = format!("the id of {}", with_article(others.first()?));
        Some(Self { expected: format!("the id of {}", expected.join(" or ")), found, is_sure: !is_chosen })
    }
}

/// Returns whether owners choose the ids of this type: ids from earlier years may contain slashes.
pub fn ids_are_chosen(object: &str) -> bool {
    TABLE.chosen.contains_key(object)
}

/// Returns whether an id of this type may have been chosen by its owner, now or in earlier years.
pub fn ids_may_be_chosen(object: &str) -> bool {
    ids_are_chosen(object) || TABLE.once_chosen.iter().any(|one| one == object)
}

impl Table {
    /// Returns the object types that an id may belong to, and its letters after the prefix.
    fn owners<'t, 'i>(&'t self, id: &'i str) -> Option<(&'t [String], &'i str)> {
        let known = self.prefixes.iter().filter_map(|(prefix, of)| Some((id.strip_prefix(prefix)?, of)));
        let (rest, owners) = known.min_by_key(|(rest, _)| rest.len())?;
        let letters = rest.strip_prefix("test_").or_else(|| rest.strip_prefix("live_")).unwrap_or(rest);
        let is_id = !letters.is_empty() && letters.bytes().all(|letter| letter.is_ascii_alphanumeric());
        is_id.then_some((owners, letters))
    }

    /// Returns whether Stripe accepts one of `others` instead of this type.
    fn takes(&self, object: &str, others: &[String]) -> bool {
        self.substitutes.get(object).is_some_and(|taken| taken.iter().any(|one| others.contains(one)))
    }

    /// Returns the prefix of this type's ids; empty if they have none.
    fn beginning(&self, object: &str) -> Option<&str> {
        let given = self.prefixes.iter().find(|(_, of)| of.iter().any(|one| one == object));
        self.chosen.get(object).or(given.map(|(prefix, _)| prefix)).map(String::as_str)
    }

    /// ``a customer (`cus_…`)``.
    fn described(&self, object: &str) -> String {
        let beginning = self.beginning(object).filter(|prefix| !prefix.is_empty());
        let shown = beginning.map(|prefix| format!(" (`{prefix}…`)")).unwrap_or_default();
        with_article(object) + &shown
    }
}

/// `billing.meter` → `a billing meter`.
fn with_article(object: &str) -> String {
    let words =
        object.trim_start_matches("v2.core.").trim_start_matches("test_helpers.").replace(['.', '_'], " ");
    format!("{} {words}", article(&words))
}

/// Returns whether letters look as random as Stripe's, unlike a word that an owner would choose.
fn looks_random(letters: &str) -> bool {
    let has = |is: fn(&u8) -> bool| letters.as_bytes().iter().any(is);
    letters.len() >= LETTERS
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests;
