//! Search: returns objects that match a query in Stripe's query language, in pages with a token.
//!
//! The store first filters as far as it can without reading whole objects. A full page ends the search; only
//! `total_count` goes through all objects.

use serde_json::{Value as Json, json};

use crate::sandbox::call::Call;
use crate::sandbox::error::ApiResult;
use crate::sandbox::page::{Token, limit};
use crate::sandbox::store::ObjectQuery;

mod clause;
mod words;

use clause::Query;

/// Answers `GET /v1/customers/search` and similar calls.
pub(super) fn answer(call: &Call<'_>) -> ApiResult<Json> {
    let limit = limit(&call.params)?;
    let query = parse_query(call)?;
    let start = Token::of(&call.params)?.map(|token| token.start());
    let mut found = Vec::new();
    let walk = ObjectQuery { start, ..query.walk(&call.entity.object) };
    call.session.walk(&walk, |stored| {
        if query.fits(&stored.body) {
            found.push((stored.seq, Json::Object(stored.body)));
        }
        found.len() <= limit
    })?;
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| has_more).map(|(seq, _)| Token::after(*seq, &call.params).written());
    let data: Vec<Json> = found.into_iter().map(|(_, body)| body).collect();
    Ok(json!({
        "object": "search_result", "data": data, "has_more": has_more, "next_page": next, "url": call.path,
    }))
}

/// Adds the number of objects on all pages to the answer of a search.
pub(super) fn count(call: &Call<'_>, answer: &mut Json) -> ApiResult<()> {
    let query = parse_query(call)?;
    let mut total = 0;
    call.session.walk(&query.walk(&call.entity.object), |stored| {
        total += u64::from(query.fits(&stored.body));
        true
    })?;
    if let Some(answer) = answer.as_object_mut() {
        answer.insert("total_count".to_owned(), total.into());
    }
    Ok(())
}

fn parse_query(call: &Call<'_>) -> ApiResult<Query> {
    Query::read(call.required_param("query")?, call.entity)
}
