//! Accounts: the caller's own, which exists without having been made, and those connected to it.

use serde_json::{Value as Json, json};

use crate::sandbox::auth_context;
use crate::sandbox::call::Call;
use crate::sandbox::error::Outcome;
use crate::sandbox::fields::{id, inner, items, member, set, set_inner, text};
use crate::sandbox::store::Body;

use super::definition::{Behaviour, Create, Get, Update};
use super::generic;

/// What this module answers.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create), (Get, get), (Update, update)],
    actions: &[("GetCurrentAccount", get)],
    ..Behaviour::of(&["account"])
}];

/// Params that mean more than a field of their name.
const SPECIAL: &[&str] = &["capabilities", "individual"];

/// `GET /v1/account`, and `GET /v1/accounts/{account}` of a connected one.
fn get(call: &Call<'_>) -> Outcome<Json> {
    if !call.id.is_empty() && call.id != call.account {
        let mut body = kept(generic::get(call)?);
        paid_out_to(call, &mut body)?;
        return Ok(Json::Object(body));
    }
    if let Some((_, body)) =
        auth_context::made(call.session)?.filter(|(_, body)| of_type(body, &call.entity.object))
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
    set(&mut body, "controller", json!({"type": "account"}));
    paid_out_to(call, &mut body)?;
    Ok(Json::Object(body))
}

/// `POST /v1/accounts`.
fn create(call: &Call<'_>) -> Outcome<Json> {
    let mut body = kept(generic::create(&plain(call))?);
    let kind = text(&body, "type").unwrap_or("standard").to_owned();
    if inner(&call.params, "controller").is_none() {
        set(&mut body, "controller", controller(&kind));
    }
    at_home(&mut body);
    special(call, &mut body)?;
    paid_out_to(call, &mut body)?;
    due(&mut body);
    call.keep(body)
}

/// A company is where its account is, unless it says otherwise.
fn at_home(body: &mut Body) {
    let country = member(body, "country");
    let address = body.get_mut("company").and_then(|company| company.get_mut("address")?.as_object_mut());
    if let Some(address) = address.filter(|address| text(address, "country").is_none()) {
        set(address, "country", country);
    }
}

/// `POST /v1/accounts/{account}`.
fn update(call: &Call<'_>) -> Outcome<Json> {
    let mut body = kept(generic::update(&plain(call))?);
    special(call, &mut body)?;
    paid_out_to(call, &mut body)?;
    due(&mut body);
    call.keep(body)
}

fn plain<'a>(call: &Call<'a>) -> Call<'a> {
    let mut plain = call.clone();
    plain.params.retain(|name, _| !SPECIAL.contains(&name.as_str()));
    plain
}

fn kept(answer: Json) -> Body {
    match answer {
        Json::Object(body) => body,
        _ => Body::new(),
    }
}

/// Who answers for an account of that type, and who pays its fees.
fn controller(kind: &str) -> Json {
    let (payer, losses, collection, dashboard) = match kind {
        "custom" => ("application_custom", "application", "application", "none"),
        "express" => ("application_express", "application", "stripe", "express"),
        _ => ("account", "stripe", "stripe", "full"),
    };
    json!({
        "fees": {"payer": payer}, "is_controller": true, "losses": {"payments": losses},
        "requirement_collection": collection, "stripe_dashboard": {"type": dashboard}, "type": "application",
    })
}

/// Puts in what the account is paid out to.
fn paid_out_to(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    let mut held = Vec::new();
    for object in ["bank_account", "card"] {
        held.extend(call.session.having(object, "account", id(body))?.into_iter().map(Json::Object));
    }
    let url = format!("/v1/accounts/{}/external_accounts", id(body));
    set(body, "external_accounts", json!({"object": "list", "data": held, "has_more": false, "url": url}));
    Ok(())
}

/// What Stripe still has to know of an account before it may be paid.
const DUE: &[&str] = &[
    "business_profile.product_description",
    "business_profile.support_phone",
    "business_profile.url",
    "external_account",
    "tos_acceptance.date",
    "tos_acceptance.ip",
];

fn due(body: &mut Body) {
    let known = |path: &str| match path.split_once('.') {
        Some((outer, name)) => {
            inner(body, outer).and_then(|inner| inner.get(name)).is_some_and(|it| !it.is_null())
        }
        None => inner(body, "external_accounts").is_some_and(|held| !items(held, "data").is_empty()),
    };
    let due: Vec<&str> = DUE.iter().copied().filter(|path| !known(path)).collect();
    let reason = if due.is_empty() { Json::Null } else { "requirements.past_due".into() };
    set_inner(body, "requirements", "disabled_reason", reason);
    for name in ["currently_due", "eventually_due"] {
        set_inner(body, "requirements", name, due.clone());
    }
}

fn special(call: &Call<'_>, body: &mut Body) -> Outcome<()> {
    for (name, asked) in inner(&call.params, "capabilities").into_iter().flatten() {
        capability(body, name, asked.get("requested") == Some(&Json::Bool(true)));
    }
    match inner(&call.params, "individual") {
        Some(params) => individual(call, body, params),
        None => Ok(()),
    }
}

/// What is requested is inactive until Stripe knows enough of the account; what is no longer
/// requested goes.
fn capability(body: &mut Body, name: &str, requested: bool) {
    let Some(known) = body.get_mut("capabilities").and_then(Json::as_object_mut) else { return };
    if requested {
        known.entry(name).or_insert_with(|| "inactive".into());
    } else {
        known.shift_remove(name);
    }
}

/// The person behind the account, who is made or changed with it.
fn individual(call: &Call<'_>, body: &mut Body, params: &Body) -> Outcome<()> {
    let mut about = call.about("person", params.clone())?;
    about.parents = vec![("account".to_owned(), id(body).to_owned())];
    about.path = format!("/v1/accounts/{}/persons", id(body));
    let known = inner(body, "individual").map(|person| id(person).to_owned());
    let mut person = kept(match known {
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

fn of_type(body: &Body, object: &str) -> bool {
    text(body, "object") == Some(object)
}
