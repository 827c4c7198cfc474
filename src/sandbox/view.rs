//! How an object is shown: what is hidden stays hidden, what is to be expanded is put in whole.

use serde_json::{Value as Json, json};

use crate::catalog::{Field, FieldKind, catalog};

use super::behaviour;
use super::error::{Failure, Outcome};
use super::shape::is_includable;
use super::store::{Body, Session};

/// Deepest path that may be expanded.
const DEEPEST: usize = 4;

/// Shows an answer, every path in `expand` expanded.
pub(super) fn shown(session: &Session<'_>, mut answer: Json, expand: &[String]) -> Outcome<Json> {
    hide(&mut answer);
    for path in expand {
        let segments: Vec<&str> = path.split('.').collect();
        if segments.len() > DEEPEST {
            let message =
                format!("You cannot expand more than {DEEPEST} levels of a property. Property: {path}");
            return Err(Failure::invalid(message).param("expand"));
        }
        put_in(session, &mut answer, &[], &segments, path)?;
    }
    Ok(answer)
}

/// Shows an object with nothing expanded.
pub(super) fn plain(mut body: Json) -> Json {
    hide(&mut body);
    body
}

/// Takes out what is never shown, and what is shown only when expanded.
fn hide(value: &mut Json) {
    match value {
        Json::Array(items) => items.iter_mut().for_each(hide),
        Json::Object(body) => {
            let object = body.get("object").and_then(Json::as_str).unwrap_or_default().to_owned();
            body.retain(|name, _| !name.starts_with('_') && !is_includable(&object, name));
            body.values_mut().for_each(hide);
        }
        _ => {}
    }
}

/// Follows one path and expands what stands at its end. `fields` describe the members of
/// an object that has no type of its own.
fn put_in(session: &Session<'_>, at: &mut Json, fields: &[Field], path: &[&str], whole: &str) -> Outcome<()> {
    match at {
        Json::Array(items) => {
            items.iter_mut().try_for_each(|item| put_in(session, item, fields, path, whole))
        }
        Json::Object(body) => member(session, body, fields, path, whole),
        _ => Ok(()),
    }
}

fn member(
    session: &Session<'_>,
    body: &mut Body,
    fields: &[Field],
    path: &[&str],
    whole: &str,
) -> Outcome<()> {
    let Some((name, rest)) = path.split_first() else { return Ok(()) };
    let object = body.get("object").and_then(Json::as_str).unwrap_or_default().to_owned();
    if object == "list" {
        let Some(data) = body.get_mut("data").filter(|_| *name == "data") else { return Err(cannot(whole)) };
        return put_in(session, data, &[], rest, whole);
    }
    let entity = catalog().by_object(&object);
    let known = entity.map_or(fields, |entity| entity.fields.as_slice());
    let Some(field) = known.iter().find(|field| field.name == *name) else { return Err(cannot(whole)) };
    if is_includable(&object, name) && !body.contains_key(*name) {
        let value = included(session, body, &object, name)?;
        body.insert((*name).to_owned(), value);
    }
    let Some(value) = body.get_mut(*name) else { return Ok(()) };
    if is_expandable(&field.kind) {
        fetch(session, value)?;
    } else if rest.is_empty()
        && !is_includable(&object, name)
        && !value.is_object()
        && !value.is_array()
        && !value.is_null()
    {
        return Err(cannot(whole));
    }
    if rest.is_empty() { Ok(()) } else { put_in(session, value, members(&field.kind), rest, whole) }
}

fn is_expandable(kind: &FieldKind) -> bool {
    match kind {
        FieldKind::Expandable(_) => true,
        FieldKind::List(inner) => is_expandable(inner),
        _ => false,
    }
}

fn members(kind: &FieldKind) -> &[Field] {
    match kind {
        FieldKind::Object(fields) => fields,
        FieldKind::List(inner) => members(inner),
        _ => &[],
    }
}

/// Puts whole objects in the place of ids.
fn fetch(session: &Session<'_>, value: &mut Json) -> Outcome<()> {
    match value {
        Json::Array(items) => items.iter_mut().try_for_each(|item| fetch(session, item)),
        Json::String(id) => {
            let Some(found) = session.find(id)? else { return Ok(()) };
            *value = if found.gone { stub(&found.body) } else { Json::Object(found.body) };
            hide(value);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// What is left of a deleted object.
pub(super) fn stub(body: &Body) -> Json {
    let member = |name| body.get(name).cloned().unwrap_or(Json::Null);
    json!({"id": member("id"), "object": member("object"), "deleted": true})
}

/// A field that is kept with the object but shown only now, or a page made of other objects.
fn included(session: &Session<'_>, body: &Body, object: &str, name: &str) -> Outcome<Json> {
    let id = body.get("id").and_then(Json::as_str).unwrap_or_default();
    let mut value = match behaviour::included(session, object, name, id)? {
        Some(page) => page,
        None => {
            session.get(object, id)?.and_then(|stored| stored.body.get(name).cloned()).unwrap_or(Json::Null)
        }
    };
    hide(&mut value);
    Ok(value)
}

fn cannot(path: &str) -> Failure {
    Failure::invalid(format!("This property cannot be expanded ({path}).")).param("expand")
}
