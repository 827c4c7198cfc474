//! The account itself, which exists without having been made.

use serde_json::Value as Json;

use crate::sandbox::call::Call;
use crate::sandbox::caller;
use crate::sandbox::error::Outcome;
use crate::sandbox::fields::{set, text};
use crate::sandbox::store::Body;

use super::generic;

/// `GET /v1/account`, and `GET /v1/accounts/{account}` of a connected one.
pub(super) fn get(call: &Call<'_>) -> Outcome<Json> {
    if !call.id.is_empty() && call.id != call.account {
        return generic::get(call);
    }
    if let Some((_, body)) =
        caller::made(call.session)?.filter(|(_, body)| of_type(body, &call.entity.object))
    {
        return Ok(Json::Object(body));
    }
    let mut body = call.fresh();
    set(&mut body, "id", call.account.as_str());
    for (name, value) in [("country", "US"), ("default_currency", "usd"), ("type", "standard")] {
        set(&mut body, name, value);
    }
    set(&mut body, "email", "sandbox@example.com");
    for name in ["charges_enabled", "details_submitted", "payouts_enabled"] {
        set(&mut body, name, true);
    }
    Ok(Json::Object(body))
}

fn of_type(body: &Body, object: &str) -> bool {
    text(body, "object") == Some(object)
}
