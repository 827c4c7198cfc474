//! Runs the actions that need no code: the transitions of `lifecycle.toml`.

use crate::catalog::catalog;
use crate::sandbox::behaviour::generic;
use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::lifecycle::{self, Transition, TransitionKind};
use crate::sandbox::parent;

/// Runs an action.
pub(super) fn run(call: &Call<'_>, name: &str) -> ApiResult<Json> {
    let action = catalog().action(name).map(|(_, action)| action);
    let path = action.map_or("", |action| action.path.as_str());
    let Some(transition) = lifecycle::transition(call.entity, name, path) else {
        return Err(ApiError::unsupported(name));
    };
    if let Some(why) = &transition.missing {
        return Err(ApiError::unsupported(&format!("{name}: {why}")));
    }
    parent::check(call)?;
    match transition.does {
        TransitionKind::Change => change(call, &transition, path),
        TransitionKind::Make => make(call, &transition),
        TransitionKind::Find => matching_object(call).map(Json::Object),
        TransitionKind::Delete => delete(call),
    }
}

fn change(call: &Call<'_>, transition: &Transition, path: &str) -> ApiResult<Json> {
    let mut body = parent::owned(call, call.named()?)?;
    transition.check(call, &body, path)?;
    shape::lay_over(call.entity, &mut body, &call.params)?;
    lifecycle::apply_transition(call, &mut body, transition);
    call.touch(&mut body);
    call.keep(body)
}

/// Deletes the matching object; the answer shows the whole object if it has a `deleted` field.
fn delete(call: &Call<'_>) -> ApiResult<Json> {
    let mut body = matching_object(call)?;
    let stub = generic::remove(call, &body)?;
    if call.entity.field("deleted").is_none() {
        return Ok(stub);
    }
    set(&mut body, "deleted", true);
    Ok(Json::Object(body))
}

fn make(call: &Call<'_>, transition: &Transition) -> ApiResult<Json> {
    if !call.id.is_empty() {
        call.named()?;
    }
    let of = transition.of.as_deref().unwrap_or(&call.entity.object);
    let new = Call { id: call.id.clone(), ..call.about(of, call.params.clone())? };
    let mut body = new.build()?;
    lifecycle::apply_transition(&new, &mut body, transition);
    new.keep(body)
}

/// Returns the object whose fields match the params.
fn matching_object(call: &Call<'_>) -> ApiResult<Body> {
    let list = call.entity.operation(List).map_or(&[][..], |list| list.params.as_slice());
    let walk = ObjectQuery { objects: call.objects(), ..Default::default() };
    let found = call.session.first(&walk, |body| page::matches(call.entity, body, &call.params))?;
    let named = call.params.iter().find(|(name, _)| list.iter().all(|param| param.name != **name));
    let told = named.and_then(|(_, value)| value.as_str()).unwrap_or_default();
    found.ok_or_else(|| ApiError::absent(&call.label(), told))
}
