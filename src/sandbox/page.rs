//! Lists: newest first, with a cursor in either direction, and filters by the fields of the same name.

use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::catalog::OperationKind;
use crate::sandbox::call::Call;
use crate::sandbox::check::exclusive;
use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::fields::text;
use crate::sandbox::store::{Body, ObjectQuery};

mod filter;
mod gather;
mod token;

pub(super) use filter::matches;
pub(super) use gather::limit;
pub(super) use token::Token;

use gather::gather;

/// The start of a page and its size.
#[derive(Debug)]
struct PageBounds {
    limit: usize,
    starting_after: Option<String>,
    ending_before: Option<String>,
}

impl PageBounds {
    fn of(params: &Body) -> ApiResult<Self> {
        let cursor = |name| text(params, name).map(str::to_owned);
        let window = Self {
            limit: limit(params)?,
            starting_after: cursor("starting_after"),
            ending_before: cursor("ending_before"),
        };
        if window.starting_after.is_some() && window.ending_before.is_some() {
            return Err(exclusive("ending_before", "starting_after"));
        }
        Ok(window)
    }

    fn cursor(&self) -> Option<(&str, &'static str)> {
        let after = self.starting_after.as_deref().map(|id| (id, "starting_after"));
        after.or_else(|| self.ending_before.as_deref().map(|id| (id, "ending_before")))
    }
}

/// Returns the page of a list call, with the objects of one type that match its filters and `also`.
pub(super) fn of_objects(call: &Call<'_>, object: &str, also: impl Fn(&Body) -> bool) -> ApiResult<Json> {
    of_kinds(call, &[object], Vec::new(), also)
}

/// Returns the page of a list call, with the objects of several types whose fields contain the texts in
/// `having` and that match its filters and `also`.
pub(super) fn of_kinds(
    call: &Call<'_>,
    objects: &[&str],
    having: Vec<(String, String)>,
    also: impl Fn(&Body) -> bool,
) -> ApiResult<Json> {
    if call.entity.is_v2() {
        return token::page(call, objects, having, also);
    }
    let window = PageBounds::of(&call.params)?;
    let start = window.cursor().map(|(id, param)| position(call, objects, id, param)).transpose()?;
    let forward = window.ending_before.is_some();
    let walk = ObjectQuery { objects: objects.to_vec(), start, forward, having, ..ObjectQuery::default() };
    let (found, more) = gather(call, walk, &call.params, also)?;
    let found: Vec<Json> = found.into_iter().map(|(_, body)| body).collect();
    Ok(page_of(&found, more, &call.path))
}

/// Returns the position of the cursor's object, which must exist.
fn position(call: &Call<'_>, objects: &[&str], id: &str, param: &str) -> ApiResult<i64> {
    for object in objects {
        if let Some(stored) = call.session.get(object, id)?.filter(|stored| !stored.gone) {
            return Ok(stored.seq);
        }
    }
    Err(ApiError::unknown_reference(&call.label(), id, param))
}

/// Returns the page of a list call over items that another object contains, in their order.
pub(super) fn of_items(call: &Call<'_>, all: &[Json]) -> ApiResult<Json> {
    let mut window = PageBounds::of(&call.params)?;
    let list = call.entity.operation(OperationKind::List);
    if list.is_none_or(|list| list.param("limit").is_none()) {
        // A list call without `limit` shows all items.
        window.limit = all.len();
    }
    let mut items = all.to_vec();
    if let Some((id, param)) = window.cursor() {
        let at = items.iter().position(|item| item.get("id").and_then(Json::as_str) == Some(id));
        let at = at.ok_or_else(|| ApiError::unknown_reference(&call.label(), id, param))?;
        if window.ending_before.is_some() {
            items.truncate(at);
            let left_out = at.saturating_sub(window.limit);
            return Ok(page_of(&items.split_off(left_out), left_out > 0, &call.path));
        }
        items.drain(..=at);
    }
    let more = items.len() > window.limit;
    items.truncate(window.limit);
    Ok(page_of(&items, more, &call.path))
}

fn page_of(data: &[Json], has_more: bool, url: &str) -> Json {
    json!({"object": "list", "data": data, "has_more": has_more, "url": url})
}

/// A page in a field of an object, with the first ten items.
pub(super) fn embedded(items: &[impl Serialize], url: &str) -> Json {
    within(items, items.get(..10).unwrap_or(items), url)
}

/// A page in a field of an object, with all items.
pub(super) fn full_page(items: &[impl Serialize], url: &str) -> Json {
    within(items, items, url)
}

fn within<I: Serialize>(items: &[I], shown: &[I], url: &str) -> Json {
    json!({
        "object": "list", "data": shown, "has_more": items.len() > shown.len(),
        "total_count": items.len(), "url": url,
    })
}
