//! Tokens that stand for params: what a token was made of is said where a call names the token.

use serde_json::Value as Json;

use crate::catalog::{Member, find};
use crate::sandbox::call::Call;
use crate::sandbox::error::Outcome;
use crate::sandbox::fields::{Body, inner, set, text};

/// The params that name a token, and the types of their tokens.
const STAND_FOR: &[(&str, &str)] = &[
    ("account_token", "v2.core.account_token"),
    ("confirmation_token", "confirmation_token"),
    ("person_token", "v2.core.account_person_token"),
];

/// Kept with a token: the params of which it was made.
const GIVEN: &str = "_given";

/// Keeps with a new token what it was made of.
pub(super) fn keep_given(call: &Call<'_>, body: &mut Body) {
    if STAND_FOR.iter().any(|(_, object)| *object == call.entity.object) {
        set(body, GIVEN, Json::Object(call.params.clone()));
    }
}

/// The call with the params that its tokens stand for; what it says itself stays.
pub(super) fn unfold<'a>(call: &Call<'a>, known: &[Member]) -> Outcome<Call<'a>> {
    let mut call = call.clone();
    for (param, object) in STAND_FOR {
        let Some(named) = text(&call.params, param) else { continue };
        let Some(token) = call.session.alive(object, named)? else { continue };
        for (name, value) in inner(&token, GIVEN).into_iter().flatten() {
            if find(known, name).is_some() && !call.params.contains_key(name) {
                set(&mut call.params, name, value.clone());
            }
        }
    }
    Ok(call)
}
