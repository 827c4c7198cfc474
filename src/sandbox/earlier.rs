//! Params of earlier API versions, which requests without today's version may still use. Reads `earlier.toml`
//! and applies it before params are checked.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::catalog::embedded::embedded_table;
use crate::catalog::{API_VERSION, Called, Entity};
use crate::sandbox::auth_context::header;
use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::fields::Body;

/// A param of an earlier version.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Earlier {
    old: String,
    /// Its name today; `None` if it was removed.
    new: Option<String>,
    #[serde(default)]
    sets: BTreeMap<String, String>,
    today: Option<String>,
    /// Whether Stripe still accepts it in any version, although undocumented.
    #[serde(default)]
    still: bool,
    /// The members that it must have.
    #[serde(default, rename = "where")]
    within: BTreeMap<String, Json>,
}

type Table = BTreeMap<String, Vec<Earlier>>;

static TABLE: LazyLock<Table> = LazyLock::new(|| embedded_table!("sandbox/earlier.toml"));

/// Renames params of earlier versions. Returns those that Stripe accepts although undocumented: they are not
/// checked.
pub(super) fn rename(
    request: &http::Request<Bytes>,
    entity: &Entity,
    called: Called,
    given: &mut Body,
) -> Vec<(&'static str, Json)> {
    let is_today = header(request, "stripe-version") == Some(API_VERSION);
    let name = match called {
        Called::Operation(operation) => format!("{}.{:?}", entity.key, operation.kind),
        Called::Action(action) => action.name.clone(),
    };
    let mut aside = Vec::new();
    for earlier in TABLE.get(&name).into_iter().flatten() {
        if earlier.still && !earlier.is_meant(given) {
            continue;
        }
        if earlier.still {
            aside.extend(remove_at(given, &earlier.old, None).map(|value| (earlier.old.as_str(), value)));
        } else if !is_today {
            earlier.apply(given);
        }
    }
    aside
}

/// Refuses a malformed version. It is a date, possibly followed by a name or a preview.
pub(super) fn check_version(request: &http::Request<Bytes>) -> ApiResult<()> {
    let Some(given) = header(request, "stripe-version") else { return Ok(()) };
    let (day, rest) = given.split_at_checked("2026-01-31".len()).unwrap_or((given, ""));
    let is_day = day.parse::<jiff::civil::Date>().is_ok_and(|date| date.to_string() == day);
    if is_day && (rest.is_empty() || rest.starts_with(['.', ';'])) {
        return Ok(());
    }
    Err(ApiError::of("version_invalid", &[("given", &given)]))
}

impl Earlier {
    fn is_meant(&self, given: &Body) -> bool {
        let own = given.get(&self.old).and_then(Json::as_object);
        own.is_some_and(|own| self.within.iter().all(|(name, value)| own.get(name) == Some(value)))
    }

    fn apply(&self, given: &mut Body) {
        let Some(value) = remove_at(given, &self.old, self.today.as_deref()) else { return };
        if let Some(new) = &self.new {
            put(given, new, value);
        }
        for (path, value) in &self.sets {
            put(given, path, value.as_str().into());
        }
    }
}

/// Removes the value at a path and returns it; in a list, the path continues in the last object. If `only` is
/// given, the value must be this text.
fn remove_at(given: &mut Body, path: &str, only: Option<&str>) -> Option<Json> {
    let Some((first, rest)) = path.split_once('.') else {
        let fits = only.is_none_or(|only| given.get(path).is_some_and(|found| found == only));
        return if fits { given.shift_remove(path) } else { None };
    };
    let objects: Vec<&mut Json> = match given.get_mut(first)? {
        Json::Array(items) => items.iter_mut().collect(),
        Json::Object(items) if items.keys().all(|name| name.parse::<usize>().is_ok()) => {
            items.values_mut().collect()
        }
        object => vec![object],
    };
    let members = objects.into_iter().filter_map(Json::as_object_mut);
    members.fold(None, |taken, members| remove_at(members, rest, only).or(taken))
}

/// Sets the value at a path, unless it already has one.
pub(super) fn put(given: &mut Body, path: &str, value: Json) {
    let Some((first, rest)) = path.split_once('.') else {
        given.entry(path).or_insert(value);
        return;
    };
    if let Some(members) = given.entry(first).or_insert_with(|| Body::new().into()).as_object_mut() {
        put(members, rest, value);
    }
}

#[cfg(test)]
mod tests;
