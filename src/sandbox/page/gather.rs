//! The size of a page, and its objects.

use serde_json::Value as Json;

use crate::catalog::OperationKind;
use crate::sandbox::call::Call;
use crate::sandbox::due;
use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::fields::text;
use crate::sandbox::page::filter::{made, matches, pushed};
use crate::sandbox::store::{Body, ObjectQuery};

/// The maximum number of objects on one page.
const MOST: i64 = 100;

/// The default number of objects on a page.
const USUAL: i64 = 10;

/// Returns how many objects a page may contain.
pub(in crate::sandbox) fn limit(params: &Body) -> ApiResult<usize> {
    let limit = params.get("limit").and_then(Json::as_i64).unwrap_or(USUAL);
    if (1..=MOST).contains(&limit) {
        return Ok(usize::try_from(limit).unwrap_or(10));
    }
    let name = if limit > MOST { "limit_too_high" } else { "limit_too_low" };
    Err(ApiError::of(name, &[("given", &limit), ("most", &MOST)]))
}

/// Whether objects under test clocks are left out: they are listed only if their clock or their customer is
/// named.
fn hides_clocked(call: &Call<'_>, filters: &Body) -> bool {
    let list = call.entity.operation(OperationKind::List);
    list.is_some_and(|list| list.param("test_clock").is_some())
        && !["customer", "test_clock"].iter().any(|name| filters.contains_key(*name))
}

/// Returns the objects of a page with their positions, in the order shown, and whether there are more.
pub(super) fn gather(
    call: &Call<'_>,
    mut walk: ObjectQuery<'_>,
    filters: &Body,
    also: impl Fn(&Body) -> bool,
) -> ApiResult<(Vec<(i64, Json)>, bool)> {
    let limit = limit(filters)?;
    walk.having.extend(pushed(call.entity, filters));
    walk.made = made(call.entity, filters);
    let hides = hides_clocked(call, filters);
    let mut found = Vec::new();
    call.session.walk(&walk, |mut stored| {
        due::bring_to(call.now, &mut stored.body);
        let is_hidden = hides && text(&stored.body, "test_clock").is_some();
        if !is_hidden && also(&stored.body) && matches(call.entity, &stored.body, filters) {
            found.push((stored.seq, Json::Object(stored.body)));
        }
        found.len() <= limit
    })?;
    let more = found.len() > limit;
    found.truncate(limit);
    if walk.forward {
        found.reverse();
    }
    Ok((found, more))
}
