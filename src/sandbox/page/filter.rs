//! Filters of lists: objects whose fields match the params of the same names.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value as Json;

use crate::catalog::embedded::embedded_table;
use crate::catalog::{Entity, Member, Presence, find};
use crate::sandbox::due;
use crate::sandbox::fields::{Body, at, given_number};
use crate::sandbox::store::is_indexed;

/// Params that say where a page starts and not what it shows.
const PLACES: &[&str] = &["limit", "starting_after", "ending_before", "page", "include"];

type Table = BTreeMap<String, BTreeMap<String, String>>;

static TABLE: LazyLock<Table> = LazyLock::new(|| embedded_table!("sandbox/page/filter.toml"));

/// Whether an object matches each filter. A list holds the allowed values, an object holds bounds or members,
/// and anything else must be equal. A param without a field of its name filters nothing.
pub(in crate::sandbox) fn matches(entity: &Entity, body: &Body, params: &Body) -> bool {
    params.iter().filter(|(name, _)| !PLACES.contains(&name.as_str())).all(|(name, wanted)| {
        match (other(entity, name), field(entity, name)) {
            (Some(row), _) => fits_row(body, row, wanted),
            (None, Some(field)) => fits(body.get(&field.name), wanted),
            (None, None) => true,
        }
    })
}

/// Whether an object matches a row of the table, which is a path, or a mark and a path.
fn fits_row(body: &Body, row: &str, wanted: &Json) -> bool {
    let texts = || std::slice::from_ref(wanted).iter().chain(wanted.as_array().into_iter().flatten());
    let any = |path: &str, fits: fn(&str, &str) -> bool| {
        let found = at(body, path).and_then(Json::as_str);
        found.is_some_and(|found| texts().filter_map(Json::as_str).any(|wanted| fits(found, wanted)))
    };
    match row.split_at_checked(1) {
        Some(("!", path)) => Some(says_something(at(body, path))) != wanted.as_bool(),
        Some(("~", path)) => any(path, str::eq_ignore_ascii_case),
        Some(("*", path)) => any(path, |found, wanted| match wanted.strip_suffix('*') {
            Some(start) => found.starts_with(start),
            None => found == wanted,
        }),
        _ => reaches(body, row, wanted),
    }
}

/// Whether the value at a path matches; in a list, whether one of its objects does.
fn reaches(body: &Body, path: &str, wanted: &Json) -> bool {
    let Some((first, rest)) = path.split_once('.') else { return fits(body.get(path), wanted) };
    match body.get(first) {
        Some(Json::Array(items)) => {
            items.iter().filter_map(Json::as_object).any(|item| reaches(item, rest, wanted))
        }
        Some(Json::Object(inner)) => reaches(inner, rest, wanted),
        _ => false,
    }
}

/// Whether a value is present and is neither zero nor false.
fn says_something(found: Option<&Json>) -> bool {
    found.is_some_and(|found| !found.is_null() && *found != false && *found != 0)
}

/// Returns the field by which a param filters, if it is not the field of its name.
fn other(entity: &Entity, param: &str) -> Option<&'static str> {
    TABLE.get(&entity.key)?.get(param).map(String::as_str)
}

/// Returns the bounds of the creation time for the store: SQL operators and seconds.
pub(super) fn made(entity: &Entity, params: &Body) -> Vec<(&'static str, i64)> {
    if entity.is_v2() || other(entity, "created").is_some() || entity.field("created").is_none() {
        return Vec::new();
    }
    let signs = [
        ("created", "="),
        ("created.gt", ">"),
        ("created.gte", ">="),
        ("created.lt", "<"),
        ("created.lte", "<="),
    ];
    signs.into_iter().filter_map(|(path, sign)| Some((sign, given_number(params, path)?))).collect()
}

/// Returns the filters that the store can apply: one text in one field.
pub(super) fn pushed(entity: &Entity, params: &Body) -> Vec<(String, String)> {
    let texts =
        params.iter().filter(|(name, _)| !PLACES.contains(&name.as_str()) && other(entity, name).is_none());
    let pairs = texts.filter_map(|(name, value)| Some((field(entity, name)?, value.as_str()?)));
    let plain = pairs.filter(|(field, text)| {
        let is_text = field.shape.is_text() && (field.shape.objects().is_empty() || is_indexed(&field.name));
        is_text
            && !due::changes(&entity.object, &field.name)
            && field.shape.presence != Presence::Optional
            && !text.is_empty()
    });
    plain.map(|(field, text)| (field.name.clone(), text.to_owned())).collect()
}

/// Returns the field of a param: `ids` and `lookup_keys` filter by `id` and `lookup_key`.
fn field<'e>(entity: &'e Entity, param: &str) -> Option<&'e Member> {
    find(&entity.fields, param).or_else(|| find(&entity.fields, param.strip_suffix('s')?))
}

fn fits(found: Option<&Json>, wanted: &Json) -> bool {
    match wanted {
        Json::Array(allowed) => allowed.iter().any(|one| fits(found, one)),
        Json::Object(bounds) if is_range(bounds) => {
            bounds.iter().all(|(bound, limit)| found.is_some_and(|found| within(found, bound, limit)))
        }
        Json::Object(inner) => {
            inner.iter().all(|(name, wanted)| fits(found.and_then(|body| body.get(name)), wanted))
        }
        wanted => match found {
            Some(Json::Array(items)) => items.contains(wanted),
            found => found.is_some_and(|found| found == wanted || found.get("id") == Some(wanted)),
        },
    }
}

fn is_range(bounds: &Body) -> bool {
    !bounds.is_empty() && bounds.keys().all(|name| matches!(name.as_str(), "gt" | "gte" | "lt" | "lte"))
}

/// Compares numbers by value, and times of version 2 as text.
fn within(found: &Json, bound: &str, limit: &Json) -> bool {
    let order = match (found.as_i64(), limit.as_i64()) {
        (Some(found), Some(limit)) => found.cmp(&limit),
        _ => match (found.as_str(), limit.as_str()) {
            (Some(found), Some(limit)) => found.cmp(limit),
            _ => return false,
        },
    };
    match bound {
        "gt" => order.is_gt(),
        "gte" => order.is_ge(),
        "lt" => order.is_lt(),
        _ => order.is_le(),
    }
}

#[cfg(test)]
mod tests;
