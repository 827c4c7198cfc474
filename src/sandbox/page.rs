//! Lists: newest first, a cursor at either end, filters by the fields of the same name.

use serde_json::{Value as Json, json};

use super::call::Call;
use super::error::{Failure, Outcome};
use super::store::Body;

/// Most objects of one page.
const MOST: i64 = 100;

/// Objects of a page when the call does not say.
const USUAL: i64 = 10;

/// Where a page starts and how much it holds.
#[derive(Debug)]
struct Window {
    limit: usize,
    starting_after: Option<String>,
    ending_before: Option<String>,
}

impl Window {
    fn of(params: &Body) -> Outcome<Self> {
        let limit = params.get("limit").and_then(Json::as_i64).unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            let bound = if limit > MOST { "less than or equal to 100" } else { "greater than or equal to 1" };
            let message = format!("This value must be {bound} (it currently is '{limit}').");
            return Err(Failure::invalid(message).code("parameter_invalid_integer").param("limit"));
        }
        let cursor = |name| super::fields::text(params, name).map(str::to_owned);
        let window = Self {
            limit: usize::try_from(limit).unwrap_or(10),
            starting_after: cursor("starting_after"),
            ending_before: cursor("ending_before"),
        };
        if window.starting_after.is_some() && window.ending_before.is_some() {
            let message = "You can only specify one of these parameters: ending_before, starting_after.";
            return Err(Failure::invalid(message).code("parameters_exclusive").param("ending_before"));
        }
        Ok(window)
    }

    fn cursor(&self) -> Option<(&str, &'static str)> {
        let after = self.starting_after.as_deref().map(|id| (id, "starting_after"));
        after.or_else(|| self.ending_before.as_deref().map(|id| (id, "ending_before")))
    }
}

/// The page of a list call over the objects of one type that match its filters and `also`.
pub(super) fn of_objects(call: &Call<'_>, object: &str, also: impl Fn(&Body) -> bool) -> Outcome<Json> {
    let window = Window::of(&call.params)?;
    let start = match window.cursor() {
        None => None,
        Some((id, param)) => {
            let at = call.session.get(object, id)?;
            Some(at.ok_or_else(|| Failure::unknown_reference(object, id, param))?.seq)
        }
    };
    let forward = window.ending_before.is_some();
    let mut found = Vec::new();
    call.session.walk(object, start, forward, |stored| {
        if also(&stored.body) && matches(&stored.body, &call.params) {
            found.push(Json::Object(stored.body));
        }
        found.len() <= window.limit
    })?;
    Ok(cut(found, &window, forward, &call.path))
}

fn cut(mut found: Vec<Json>, window: &Window, forward: bool, url: &str) -> Json {
    let has_more = found.len() > window.limit;
    found.truncate(window.limit);
    if forward {
        found.reverse();
    }
    json!({"object": "list", "data": found, "has_more": has_more, "url": url})
}

/// The page of a list call over objects that are kept inside another one, first to last.
pub(super) fn of_items(call: &Call<'_>, all: &[Json]) -> Outcome<Json> {
    let window = Window::of(&call.params)?;
    let forward = window.ending_before.is_some();
    let at = match window.cursor() {
        None => None,
        Some((id, param)) => {
            let at = all.iter().position(|item| item.get("id").and_then(Json::as_str) == Some(id));
            Some(at.ok_or_else(|| Failure::unknown_reference("line item", id, param))?)
        }
    };
    let found: Vec<Json> = match at {
        Some(at) if forward => all.iter().take(at).rev().take(window.limit + 1).cloned().collect(),
        at => all.iter().skip(at.map_or(0, |at| at + 1)).take(window.limit + 1).cloned().collect(),
    };
    Ok(cut(found, &window, forward, &call.path))
}

/// The same page with each of its objects as `change` makes it.
pub(super) fn mapped(mut page: Json, change: impl Fn(Body) -> Body) -> Json {
    if let Some(Json::Array(found)) = page.get_mut("data") {
        for item in found {
            if let Json::Object(body) = item {
                *item = Json::Object(change(std::mem::take(body)));
            }
        }
    }
    page
}

/// A page that stands inside an object: its first ten.
pub(super) fn embedded(items: &[Json], url: &str) -> Json {
    let shown: Vec<Json> = items.iter().take(10).cloned().collect();
    json!({
        "object": "list", "data": shown, "has_more": items.len() > 10,
        "total_count": items.len(), "url": url,
    })
}

/// True when each filter fits: a list names the values allowed, an object bounds or members,
/// anything else must be equal.
fn matches(body: &Body, params: &Body) -> bool {
    params
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "limit" | "starting_after" | "ending_before"))
        .all(|(name, wanted)| fits(field(body, name), wanted))
}

/// `ids` and `lookup_keys` filter by `id` and `lookup_key`.
fn field<'a>(body: &'a Body, param: &str) -> Option<&'a Json> {
    body.get(param).or_else(|| body.get(param.strip_suffix('s')?))
}

fn fits(found: Option<&Json>, wanted: &Json) -> bool {
    match wanted {
        Json::String(text) if text.is_empty() => true,
        Json::Array(allowed) => allowed.iter().any(|one| fits(found, one)),
        Json::Object(bounds) if is_range(bounds) => {
            let Some(number) = found.and_then(Json::as_i64) else { return false };
            bounds.iter().all(|(bound, limit)| within(number, bound, limit.as_i64()))
        }
        Json::Object(inner) => {
            inner.iter().all(|(name, wanted)| fits(found.and_then(|body| body.get(name)), wanted))
        }
        wanted => found.is_some_and(|found| found == wanted || found.get("id") == Some(wanted)),
    }
}

/// Whether a member lies within a `range` param: a time, or bounds.
pub(super) fn is_within(found: Option<&Json>, range: &Json) -> bool {
    fits(found, range)
}

fn is_range(bounds: &Body) -> bool {
    !bounds.is_empty() && bounds.keys().all(|name| matches!(name.as_str(), "gt" | "gte" | "lt" | "lte"))
}

fn within(number: i64, bound: &str, limit: Option<i64>) -> bool {
    let Some(limit) = limit else { return true };
    match bound {
        "gt" => number > limit,
        "gte" => number >= limit,
        "lt" => number < limit,
        _ => number <= limit,
    }
}
