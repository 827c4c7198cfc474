//! Payment method configurations, which say what an account offers. The default one exists from the start,
//! and is stored once it is changed.

use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{generic, payment_method};

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] =
    &[Behaviour { operations: &[(Get, get), (List, list), (Update, update)], ..Behaviour::of(&[OBJECT]) }];

const OBJECT: &str = "payment_method_configuration";

/// The types of payment methods that the default offers.
const OFFERED: &[&str] = &["card", "link"];

/// Whether an id belongs to the account's default.
pub(super) fn is_default(call: &Call<'_>, object: &str, id: &str) -> bool {
    object == OBJECT && id == payment_method::configuration_id(&call.caller.account)
}

/// Returns the default, unless it was changed.
fn initial_default(call: &Call<'_>) -> ApiResult<Option<Body>> {
    let own = payment_method::configuration_id(&call.caller.account);
    if call.session.get(OBJECT, &own)?.is_some() {
        return Ok(None);
    }
    let mut body = call.about(OBJECT, Body::new())?.build()?;
    body.extend(body! {"id": own, "is_default": true});
    for kind in OFFERED {
        let shown = json!({"overridable": null, "preference": "none", "value": "on"});
        set(&mut body, kind, json!({"available": true, "display_preference": shown}));
    }
    Ok(Some(body))
}

/// `GET /v1/payment_method_configurations/{configuration}`.
fn get(call: &Call<'_>) -> ApiResult<Json> {
    match initial_default(call)?.filter(|body| id(body) == call.id) {
        Some(body) => Ok(Json::Object(body)),
        None => generic::get(call),
    }
}

/// `GET /v1/payment_method_configurations`: the default comes last, since it is the oldest.
fn list(call: &Call<'_>) -> ApiResult<Json> {
    let mut all = Vec::new();
    call.session.walk(&ObjectQuery::of(OBJECT), |stored| {
        all.push(stored.body);
        true
    })?;
    all.extend(initial_default(call)?);
    all.retain(|body| page::matches(call.entity, body, &call.params));
    page::of_items(call, &all.into_iter().map(Json::Object).collect::<Vec<_>>())
}

/// `POST /v1/payment_method_configurations/{configuration}`.
fn update(call: &Call<'_>) -> ApiResult<Json> {
    if let Some(body) = initial_default(call)?.filter(|body| id(body) == call.id) {
        call.session.put(&body)?;
    }
    generic::update(call)
}
