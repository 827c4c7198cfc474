//! What an answer shows beyond ids: every field that is to be expanded is put in whole. Which may be
//! is asked before, in `expand`.

use serde_json::Value as Json;

use crate::catalog::{Kind, Member, Shape, catalog, find};
use crate::sandbox::complete::usual;
use crate::sandbox::error::ApiResult;
use crate::sandbox::expand::COUNT;
use crate::sandbox::fields::{Body, at, at_mut, id, object, set};
use crate::sandbox::shape::is_includable;
use crate::sandbox::store::Session;
use crate::sandbox::view::{hide, inner_hidden, stub};
use crate::sandbox::{behaviour, substitute};

/// Shows an answer, every path in `expand` expanded.
pub(super) fn expanded(session: &Session<'_>, mut answer: Json, expand: &[String]) -> ApiResult<Json> {
    hide(&mut answer);
    let counts = expand.iter().any(|path| path == COUNT);
    if let Some(found) = answer.as_object_mut().filter(|found| is_search(found) && !counts) {
        found.shift_remove(COUNT);
    }
    for path in expand.iter().filter(|path| path.as_str() != COUNT) {
        let segments: Vec<&str> = path.split('.').collect();
        put_in(session, &mut answer, &[], &segments)?;
    }
    Ok(answer)
}

fn is_search(body: &Body) -> bool {
    object(body) == "search_result"
}

/// Puts back a hidden field that lies inside another one, if the path to expand leads to it.
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

/// Follows one path and expands what stands at its end, if it is there. `fields` describe the
/// members of an object that has no type of its own.
fn put_in(session: &Session<'_>, at: &mut Json, fields: &[Member], path: &[&str]) -> ApiResult<()> {
    match at {
        Json::Array(items) => items.iter_mut().try_for_each(|item| put_in(session, item, fields, path)),
        Json::Object(body) => member(session, body, fields, path),
        _ => Ok(()),
    }
}

fn member(session: &Session<'_>, body: &mut Body, fields: &[Member], path: &[&str]) -> ApiResult<()> {
    let Some((name, rest)) = path.split_first() else { return Ok(()) };
    let object = object(body).to_owned();
    if object == "list" || is_search(body) {
        let data = body.get_mut("data").filter(|_| *name == "data");
        return data.map_or(Ok(()), |data| put_in(session, data, &[], rest));
    }
    let known = catalog().by_object(&object).map_or(fields, |entity| entity.fields.as_slice());
    // What one type among several does not have is not there to be expanded
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
    if rest.is_empty() { Ok(()) } else { put_in(session, value, members(&field.shape), rest) }
}

fn members(shape: &Shape) -> &[Member] {
    shape.item().unwrap_or(shape).members().unwrap_or_default()
}

/// Puts whole objects of these types in the place of ids.
fn fetch(session: &Session<'_>, objects: &[String], value: &mut Json) -> ApiResult<()> {
    match value {
        Json::Array(items) => items.iter_mut().try_for_each(|item| fetch(session, objects, item)),
        Json::String(id) => {
            let Some(found) = substitute::found(session, objects, id)? else { return Ok(()) };
            *value = if found.gone { stub(&found.body) } else { Json::Object(found.body) };
            hide(value);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// A field that is kept with the object but shown only now, or a page made of other objects.
fn included(session: &Session<'_>, body: &Body, object: &str, name: &str) -> ApiResult<Json> {
    let id = id(body);
    let found = match behaviour::included(session, object, name, id)? {
        Some(page) => Some(page),
        None => session.get(object, id)?.and_then(|mut stored| stored.body.shift_remove(name)),
    };
    let mut value = found.filter(|value| !value.is_null()).unwrap_or_else(|| usual(object, name));
    hide(&mut value);
    Ok(value)
}
