//! Access to params by dotted path: `items.0.price`.

use serde_json::Value as Json;

use crate::engine::params::Params;

/// The value at a dotted path, if it is not null.
pub fn value_at<'p>(params: &'p Params, path: &str) -> Option<&'p Json> {
    let mut names = path.split('.');
    let first = params.get(names.next()?)?;
    let step = |value: &'p Json, name: &str| match value {
        Json::Array(items) => items.get(name.parse::<usize>().ok()?),
        value => value.get(name),
    };
    names.try_fold(first, step).filter(|value| !value.is_null())
}

/// Sets the value at a dotted path, through objects.
pub fn put(params: &mut Params, path: &str, value: Json) {
    let Some((name, rest)) = path.split_once('.') else {
        params.insert(path.to_owned(), value);
        return;
    };
    let inside = params.entry(name).or_insert_with(|| Json::Object(Params::new()));
    if let Json::Object(inside) = inside {
        put(inside, rest, value);
    }
}

/// The params that are not in `others`, at every depth.
pub fn without(params: Params, others: &Params) -> Params {
    let left = params.into_iter().filter_map(|(name, value)| match (value, others.get(&name)) {
        (value, None) => Some((name, value)),
        (Json::Object(members), Some(Json::Object(others))) => {
            let left = without(members, others);
            (!left.is_empty()).then_some((name, Json::Object(left)))
        }
        _ => None,
    });
    left.collect()
}
