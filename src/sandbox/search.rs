//! Search: objects that fit a clause of Stripe's query language, in pages with a token.

use serde_json::{Value as Json, json};

use super::call::Call;
use super::error::Outcome;
use super::fields::text;
use super::page::{Token, limit};
use super::store::Walk;

mod clause;
mod words;

use clause::Query;

/// `GET /v1/customers/search` and its like.
pub(super) fn answer(call: &Call<'_>) -> Outcome<Json> {
    let limit = limit(&call.params)?;
    let query = Query::read(text(&call.params, "query").unwrap_or_default(), call.entity)?;
    let start = Token::of(&call.params)?.map(|token| token.start());
    let mut found = Vec::new();
    let mut total = 0;
    let walk = Walk::of(&call.entity.object);
    call.session.walk(&walk, |stored| {
        if query.fits(&stored.body) {
            total += 1;
            if start.is_none_or(|start| stored.seq < start) && found.len() <= limit {
                found.push((stored.seq, Json::Object(stored.body)));
            }
        }
        true
    })?;
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| has_more).map(|(seq, _)| Token::after(*seq, &call.params).written());
    let data: Vec<Json> = found.into_iter().map(|(_, body)| body).collect();
    Ok(json!({
        "object": "search_result", "data": data, "has_more": has_more, "next_page": next, "url": call.path,
        "total_count": total,
    }))
}
