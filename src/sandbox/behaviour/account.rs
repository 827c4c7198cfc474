//! Accounts: the caller's own, which exists without being created, and its connected accounts.

use crate::sandbox::auth_context;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{generic, tokens_and_sources};

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        operations: &[(Create, create), (Get, get), (Update, update)],
        actions: &[("GetCurrentAccount", get)],
        ..Behaviour::of(&["account"])
    },
    Behaviour {
        operations: &[(Create, create_v2), (Update, update_v2)],
        ..Behaviour::of(&["v2.core.account"])
    },
];

/// The roles that a version 2 account may have towards its creator.
const CONFIGURATIONS: &[&str] = &["customer", "merchant", "recipient"];

/// `GET /v1/account`, and `GET /v1/accounts/{account}` of a connected one.
fn get(call: &Call<'_>) -> ApiResult<Json> {
    if !call.id.is_empty() && call.id != call.caller.account {
        let mut body = members(generic::get(call)?);
        set_external_account(call, &mut body)?;
        return Ok(Json::Object(body));
    }
    let made = auth_context::made(call.session, &call.session.space)?.map(|(_, body)| body);
    if let Some(body) = made.filter(|body| text(body, "object") == Some(&call.entity.object)) {
        return Ok(Json::Object(body));
    }
    let mut body = call.fresh();
    body.extend(members(json!({
        "id": call.caller.account, "country": "US", "default_currency": "usd", "type": "standard",
        "email": "sandbox@example.com", "charges_enabled": true, "details_submitted": true, "payouts_enabled": true,
        "controller": {"type": "account"},
    })));
    set_external_account(call, &mut body)?;
    Ok(Json::Object(body))
}

/// `POST /v2/core/accounts`.
fn create_v2(call: &Call<'_>) -> ApiResult<Json> {
    set_applied_configurations(call, members(generic::create(call)?))
}

/// `POST /v2/core/accounts/{id}`.
fn update_v2(call: &Call<'_>) -> ApiResult<Json> {
    set_applied_configurations(call, members(generic::update(call)?))
}

/// Sets the `applied_configurations`: those that were given and not closed.
fn set_applied_configurations(call: &Call<'_>, mut body: Body) -> ApiResult<Json> {
    let mut applied = Vec::new();
    for name in CONFIGURATIONS {
        let Some(Json::Object(own)) = at_mut(&mut body, &format!("configuration.{name}")) else { continue };
        let said = at(&call.params, &format!("configuration.{name}.applied"));
        if said != Some(&Json::Bool(false)) {
            set(own, "applied", true);
            applied.push(*name);
        }
    }
    set(&mut body, "applied_configurations", applied);
    call.keep(body)
}

/// `POST /v1/accounts`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = members(generic::create(call)?);
    if let Some(given) = inner(&call.params, "controller") {
        apply_controller(&mut body, given);
        if !call.params.contains_key("type") {
            set(&mut body, "type", "none");
        }
    }
    store_account(call, body)
}

/// Applies the given `controller`; the rest gets Stripe's defaults.
fn apply_controller(body: &mut Body, given: &Body) {
    let said = |path: &str, usual: &'static str| text(given, path).unwrap_or(usual).to_owned();
    set(
        body,
        "controller",
        json!({
            "fees": {"payer": said("fees.payer", "account")}, "is_controller": true,
            "losses": {"payments": said("losses.payments", "stripe")},
            "requirement_collection": said("requirement_collection", "stripe"),
            "stripe_dashboard": {"type": said("stripe_dashboard.type", "full")}, "type": "application",
        }),
    );
}

/// `POST /v1/accounts/{account}`.
fn update(call: &Call<'_>) -> ApiResult<Json> {
    store_account(call, members(generic::update(call)?))
}

/// Stores an account together with the params that do more than set the field of their name.
fn store_account(call: &Call<'_>, mut body: Body) -> ApiResult<Json> {
    for (name, asked) in inner(&call.params, "capabilities").into_iter().flatten() {
        capability(&mut body, name, asked.get("requested") == Some(&Json::Bool(true)));
    }
    if let Some(params) = inner(&call.params, "individual") {
        apply_individual(call, &mut body, params)?;
    }
    if let Some(given) = call.params.get("external_account").filter(|given| **given != "") {
        tokens_and_sources::set_external_account(call, id(&body), given)?;
    }
    set_external_account(call, &mut body)?;
    due(&mut body);
    call.keep(body)
}

/// Adds the external account to which payouts go.
fn set_external_account(call: &Call<'_>, body: &mut Body) -> ApiResult<()> {
    let held = tokens_and_sources::external_accounts(call, id(body))?;
    let url = format!("/v1/accounts/{}/external_accounts", id(body));
    set(body, "external_accounts", json!({"object": "list", "data": held, "has_more": false, "url": url}));
    Ok(())
}

/// The requirements that must be met before an account may be paid.
const DUE: &[&str] = &[
    "business_profile.product_description",
    "business_profile.support_phone",
    "business_profile.url",
    "external_account",
    "tos_acceptance.date",
    "tos_acceptance.ip",
];

fn due(body: &mut Body) {
    let known = |path: &str| match path {
        "external_account" => !items(body, "external_accounts.data").is_empty(),
        _ => at(body, path).is_some_and(|known| !known.is_null()),
    };
    let due: Vec<&str> = DUE.iter().copied().filter(|path| !known(path)).collect();
    let reason = if due.is_empty() { Json::Null } else { "requirements.past_due".into() };
    set_inner(body, "requirements", "disabled_reason", reason);
    for name in ["currently_due", "eventually_due", "past_due"] {
        set_inner(body, "requirements", name, due.clone());
    }
    enable_payments(body, due.is_empty());
}

/// Enables payments and payouts if all requirements are met.
fn enable_payments(body: &mut Body, known: bool) {
    let state = if known { "active" } else { "inactive" };
    let mut charges = false;
    for (name, held) in at_mut(body, "capabilities").and_then(Json::as_object_mut).into_iter().flatten() {
        *held = state.into();
        charges |= name.ends_with("_payments");
    }
    body.extend(body! {
        "charges_enabled": known && charges, "details_submitted": known, "payouts_enabled": known,
    });
}

/// Sets a capability: a requested one is inactive until all requirements are met; one that is no longer
/// requested is removed.
fn capability(body: &mut Body, name: &str, requested: bool) {
    let Some(known) = body.get_mut("capabilities").and_then(Json::as_object_mut) else { return };
    if requested {
        known.entry(name).or_insert_with(|| "inactive".into());
    } else {
        known.shift_remove(name);
    }
}

/// Creates or updates the person behind the account.
fn apply_individual(call: &Call<'_>, body: &mut Body, params: &Body) -> ApiResult<()> {
    let mut about = call.about("person", params.clone())?;
    about.parents = vec![("account".to_owned(), id(body).to_owned())];
    about.path = format!("/v1/accounts/{}/persons", id(body));
    let known = inner(body, "individual").map(|person| id(person).to_owned());
    let mut person = members(match known {
        None => generic::create(&about)?,
        Some(known) => {
            generic::update(&Call { path: format!("{}/{known}", about.path), id: known, ..about.clone() })?
        }
    });
    set_inner(&mut person, "relationship", "representative", true);
    call.session.put(&person)?;
    set(body, "individual", person);
    Ok(())
}
