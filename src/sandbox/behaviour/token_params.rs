//! Tokens that stand for params: a call that names a token gets the params with which the token was created.

use serde_json::Value as Json;

use crate::catalog::{Member, find};
use crate::sandbox::call::Call;
use crate::sandbox::error::ApiResult;
use crate::sandbox::fields::{Body, inner, set, text};

/// The params that name a token, with the types of their tokens.
const STAND_FOR: &[(&str, &str)] = &[
    ("account_token", "v2.core.account_token"),
    ("confirmation_token", "confirmation_token"),
    ("person_token", "v2.core.account_person_token"),
];

/// Stored with a token: the params with which it was created.
const GIVEN: &str = "_given";

/// Params with account numbers or personal numbers, which are never stored.
const NEVER_KEPT: &[&str] = &["id_numbers", "payment_method_data"];

/// Stores the params with a new token.
pub(super) fn store_params(call: &Call<'_>, body: &mut Body) {
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

/// Returns the call with the params of its tokens added; its own params take precedence.
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
