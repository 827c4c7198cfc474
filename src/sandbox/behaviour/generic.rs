//! The default behaviour of every type: the five operations on fields of the same name.

use crate::catalog::OperationKind;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{singletons, token_params};
use crate::sandbox::parent::{self, Owner};
use crate::sandbox::{embedded, lifecycle, search, view};

/// Runs an operation with the default behaviour.
pub(super) fn operate(call: &Call<'_>, kind: OperationKind) -> ApiResult<Json> {
    if let Some(why) = lifecycle::missing(call.entity, kind) {
        return Err(ApiError::unsupported(why));
    }
    match kind {
        Create => create(call),
        Get => get(call),
        Update => update(call),
        Delete => delete(call),
        List => list(call),
        OperationKind::Search => search::answer(call),
    }
}

/// Creates an object; its owners are written to the fields of their names.
pub(super) fn create(call: &Call<'_>) -> ApiResult<Json> {
    parent::check(call)?;
    let mut body = call.build()?;
    parent::write(call, &mut body);
    token_params::store_params(call, &mut body);
    call.keep(body)
}

/// Shows an object.
pub(super) fn get(call: &Call<'_>) -> ApiResult<Json> {
    parent::check(call)?;
    if singletons::is_one(call.entity) {
        return singletons::get(call);
    }
    if let Some(stored) = call.stored()?
        && stored.gone
        && LEAVES_STUB.contains(&call.entity.object.as_str())
    {
        return Ok(view::stub(&stored.body));
    }
    named(call).map(Json::Object)
}

/// Returns the object in the path if its owners are those in the path.
fn named(call: &Call<'_>) -> ApiResult<Body> {
    parent::owned(call, call.named()?)
}

/// Types whose deleted objects can still be read.
const LEAVES_STUB: &[&str] = &["customer", "terminal.configuration", "terminal.location", "terminal.reader"];

/// Changes an object.
pub(super) fn update(call: &Call<'_>) -> ApiResult<Json> {
    parent::check(call)?;
    if singletons::is_one(call.entity) {
        return singletons::update(call);
    }
    named(call)?;
    call.keep(call.revise()?)
}

/// Deletes an object.
pub(super) fn delete(call: &Call<'_>) -> ApiResult<Json> {
    parent::check(call)?;
    let body = named(call)?;
    remove(call, &body)
}

/// Deletes an object that was already read, and answers with its stub.
pub(super) fn remove(call: &Call<'_>, body: &Body) -> ApiResult<Json> {
    let object = text(body, "object").unwrap_or(&call.entity.object);
    call.session.remove(object, id(body))?;
    let mut stub = view::stub(body);
    if let Some(members) = stub.as_object_mut().filter(|_| call.entity.is_v2()) {
        members.shift_remove("deleted");
    }
    Ok(stub)
}

/// Returns a page of the objects of a type, or only of those of the owners in the path.
pub(super) fn list(call: &Call<'_>) -> ApiResult<Json> {
    parent::check(call)?;
    if singletons::is_one(call.entity) {
        return page::of_items(call, &singletons::all(call)?);
    }
    if let Some(items) = embedded(call)? {
        return page::of_items(call, &items);
    }
    page::of_kinds(call, &call.objects(), parent::filters(call), |_| true)
}

/// Returns the items that the owner stores itself, if no call creates them.
fn embedded(call: &Call<'_>) -> ApiResult<Option<Vec<Json>>> {
    let owners = Owner::all(call);
    let Some(owner) = owners.last().filter(|_| !call.entity.creates()) else { return Ok(None) };
    let field = call.path.rsplit('/').next().unwrap_or_default();
    Ok(embedded::all_items(&owner.named(call)?, field).map(<[Json]>::to_vec))
}
