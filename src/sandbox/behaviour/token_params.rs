//! Tokens that stand for params: what a token was made of is said where a call names the token.

use serde_json::Value as Json;

use crate::catalog::{Member, find};
use crate::sandbox::call::Call;
use crate::sandbox::error::ApiResult;
use crate::sandbox::fields::{Body, inner, set, text};

/// The params that name a token, and the types of their tokens.
const STAND_FOR: &[(&str, &str)] = &[
    ("account_token", "v2.core.account_token"),
    ("confirmation_token", "confirmation_token"),
    ("person_token", "v2.core.account_person_token"),
];

/// Kept with a token: the params of which it was made.
const GIVEN: &str = "_given";

/// What holds numbers of accounts and persons, which are never kept.
const NEVER_KEPT: &[&str] = &["id_numbers", "payment_method_data"];

/// Keeps with a new token what it was made of.
pub(super) fn keep_given(call: &Call<'_>, body: &mut Body) {
    if STAND_FOR.iter().any(|(_, object)| *object == call.entity.object) {
        let mut given = Json::Object(call.params.clone());
        take_out(&mut given);
        set(body, GIVEN, given);
    }
}

fn take_out(value: &mut Json) {
    let Some(members) = value.as_object_mut() else { return };
    members.retain(|name, _| !NEVER_KEPT.contains(&name.as_str()));
    members.values_mut().for_each(take_out);
}

/// The call with the params that its tokens stand for; what it says itself stays.
pub(super) fn unfold<'a>(call: &Call<'a>, known: &[Member]) -> ApiResult<Call<'a>> {
    let mut call = call.clone();
    for (param, object) in STAND_FOR {
        let Some(named) = text(&call.params, param) else { continue };
        let Some(token) = call.session.get_live(object, named)? else { continue };
        for (name, value) in inner(&token, GIVEN).into_iter().flatten() {
            if find(known, name).is_some() && !call.params.contains_key(name) {
                set(&mut call.params, name, value.clone());
            }
        }
    }
    Ok(call)
}
