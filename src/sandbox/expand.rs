//! Expansion: fields that show an id show the whole object if a call asks for it.
//!
//! `check` refuses a wrong path before the call is run, regardless of its answer: the catalog says what is an
//! object or contains one. `apply` then puts the objects into the answer.

use serde_json::Value as Json;

use crate::catalog::{Called, Entity, Kind, Member, OperationKind, Shape, catalog, find};
use crate::sandbox::complete::usual;
use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::fields::{Body, at, at_mut, id, object, set};
use crate::sandbox::shape::is_includable;
use crate::sandbox::store::Session;
use crate::sandbox::view::{inner_hidden, render_in_place, stub};
use crate::sandbox::{behaviour, substitute};

/// The maximum length of a path to expand.
const DEEPEST: usize = 4;

/// If it is expanded in a search, it shows how many objects were found.
pub(super) const COUNT: &str = "total_count";

/// Refuses a path that cannot be expanded in the answer to the call.
pub(super) fn check(entity: &Entity, called: Called, expand: &[String]) -> ApiResult<()> {
    let (is_list, is_search, answers) = match called {
        Called::Operation(operation) => {
            let searches = operation.kind == OperationKind::Search;
            (searches || operation.kind == OperationKind::List, searches, "")
        }
        Called::Action(action) => (false, false, action.returns.as_str()),
    };
    let tops = tops(entity, answers);
    for path in expand.iter().filter(|path| !is_search || *path != COUNT) {
        let segments: Vec<&str> = path.split('.').collect();
        if segments.len() > DEEPEST {
            return Err(ApiError::of("expanded_too_deep", &[("most", &DEEPEST), ("path", path)]));
        }
        let rest = if is_list { segments.strip_prefix(&["data"]) } else { Some(segments.as_slice()) };
        if rest.is_none() && leads(&tops, &segments) {
            return Err(ApiError::of("cannot_expand_outside_data", &[("path", path)]));
        }
        if !rest.is_some_and(|rest| rest.is_empty() || leads(&tops, rest)) {
            return Err(ApiError::of("cannot_expand", &[("path", path)]));
        }
    }
    Ok(())
}

/// Returns the types of objects that an answer may have.
fn tops<'e>(entity: &'e Entity, answers: &str) -> Vec<&'e Entity> {
    let returned = catalog().by_key(answers).filter(|_| !answers.is_empty() && answers != entity.object);
    let others = entity.others.iter().filter_map(|object| catalog().by_key(object));
    let namesake = catalog().by_key(&entity.object);
    returned.map_or_else(
        || [Some(entity), namesake].into_iter().flatten().chain(others).collect(),
        |one| vec![one],
    )
}

/// Whether a path leads to something that can be expanded, in one of the types of objects.
fn leads(tops: &[&Entity], path: &[&str]) -> bool {
    tops.iter().any(|entity| member_leads(&entity.fields, &entity.omitted, path))
}

fn member_leads(fields: &[Member], omitted: &[String], path: &[&str]) -> bool {
    let Some((name, rest)) = path.split_first() else { return false };
    let Some(field) = find(fields, name) else { return false };
    if rest.is_empty() && omitted.iter().any(|omitted| omitted.rsplit('.').next() == Some(*name)) {
        return true;
    }
    shape_leads(&field.shape, omitted, rest)
}

fn shape_leads(shape: &Shape, omitted: &[String], path: &[&str]) -> bool {
    match &shape.kind {
        Kind::Id(_) | Kind::Whole(_) => {
            path.is_empty()
                || objects(shape).any(|entity| member_leads(&entity.fields, &entity.omitted, path))
        }
        Kind::Page(_) => match path.split_first() {
            None | Some((&"data", [])) => true,
            Some((&"data", rest)) => objects(shape).any(|one| member_leads(&one.fields, &one.omitted, rest)),
            Some(_) => false,
        },
        Kind::Object(members) => path.is_empty() || member_leads(members, omitted, path),
        Kind::List(item) | Kind::Set(item) => shape_leads(item, omitted, path),
        Kind::Union(shapes) => shapes.iter().any(|shape| shape_leads(shape, omitted, path)),
        _ => false,
    }
}

fn objects(shape: &Shape) -> impl Iterator<Item = &'static Entity> {
    shape.objects().iter().filter_map(|object| catalog().by_key(object))
}

/// Renders an answer and expands each path.
pub(super) fn apply(session: &Session<'_>, mut answer: Json, expand: &[String]) -> ApiResult<Json> {
    render_in_place(&mut answer);
    let counts = expand.iter().any(|path| path == COUNT);
    if let Some(found) = answer.as_object_mut().filter(|found| is_search(found) && !counts) {
        found.shift_remove(COUNT);
    }
    for path in expand.iter().filter(|path| path.as_str() != COUNT) {
        let segments: Vec<&str> = path.split('.').collect();
        expand_in(session, &mut answer, &[], &segments)?;
    }
    Ok(answer)
}

fn is_search(body: &Body) -> bool {
    object(body) == "search_result"
}

/// Restores a hidden nested field if the path to expand leads to it.
fn put_back(session: &Session<'_>, body: &mut Body, object: &str, path: &str) -> ApiResult<()> {
    let Some(hidden) = inner_hidden(object).find(|hidden| path.starts_with(hidden)) else { return Ok(()) };
    let id = id(body).to_owned();
    let Some(stored) = session.get(object, &id)? else { return Ok(()) };
    if let Some((outer, name)) = hidden.rsplit_once('.')
        && let Some(Json::Object(shown)) = at_mut(body, outer)
    {
        set(shown, name, at(&stored.body, hidden).cloned());
    }
    Ok(())
}

/// Expands the value at the end of a path, if it is present. `fields` describe an object that has no type of
/// its own.
fn expand_in(session: &Session<'_>, at: &mut Json, fields: &[Member], path: &[&str]) -> ApiResult<()> {
    match at {
        Json::Array(items) => items.iter_mut().try_for_each(|item| expand_in(session, item, fields, path)),
        Json::Object(body) => expand_member(session, body, fields, path),
        _ => Ok(()),
    }
}

fn expand_member(session: &Session<'_>, body: &mut Body, fields: &[Member], path: &[&str]) -> ApiResult<()> {
    let Some((name, rest)) = path.split_first() else { return Ok(()) };
    let object = object(body).to_owned();
    if object == "list" || is_search(body) {
        let data = body.get_mut("data").filter(|_| *name == "data");
        return data.map_or(Ok(()), |data| expand_in(session, data, &[], rest));
    }
    let known = catalog().by_key(&object).map_or(fields, |entity| entity.fields.as_slice());
    // In a list of several types, some types lack the field.
    let Some(field) = find(known, name) else { return Ok(()) };
    if is_includable(&object, name) && !body.contains_key(*name) {
        let value = included(session, body, &object, name)?;
        set(body, name, value);
    }
    if !rest.is_empty() {
        put_back(session, body, &object, &path.join("."))?;
    }
    let Some(value) = body.get_mut(*name) else { return Ok(()) };
    let shape = field.shape.item().unwrap_or(&field.shape);
    if matches!(shape.kind, Kind::Id(_)) {
        fetch(session, shape.objects(), value)?;
    }
    if rest.is_empty() { Ok(()) } else { expand_in(session, value, members(&field.shape), rest) }
}

fn members(shape: &Shape) -> &[Member] {
    shape.item().unwrap_or(shape).members().unwrap_or_default()
}

/// Replaces ids with whole objects of these types.
fn fetch(session: &Session<'_>, objects: &[String], value: &mut Json) -> ApiResult<()> {
    match value {
        Json::Array(items) => items.iter_mut().try_for_each(|item| fetch(session, objects, item)),
        Json::String(id) => {
            let Some(found) = substitute::found(session, objects, id)? else { return Ok(()) };
            *value = if found.gone { stub(&found.body) } else { Json::Object(found.body) };
            render_in_place(value);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Returns a field that is stored but shown only when expanded, or a page of other objects.
fn included(session: &Session<'_>, body: &Body, object: &str, name: &str) -> ApiResult<Json> {
    let id = id(body);
    let found = match behaviour::included(session, object, name, id)? {
        Some(page) => Some(page),
        None => session.get(object, id)?.and_then(|mut stored| stored.body.shift_remove(name)),
    };
    let mut value = found.filter(|value| !value.is_null()).unwrap_or_else(|| usual(object, name));
    render_in_place(&mut value);
    Ok(value)
}
