//! Reads `references.toml`: the type of the object that a param refers to.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::shape::Kind;

/// Object types, by the end of a path.
type Ends = BTreeMap<String, Vec<String>>;

/// The table, and its lines that changed a param.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct References {
    everywhere: Ends,
    only: BTreeMap<String, Ends>,
    #[serde(skip)]
    used: RefCell<BTreeSet<(String, String)>>,
}

/// The name of the table whose lines apply to every entity type.
const EVERYWHERE: &str = "everywhere";

impl References {
    /// Reads the text of `references.toml`.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Returns the kind of a text at a path of an entity type. A line for all types counts if nothing was
    /// found, or if it says that the text is no id.
    pub fn correct(&self, key: &str, path: &[&str], found: Kind, text: &Kind) -> Kind {
        let own = self.only.get(key).and_then(|ends| longest(ends, path)).map(|line| (key, line));
        let usual = longest(&self.everywhere, path)
            .filter(|(_, objects)| objects.is_empty() || found == *text)
            .map(|line| (EVERYWHERE, line));
        let Some((table, (end, objects))) = own.or(usual) else { return found };
        let kind = if objects.is_empty() { text.clone() } else { Kind::Id(objects.clone()) };
        if kind != found {
            self.used.borrow_mut().insert((table.to_owned(), end.to_owned()));
        }
        kind
    }

    /// Reports the lines that name an unknown type, and those that changed nothing.
    pub fn problems(&self, is_object: impl Fn(&str) -> bool) -> Vec<String> {
        let everywhere = self.everywhere.iter().map(|line| (EVERYWHERE, line));
        let only = self.only.iter().flat_map(|(key, ends)| ends.iter().map(|line| (key.as_str(), line)));
        let mut problems = Vec::new();
        for (table, (end, objects)) in everywhere.chain(only) {
            let strange = objects.iter().filter(|object| !is_object(object));
            problems.extend(strange.map(|object| format!("{table}: {end:?}: there is no object {object:?}")));
            if !self.used.borrow().contains(&(table.to_owned(), end.clone())) {
                problems.push(format!("{table}: {end:?} changes no param"));
            }
        }
        problems
    }
}

/// Returns the line whose names match the most steps at the end of a path.
fn longest<'e>(ends: &'e Ends, path: &[&str]) -> Option<(&'e str, &'e Vec<String>)> {
    let fitting = ends.iter().filter(|(end, _)| {
        let end: Vec<&str> = end.split('.').collect();
        path.ends_with(&end)
    });
    let (end, objects) = fitting.max_by_key(|(end, _)| end.split('.').count())?;
    Some((end, objects))
}
