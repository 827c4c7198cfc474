//! What every type of object does: the five operations on fields of the same name.

use serde_json::Value as Json;

use crate::catalog::{FieldKind, catalog};
use crate::sandbox::call::Call;
use crate::sandbox::error::Outcome;
use crate::sandbox::fields::{id, set, text};
use crate::sandbox::page;
use crate::sandbox::store::Body;
use crate::sandbox::view;

/// Makes an object; what it belongs to goes to the field of that name.
pub(super) fn create(call: &Call<'_>) -> Outcome<Json> {
    check_parents(call)?;
    let mut body = call.build()?;
    if let Some(own) = text(&call.params, "id") {
        set(&mut body, "id", own);
    }
    for (name, id) in &call.parents {
        let field = if call.entity.field(name).is_some() { name.clone() } else { hidden(name) };
        set(&mut body, &field, id.as_str());
    }
    fill_in(call, &mut body);
    call.keep(body)
}

/// What an object belongs to when it has no field to say it.
fn hidden(parent: &str) -> String {
    format!("_{parent}")
}

/// What a new object is unless told otherwise: active, enabled, with the first of its states.
fn fill_in(call: &Call<'_>, body: &mut Body) {
    if body.contains_key("active") && !call.params.contains_key("active") {
        set(body, "active", true);
    }
    let status = call.entity.field("status").map(|field| &field.kind);
    if let Some(FieldKind::String { values }) = status
        && text(body, "status").is_none_or(|status| values.first().is_some_and(|first| first == status))
    {
        let fresh = ["active", "enabled", "open", "pending"]
            .iter()
            .find(|one| values.iter().any(|value| value == *one));
        if let Some(fresh) = fresh {
            set(body, "status", *fresh);
        }
    }
}

/// What the path says an object belongs to must exist.
fn check_parents(call: &Call<'_>) -> Outcome<()> {
    for (name, id) in &call.parents {
        if name != "account" && catalog().by_object(name).is_some() {
            call.session.named(name, id)?;
        }
    }
    Ok(())
}

/// Shows an object.
pub(super) fn get(call: &Call<'_>) -> Outcome<Json> {
    check_parents(call)?;
    let object = call.entity.object.as_str();
    if let Some(stored) = call.session.get(object, &call.id)?
        && stored.gone
        && LEAVES_STUB.contains(&object)
    {
        return Ok(view::stub(&stored.body));
    }
    call.named().map(Json::Object)
}

/// Types whose deleted objects can still be asked for.
const LEAVES_STUB: &[&str] = &["customer", "terminal.configuration", "terminal.location", "terminal.reader"];

/// Changes an object.
pub(super) fn update(call: &Call<'_>) -> Outcome<Json> {
    call.keep(call.revise()?)
}

/// Deletes an object.
pub(super) fn delete(call: &Call<'_>) -> Outcome<Json> {
    let body = call.named()?;
    remove(call, &body)
}

/// Deletes an object that was read before, and answers with what is left of it.
pub(super) fn remove(call: &Call<'_>, body: &Body) -> Outcome<Json> {
    call.session.remove(&call.entity.object, id(body))?;
    Ok(view::stub(body))
}

/// One page of the objects of a type, or of those that belong to what the path names.
pub(super) fn list(call: &Call<'_>) -> Outcome<Json> {
    check_parents(call)?;
    page::of_objects(call, &call.entity.object, |body| {
        call.parents.iter().all(|(name, id)| {
            let owner = text(body, name).or_else(|| text(body, &hidden(name)));
            owner == Some(id.as_str())
        })
    })
}
