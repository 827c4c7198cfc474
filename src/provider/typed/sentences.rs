//! Reads `sentences.toml`: what objects are, what calls do, and the purpose of arguments and fields.

use crate::catalog::Entity;
use crate::catalog::names::article;
use crate::catalog::spelling::plural;
use crate::provider::sentence::sentence;
use crate::provider::typed::names::snake_case;

/// The table that says what objects are, by the catalog's key.
const OBJECTS: &str = "objects";
/// The table that says what actions do, by name.
const ACTIONS: &str = "actions";
/// The table of words whose spelling differs from their name.
const SPELLED: &str = "spelled";
/// The table of members that mean the same everywhere, by the end of a path.
const ANY: &str = "any";

/// Values by name, sorted.
type Named<T> = &'static [(&'static str, T)];

static SENTENCES: Named<Named<&str>> = include!(concat!(env!("OUT_DIR"), "/sentences.rs"));

fn find(table: &str, key: &str) -> Option<&'static str> {
    named(named(SENTENCES, table)?, key)
}

fn named<T: Copy>(all: Named<T>, name: &str) -> Option<T> {
    let at = all.binary_search_by_key(&name, |(name, _)| name).ok()?;
    all.get(at).map(|(_, it)| *it)
}

/// Returns the purpose of a param or a field, by the catalog's key and its path: the object's own entry,
/// else that of all paths with the same end.
pub(super) fn purpose(key: &str, path: &str) -> Option<&'static str> {
    let ends = path.match_indices('.').map(|(at, dot)| &path[at + dot.len()..]);
    find(key, path).or_else(|| std::iter::once(path).chain(ends).find_map(|end| find(ANY, end)))
}

/// Says what an action does, without a full stop.
pub(super) fn does(action: &str) -> Option<&'static str> {
    find(ACTIONS, action)
}

/// Says what an object is: `A price in Stripe: what a product costs.`
pub(super) fn about(entity: &Entity) -> String {
    let is = find(OBJECTS, &entity.key).map(|is| format!(": {is}")).unwrap_or_default();
    sentence(&format!("{} in Stripe{is}", one(entity)))
}

/// One object in words: `a billing meter`.
pub(super) fn one(entity: &Entity) -> String {
    let words = words(&entity.name);
    if words.ends_with(PLURAL) { words } else { format!("{} {words}", article(&words)) }
}

/// The end of names that are already plural: `tax settings`.
const PLURAL: &str = "settings";

/// Many objects in words: `billing meters`.
pub(super) fn many(entity: &Entity) -> String {
    words(&plural(&entity.name))
}

/// `BillingMeter` → `billing meter`, `ApplePayDomain` → `Apple Pay domain`.
fn words(name: &str) -> String {
    let words = snake_case(name).replace('_', " ");
    let spelled = named(SENTENCES, SPELLED).unwrap_or_default().iter();
    spelled.fold(words, |words, (plain, spelled)| words.replace(plain, spelled))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ACTIONS, ANY, OBJECTS, SENTENCES, SPELLED, about, find, many, one, purpose};
    use crate::catalog::{Entity, Member, Shape, catalog};
    use crate::provider::typed::names::snake_case;

    fn entities() -> impl Iterator<Item = &'static Entity> {
        catalog().summaries().filter_map(|it| catalog().by_key(it.key))
    }

    /// Collects the paths of members, through lists and maps; `key` is the key of a map.
    fn paths(members: &[Member], above: &str, depth: usize, found: &mut BTreeSet<String>) {
        for member in members {
            let path =
                if above.is_empty() { member.name.clone() } else { format!("{above}.{}", member.name) };
            let shape = &member.shape;
            let inner: &Shape = shape.item().or_else(|| shape.map_value()).unwrap_or(shape);
            if shape.map_value().is_some() {
                found.insert(format!("{path}.key"));
            }
            if depth > 0 {
                paths(inner.members().unwrap_or_default(), &path, depth - 1, found);
            }
            found.insert(path);
        }
    }

    fn paths_of(entity: &Entity) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let called = entity.actions.iter().map(|action| action.params.as_slice());
        for params in called.chain([entity.params(), &entity.fields]) {
            paths(params, "", 7, &mut found);
        }
        found
    }

    #[test]
    fn every_sentence_is_of_something_and_ends() {
        let all: Vec<(&Entity, BTreeSet<String>)> = entities().map(|it| (it, paths_of(it))).collect();
        let ends: BTreeSet<&str> = all
            .iter()
            .flat_map(|(_, paths)| paths)
            .flat_map(|path| {
                std::iter::once(path.as_str()).chain(path.match_indices('.').map(|(at, _)| &path[at + 1..]))
            })
            .collect();
        let mut wrong = Vec::new();
        for (table, sentences) in SENTENCES {
            for (key, sentence) in *sentences {
                let leads = match *table {
                    OBJECTS => all.iter().any(|(entity, _)| entity.key == *key),
                    SPELLED => all.iter().any(|(it, _)| snake_case(&it.name).replace('_', " ").contains(key)),
                    ACTIONS => all.iter().any(|(entity, _)| entity.actions.iter().any(|it| it.name == *key)),
                    ANY => ends.contains(key),
                    _ => all.iter().any(|(entity, paths)| entity.key == *table && paths.contains(*key)),
                };
                let begins = sentence.starts_with(|it: char| it.is_uppercase() || it == '`');
                let ends = match *table {
                    SPELLED => true,
                    OBJECTS => !sentence.ends_with('.'),
                    ACTIONS => !sentence.ends_with('.') && begins,
                    _ => sentence.ends_with('.') && begins,
                };
                if !leads || !ends {
                    wrong.push(format!("[{table}] {key}: {sentence}"));
                }
            }
        }
        assert!(wrong.is_empty(), "these lead nowhere, or end wrongly:\n{}", wrong.join("\n"));
    }

    #[test]
    fn objects_are_called_by_their_words() {
        let of = |key| catalog().by_key(key).unwrap();
        assert_eq!(
            (one(of("invoice")), many(of("billing.meter"))),
            ("an invoice".into(), "billing meters".into())
        );
        assert_eq!(
            [one(of("apple_pay_domain")), one(of("tax.settings")), many(of("tax_id"))],
            ["an Apple Pay domain", "tax settings", "tax IDs"]
        );
        assert!(about(of("price")).starts_with("A price in Stripe"), "{}", about(of("price")));
    }

    #[test]
    fn the_end_of_a_path_means_the_same_wherever_it_stands() {
        let postal = find(ANY, "address.postal_code");
        assert!(postal.is_some());
        assert_eq!(purpose("customer", "shipping.address.postal_code"), postal);
        assert_ne!(purpose("product", "name"), find(ANY, "name"), "an object has words of its own");
    }
}
