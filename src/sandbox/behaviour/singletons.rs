//! Objects that exist exactly once without being created: the balance of an account, the cash balance of a
//! customer, the capabilities of an account. Each is stored once it is changed.

use crate::catalog::{Entity, Kind, catalog};
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::parent::{self, Owner};
use crate::sandbox::store::{KEY, Session};
use crate::sandbox::{complete, lifecycle};

/// Whether objects of this type exist as soon as their owner does.
pub(super) fn is_one(entity: &Entity) -> bool {
    !entity.creates() && (entity.preexisting || !entity.has_own_id())
}

pub(super) fn get(call: &Call<'_>) -> ApiResult<Json> {
    current(call).map(Json::Object)
}

pub(super) fn update(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = current(call)?;
    if call.session.get_live(&call.entity.object, &key(call))?.is_none() {
        call.session.assume(body.clone());
    }
    shape::lay_over(call.entity, &mut body, &call.params)?;
    call.touch(&mut body);
    if let Some(asked) = call.params.get("requested").filter(|_| body.contains_key("status")) {
        set(&mut body, "status", if asked == &Json::Bool(true) { "active" } else { "unrequested" });
    }
    call.keep(body)
}

/// Returns all singletons of the owner.
pub(super) fn all(call: &Call<'_>) -> ApiResult<Vec<Json>> {
    let names = names(call).unwrap_or_default();
    names.into_iter().map(|name| get(&Call { id: name.to_owned(), ..call.clone() })).collect()
}

/// Returns the singleton that a field of its owner shows, or `None` if the field does not show one.
pub(super) fn of_owner(session: &Session<'_>, owner: &str, field: &str, id: &str) -> ApiResult<Option<Json>> {
    let shape = catalog().by_key(owner).and_then(|owner| owner.field(field));
    let Some(Kind::Whole(object)) = shape.map(|shape| &shape.kind) else { return Ok(None) };
    let Some(entity) = catalog().by_key(object).filter(|entity| is_one(entity)) else { return Ok(None) };
    if let Some(kept) = session.get_live(object, id)? {
        return Ok(Some(Json::Object(kept)));
    }
    let mut body = complete::blank(entity);
    entity.parents().into_iter().for_each(|parent| set(&mut body, parent, id));
    lifecycle::write_new(entity, &mut body);
    Ok(Some(Json::Object(body)))
}

/// Returns the object as stored, or as it is before its first change.
fn current(call: &Call<'_>) -> ApiResult<Body> {
    if names(call).is_some_and(|names| !names.contains(&call.id.as_str())) {
        return Err(ApiError::absent(&call.label(), &call.id));
    }
    let key = key(call);
    if let Some(kept) = call.session.get_live(&call.entity.object, &key)? {
        return Ok(kept);
    }
    let mut body = call.fresh();
    if !call.id.is_empty() {
        set(&mut body, "id", call.id.as_str());
    }
    set(&mut body, KEY, key);
    shape::lay_over(call.entity, &mut body, &call.params)?;
    parent::write(call, &mut body);
    lifecycle::apply_defaults(call, &mut body);
    Ok(body)
}

/// Returns the key in the store, built from the owner and the name.
fn key(call: &Call<'_>) -> String {
    let owners = call.parents.iter().map(|(_, id)| id.as_str());
    let names: Vec<&str> = owners.chain([call.id.as_str()]).filter(|name| !name.is_empty()).collect();
    if names.is_empty() { "own".to_owned() } else { names.join("/") }
}

/// Returns the names of the singletons of a type, if the owner has a field for each of them.
fn names(call: &Call<'_>) -> Option<Vec<&'static str>> {
    let owner = Owner::all(call).pop()?.entity?;
    let field = call.path.split('/').find_map(|part| owner.field(part))?;
    Some(field.members()?.iter().map(|field| field.name.as_str()).collect())
}
