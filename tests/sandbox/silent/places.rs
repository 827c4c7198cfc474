//! Every param of a call by its path, and params with one of them set.

use serde_json::{Map, Value as Json};
use stripe_provider::catalog::{Kind, Member, Shape, find};

/// A param that is no object of others, and the way to it; lists on the way are left out.
#[derive(Debug, Clone)]
pub struct Place<'m> {
    pub path: Vec<&'m str>,
    pub param: &'m Member,
}

/// Every param at any depth.
pub fn places(members: &[Member]) -> Vec<Place<'_>> {
    let mut found = Vec::new();
    walk(members, &[], &mut found);
    found
}

fn walk<'m>(members: &'m [Member], path: &[&'m str], found: &mut Vec<Place<'m>>) {
    for param in members {
        let own: Vec<&str> = path.iter().copied().chain([param.name.as_str()]).collect();
        let inner = inner(&param.shape);
        if says_nothing(&param.shape) {
            continue;
        }
        if inner.is_empty() {
            found.push(Place { path: own, param });
        } else {
            walk(inner, &own, found);
        }
    }
}

/// A value that is always the same: an object without members, the only word there is.
fn says_nothing(shape: &Shape) -> bool {
    match &shape.kind {
        Kind::Object(members) => members.is_empty(),
        Kind::Enum(values) => values.len() == 1,
        _ => false,
    }
}

/// The members of an object, or of the objects of a list.
pub fn inner(shape: &Shape) -> &[Member] {
    match &shape.kind {
        Kind::Object(members) => members,
        Kind::List(item) | Kind::Set(item) => inner(item),
        Kind::Union(shapes) => shapes.iter().map(inner).find(|it| !it.is_empty()).unwrap_or_default(),
        _ => &[],
    }
}

fn is_list(shape: &Shape) -> bool {
    match &shape.kind {
        Kind::List(_) | Kind::Set(_) => true,
        Kind::Union(shapes) => shapes.iter().any(is_list),
        _ => false,
    }
}

/// Where `type` says which of the members an object has, it says this one.
fn of_type(params: &mut Map<String, Json>, known: &[Member], name: &str) {
    let types = find(known, "type").map_or(&[][..], |kind| kind.shape.values());
    if types.iter().any(|one| one == name) {
        params.retain(|other, _| other == name || !types.contains(other));
        params.insert("type".to_owned(), name.into());
    }
}

/// The params with that value at a path and what Stripe demands on the way; without a value, only
/// what is on the way.
pub fn with(
    params: &Map<String, Json>,
    known: &[Member],
    path: &[&str],
    value: Option<&Json>,
    demanded: &dyn Fn(&[Member]) -> Map<String, Json>,
) -> Map<String, Json> {
    let mut params = params.clone();
    let (first, rest) = path.split_first().unwrap();
    of_type(&mut params, known, first);
    if rest.is_empty() {
        match value {
            Some(value) => drop(params.insert((*first).to_owned(), value.clone())),
            None => drop(params.shift_remove(*first)),
        }
        return params;
    }
    let shape = &find(known, first).unwrap().shape;
    let members = inner(shape);
    let within = |old: Option<&Json>| {
        let old = old.and_then(Json::as_object).cloned().unwrap_or_else(|| demanded(members));
        Json::Object(with(&old, members, rest, value, demanded))
    };
    let old = params.get(*first);
    let new = if is_list(shape) {
        let mut items = old.and_then(Json::as_array).cloned().unwrap_or_default();
        let item = within(items.first());
        items.splice(..items.len().min(1), [item]);
        Json::Array(items)
    } else {
        within(old)
    };
    params.insert((*first).to_owned(), new);
    params
}
