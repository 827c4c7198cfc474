//! The calls for single items, each of which changes the subscription.

use crate::sandbox::behaviour::customer_time;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::subscription::item::of;
use crate::sandbox::behaviour::subscription::{change, pending};
use crate::sandbox::view;

/// Returns the subscription of an item, and the call at the time of its test clock.
fn owner_of<'a>(call: &Call<'a>, subscription: &str) -> ApiResult<(Call<'a>, Body)> {
    let owner = call.session.referred("subscription", subscription, "subscription")?;
    Ok((customer_time::of(call, &owner)?, owner))
}

/// `POST /v1/subscription_items`.
pub fn create(call: &Call<'_>) -> ApiResult<Json> {
    let (call, owner) = owner_of(call, call.required_param("subscription")?)?;
    let known = of(&call, id(&owner))?;
    let owner = changed(&call, owner, call.params.clone())?;
    let is_new = |item: &&Body| known.iter().all(|known| id(known) != id(item));
    let waiting = || objects(&owner, "pending_update.subscription_items");
    let added = of(&call, id(&owner))?.iter().chain(waiting()).find(is_new).cloned();
    added.map(Json::Object).ok_or_else(|| ApiError::internal("The new item was not kept."))
}

/// Changes one item of a subscription.
fn changed(call: &Call<'_>, owner: Body, entry: Body) -> ApiResult<Body> {
    let before = owner.clone();
    pending::once_paid(call, &before, || change::items(call, owner, &[entry], ""))
}

/// `POST /v1/subscription_items/{id}`.
pub fn update(call: &Call<'_>) -> ApiResult<Json> {
    named(call, call.params.clone())?;
    call.named().map(Json::Object)
}

/// `DELETE /v1/subscription_items/{id}`: a subscription keeps at least one item.
pub fn delete(call: &Call<'_>) -> ApiResult<Json> {
    named(call, body! {"deleted": true}).map(|before| view::stub(&before))
}

/// Changes the item in the path, and returns it as it was before.
fn named(call: &Call<'_>, mut entry: Body) -> ApiResult<Body> {
    let before = call.named()?;
    let (call, owner) = owner_of(call, needed(&before, "subscription")?)?;
    set(&mut entry, "id", id(&before));
    changed(&call, owner, entry)?;
    Ok(before)
}

/// `GET /v1/subscription_items`, oldest first.
pub fn list(call: &Call<'_>) -> ApiResult<Json> {
    let owner = call.required_param("subscription")?;
    call.session.referred("subscription", owner, "subscription")?;
    let own: Vec<Json> = of(call, owner)?.into_iter().map(Json::Object).collect();
    page::of_items(call, &own)
}
