//! Objects that exist once without being created: the balance of an account, the cash balance of a customer, the
//! capabilities of an account. Each is stored once it is changed.

use crate::catalog::Entity;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::lifecycle;
use crate::sandbox::parent::{self, Owner};
use crate::sandbox::store::KEY;

/// Whether objects of that type exist as soon as their owner does.
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

/// All singletons of the owner.
pub(super) fn all(call: &Call<'_>) -> ApiResult<Vec<Json>> {
    let names = names(call).unwrap_or_default();
    names.into_iter().map(|name| get(&Call { id: name.to_owned(), ..call.clone() })).collect()
}

/// The object as stored, or as it is before its first change.
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

/// The key in the store: the owner and the name.
fn key(call: &Call<'_>) -> String {
    let owners = call.parents.iter().map(|(_, id)| id.as_str());
    let names: Vec<&str> = owners.chain([call.id.as_str()]).filter(|name| !name.is_empty()).collect();
    if names.is_empty() { "own".to_owned() } else { names.join("/") }
}

/// The names of the singletons of a type, if the owner has a field for each.
fn names(call: &Call<'_>) -> Option<Vec<&'static str>> {
    let owner = Owner::all(call).pop()?.entity?;
    let field = call.path.split('/').find_map(|part| owner.field(part))?;
    Some(field.members()?.iter().map(|field| field.name.as_str()).collect())
}
