//! The calls about the items of a subscription: each is a change of the subscription.

use serde_json::{Value as Json, json};

use crate::sandbox::behaviour::customer_time;
use crate::sandbox::call::Call;
use crate::sandbox::error::{Failure, Outcome};
use crate::sandbox::fields::{id, needed, set, status, text};
use crate::sandbox::page;
use crate::sandbox::store::Body;
use crate::sandbox::view;

use super::change;
use super::ending::ENDED;
use super::item::of;

fn owner_of<'a>(call: &Call<'a>, subscription: &str) -> Outcome<(Call<'a>, Body)> {
    let owner = call.session.referred("subscription", subscription, "subscription")?;
    if ENDED.contains(&status(&owner)) {
        let message = format!("The subscription {subscription} is canceled, so its items cannot be changed.");
        return Err(Failure::state(message).param("subscription"));
    }
    let customer = call.session.named("customer", needed(&owner, "customer")?)?;
    Ok((customer_time::of(call, &customer)?, owner))
}

/// `POST /v1/subscription_items`.
pub(in crate::sandbox::behaviour) fn create(call: &Call<'_>) -> Outcome<Json> {
    let (call, owner) = owner_of(call, call.demanded("subscription")?)?;
    let known: Vec<String> = of(&call, id(&owner))?.iter().map(|item| id(item).to_owned()).collect();
    change::items(&call, owner, std::slice::from_ref(&call.params), "")?;
    let added = of(&call, call.demanded("subscription")?)?
        .into_iter()
        .find(|item| !known.contains(&id(item).to_owned()));
    let added = added.ok_or_else(|| Failure::internal("The new item was not kept."))?;
    Ok(Json::Object(added))
}

/// `POST /v1/subscription_items/{id}`.
pub(in crate::sandbox::behaviour) fn update(call: &Call<'_>) -> Outcome<Json> {
    let before = call.named()?;
    let (call, owner) = owner_of(call, text(&before, "subscription").unwrap_or_default())?;
    let mut params = call.params.clone();
    set(&mut params, "id", call.id.as_str());
    change::items(&call, owner, &[params], "")?;
    call.named().map(Json::Object)
}

/// `DELETE /v1/subscription_items/{id}`: a subscription keeps one item at least.
pub(in crate::sandbox::behaviour) fn delete(call: &Call<'_>) -> Outcome<Json> {
    let before = call.named()?;
    let (call, owner) = owner_of(call, text(&before, "subscription").unwrap_or_default())?;
    let mut params = Body::new();
    set(&mut params, "id", call.id.as_str());
    set(&mut params, "deleted", true);
    change::items(&call, owner, &[params], "")?;
    Ok(view::stub(&before))
}

/// `GET /v1/subscription_items`.
pub(in crate::sandbox::behaviour) fn list(call: &Call<'_>) -> Outcome<Json> {
    let owner = call.demanded("subscription")?;
    call.session.referred("subscription", owner, "subscription")?;
    let own: Vec<Json> = of(call, owner)?.into_iter().map(Json::Object).collect();
    let page = page::of_items(call, &own)?;
    Ok(
        json!({"object": "list", "data": page.get("data"), "has_more": page.get("has_more"), "url": page.get("url")}),
    )
}
