//! Params of earlier versions of the API, which requests that do not name the version of today may
//! still have: `earlier.toml`, read and applied before params are checked.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bytes::Bytes;
use serde::Deserialize;

use crate::catalog::{API_VERSION, Called, Entity};

use super::auth_context::header;
use super::form::Node;
use super::table;

/// A param as it was called once.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Earlier {
    old: String,
    /// What it is called today; none where it has no name any more.
    new: Option<String>,
    #[serde(default)]
    sets: BTreeMap<String, String>,
    today: Option<String>,
}

type Table = BTreeMap<String, Vec<Earlier>>;

static TABLE: LazyLock<Table> = LazyLock::new(|| table::read(include_str!("earlier.toml")));

/// Gives params of earlier versions the names of today.
pub(super) fn rename(
    request: &http::Request<Bytes>,
    entity: &Entity,
    called: Called,
    given: &mut Vec<(String, Node)>,
) {
    if header(request, "stripe-version") == Some(API_VERSION) {
        return;
    }
    let name = match called {
        Called::Operation(operation) => format!("{}.{:?}", entity.key, operation.kind),
        Called::Action(action) => action.name.clone(),
    };
    for earlier in TABLE.get(&name).into_iter().flatten() {
        earlier.apply(given);
    }
}

impl Earlier {
    fn apply(&self, given: &mut Vec<(String, Node)>) {
        let Some(node) = take(given, &self.old, self.today.as_deref()) else { return };
        if let Some(new) = &self.new {
            put(given, new, node);
        }
        for (path, value) in &self.sets {
            put(given, path, Node::Text(value.clone()));
        }
    }
}

/// Takes out what a path leads to, of the objects of a list the last one's; `only` where it is that text.
fn take(given: &mut Vec<(String, Node)>, path: &str, only: Option<&str>) -> Option<Node> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let at = given.iter().position(|(name, _)| name == first)?;
    let Some(rest) = rest else {
        let fits =
            only.is_none_or(|only| matches!(given.get(at), Some((_, Node::Text(text))) if text == only));
        return fits.then(|| given.remove(at).1);
    };
    let objects: Vec<&mut Node> = match &mut given.get_mut(at)?.1 {
        Node::List(items) => items.iter_mut().collect(),
        Node::Branches(items) if items.iter().all(|(name, _)| name.parse::<usize>().is_ok()) => {
            items.iter_mut().map(|(_, item)| item).collect()
        }
        object => vec![object],
    };
    let mut taken = None;
    for object in objects {
        if let Node::Branches(members) = object {
            taken = take(members, rest, only).or(taken);
        }
    }
    taken
}

/// Puts a value where a path leads to; what is there already stays.
fn put(given: &mut Vec<(String, Node)>, path: &str, node: Node) {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let known = given.iter().position(|(name, _)| name == first);
    let Some(rest) = rest else {
        if known.is_none() {
            given.push((first.to_owned(), node));
        }
        return;
    };
    if known.is_none() {
        given.push((first.to_owned(), Node::Branches(Vec::new())));
    }
    if let Some((_, Node::Branches(members))) = given.iter_mut().find(|(name, _)| name == first) {
        put(members, rest, node);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Member, catalog, find};
    use crate::sandbox::form;

    fn known(name: &str) -> &'static [Member] {
        let (key, kind) = name.rsplit_once('.').unwrap();
        let operations = &catalog().by_object(key).unwrap().operations;
        &operations.iter().find(|operation| format!("{:?}", operation.kind) == kind).unwrap().params
    }

    #[test]
    fn what_a_param_is_called_today_is_a_param_and_what_it_was_called_is_none() {
        assert!(!TABLE.is_empty());
        for (name, all) in &*TABLE {
            for earlier in all {
                let first = |path: &str| find(known(name), path.split('.').next().unwrap()).is_some();
                assert!(earlier.new.iter().all(|new| first(new)), "{name} {earlier:?}");
                assert!(earlier.old.contains('.') || !first(&earlier.old), "{name} {earlier:?}");
            }
        }
    }

    #[test]
    fn params_get_the_names_of_today() {
        let renamed = |name: &str, form: &str| {
            let mut given = form::decode(form).unwrap();
            TABLE[name].iter().for_each(|earlier| earlier.apply(&mut given));
            format!("{given:?}")
        };
        let written = |form: &str| format!("{:?}", form::decode(form).unwrap());
        let code = renamed("promotion_code.Create", "coupon=a");
        assert_eq!(code, written("promotion[coupon]=a&promotion[type]=coupon"));
        let phases = "phases[0][iterations]=1&phases[0][items][0][price]=p&phases[1][iterations]=2";
        let left = "phases[0][items][0][price]=p&phases[1][iterations]=2";
        assert_eq!(renamed("subscription_schedule.Create", phases), written(left));
    }
}
