//! A payload as the practitioner writes it: an HCL object or JSON text.
//!
//! Both become the same [`WrittenParams`] members, so the form makes no difference to what is sent,
//! compared and planned. Drifted values are written back in the form and the types of the written ones,
//! because Terraform compares types too.

use serde_json::{Map, Value as Json};

use crate::catalog::Member;
use crate::catalog::names::{Resolved, resolve};
use crate::engine::{WrittenParams, json_object, open_json_texts};
use crate::provider::explain::not_a_payload;
use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::value::{Number, Path, Type, Value};

/// The members of a payload with these params, with JSON texts parsed; None while the whole payload is
/// unknown.
pub(super) fn opened(payload: &Value, known: &[Member]) -> Result<Option<WrittenParams>, Diagnostic> {
    let mut found = written(payload)?;
    if let Some(written) = &mut found {
        open_json_texts(&mut written.members, known);
    }
    Ok(found)
}

/// The members of a payload as written; None while the whole payload is unknown.
pub(super) fn written(payload: &Value) -> Result<Option<WrittenParams>, Diagnostic> {
    match payload {
        _ if payload.is_null() => Ok(Some(WrittenParams::default())),
        _ if payload.is_unknown() => Ok(None),
        Value::Dynamic(inner) => written(&inner.1),
        Value::String(text) => {
            let members = json_object(text).map_err(|why| not_a_payload(&why))?;
            Ok(Some(WrittenParams { members, unknown: Vec::new() }))
        }
        Value::Map(members) => {
            let mut written = WrittenParams::default();
            for (key, value) in members {
                if let Some(json) = to_json(value, &mut vec![key.to_string()], &mut written.unknown) {
                    written.members.insert(key.to_string(), json);
                }
            }
            Ok(Some(written))
        }
        _ => Err(not_a_payload("it is not an object")),
    }
}

/// Converts a value to JSON; returns None if it is unknown, and notes its path. A list with an unknown
/// item is unknown as a whole.
pub(super) fn to_json(value: &Value, path: &mut Vec<String>, unknown: &mut Vec<Vec<String>>) -> Option<Json> {
    Some(match value {
        Value::Unknown => {
            unknown.push(path.clone());
            return None;
        }
        Value::Null => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Number(number) => Json::Number(number.as_str().parse().ok()?),
        Value::String(text) => Json::String(text.clone()),
        Value::List(items) | Value::Set(items) => {
            let known_before = unknown.len();
            let items = items.iter().enumerate().filter_map(|(at, item)| {
                path.push(at.to_string());
                let json = to_json(item, path, unknown);
                path.pop();
                json
            });
            let items = items.collect();
            if unknown.len() > known_before {
                return None;
            }
            Json::Array(items)
        }
        Value::Map(members) => {
            let mut object = Map::new();
            for (key, value) in members {
                path.push(key.to_string());
                object.extend(to_json(value, path, unknown).map(|json| (key.to_string(), json)));
                path.pop();
            }
            Json::Object(object)
        }
        Value::Dynamic(inner) => return to_json(&inner.1, path, unknown),
    })
}

/// Returns a value without its unknown parts, so that the known items of a partly unknown list can be
/// checked as well. An unknown object has no members.
pub(super) fn known_part(value: &Value) -> Value {
    match value {
        Value::Dynamic(inner) => known_part(&inner.1),
        Value::Map(members) => {
            let known = members.iter().filter(|(_, value)| !value.is_unknown());
            Value::map(known.map(|(key, value)| (key.clone(), known_part(value))))
        }
        Value::List(items) | Value::Set(items) if items.iter().any(|item| item.as_map().is_some()) => {
            let item = |item: &Value| {
                if item.is_unknown() { Value::map([("", Value::Null)]) } else { known_part(item) }
            };
            Value::List(items.iter().map(item).collect())
        }
        value if value.is_wholly_known() => value.clone(),
        _ => Value::Null,
    }
}

/// Returns a payload with these members, in the form and the types of the written one.
pub(super) fn rewritten(payload: &Value, members: Map<String, Json>) -> Value {
    let members = Json::Object(members);
    match payload {
        Value::Dynamic(inner) if inner.1.as_map().is_some() => {
            let (ty, value) = like(&inner.0, &members);
            Value::Dynamic(Box::new((ty, value)))
        }
        _ => Value::Dynamic(Box::new((Type::String, members.to_string().into()))),
    }
}

/// Turns params into a payload: an HCL object.
pub(super) fn object(params: &Map<String, Json>) -> Value {
    Value::Dynamic(Box::new(natural(&Json::Object(params.clone()))))
}

/// Returns the path of a param, given by its dotted path, in a payload that is an HCL object, as far as
/// the payload's keys lead to it. Returns None for JSON text, and if the payload does not name the param.
pub(super) fn path_of(payload: &Value, at: &Path, known: &[Member], param: &str) -> Option<Path> {
    match payload {
        Value::Dynamic(inner) => path_inside(at, (&inner.0, &inner.1), known, param),
        _ => None,
    }
}

fn path_inside(at: &Path, payload: (&Type, &Value), known: &[Member], param: &str) -> Option<Path> {
    let (ty, value) = payload;
    value.as_map()?.iter().find_map(|(key, value)| {
        let Resolved { path, shape } = resolve(key, known).ok()?;
        let rest = param.strip_prefix(&path.join("."))?;
        let (at, ty) = match ty {
            Type::Object(types) => (at.name(key), types.get(key.as_str())?),
            Type::Map(element) => (at.key(key), &**element),
            _ => return None,
        };
        let deeper =
            rest.strip_prefix('.').and_then(|rest| path_inside(&at, (ty, value), shape?.members()?, rest));
        (rest.is_empty() || rest.starts_with('.')).then(|| deeper.unwrap_or(at))
    })
}

/// Converts JSON to a value of this type as far as it fits, else to its natural type.
pub(super) fn like(ty: &Type, json: &Json) -> (Type, Value) {
    match (ty, json) {
        (ty, Json::Null) => (ty.clone(), Value::Null),
        (Type::String, Json::Bool(_) | Json::Number(_)) => (Type::String, json.to_string().into()),
        (Type::List(item) | Type::Set(item), Json::Array(items)) => {
            let items: Vec<(Type, Value)> = items.iter().map(|json| like(item, json)).collect();
            if items.iter().all(|(ty, _)| *ty == **item) {
                let values = items.into_iter().map(|(_, value)| value).collect();
                let is_set = matches!(ty, Type::Set(_));
                return (ty.clone(), if is_set { Value::Set(values) } else { Value::List(values) });
            }
            tuple(items)
        }
        (Type::Tuple(types), Json::Array(items)) => {
            let items = items.iter().enumerate().map(|(at, json)| match types.get(at).or(types.last()) {
                Some(ty) => like(ty, json),
                None => natural(json),
            });
            tuple(items.collect())
        }
        (Type::Map(element), Json::Object(members)) => {
            let typed: Vec<_> = members.iter().map(|(key, json)| (key, like(element, json))).collect();
            if typed.iter().all(|(_, (ty, _))| *ty == **element) {
                return (ty.clone(), Value::map(typed.into_iter().map(|(key, (_, value))| (key, value))));
            }
            members_of(typed)
        }
        (Type::Object(types), Json::Object(members)) => {
            let members = members.iter().map(|(key, json)| match types.get(key) {
                Some(ty) => (key, like(ty, json)),
                None => (key, natural(json)),
            });
            members_of(members.collect())
        }
        _ => natural(json),
    }
}

/// Converts JSON to the value that HCL would make of it.
pub(super) fn natural(json: &Json) -> (Type, Value) {
    match json {
        Json::Null => (Type::Dynamic, Value::Null),
        Json::Bool(truth) => (Type::Bool, (*truth).into()),
        Json::Number(number) => {
            let number = Number::parse(&number.to_string());
            (Type::Number, number.map_or(Value::Null, Value::Number))
        }
        Json::String(text) => (Type::String, text.as_str().into()),
        Json::Array(items) => tuple(items.iter().map(natural).collect()),
        Json::Object(members) => members_of(members.iter().map(|(key, json)| (key, natural(json))).collect()),
    }
}

fn tuple(items: Vec<(Type, Value)>) -> (Type, Value) {
    let (types, values) = items.into_iter().unzip();
    (Type::Tuple(types), Value::List(values))
}

fn members_of(members: Vec<(&String, (Type, Value))>) -> (Type, Value) {
    let types = members.iter().map(|(key, (ty, _))| ((*key).clone(), ty.clone()));
    let ty = Type::object(types);
    (ty, Value::map(members.into_iter().map(|(key, (_, value))| (key, value))))
}

/// Returns the text at a path of a state. Blocks are lists; a block's text is that of its only item.
pub(super) fn text_at<'v>(state: &'v Value, path: &[&str]) -> Option<&'v str> {
    let Some((first, rest)) = path.split_first() else { return state.as_str() };
    match state {
        Value::Dynamic(inner) => text_at(&inner.1, path),
        Value::List(blocks) => blocks.first().and_then(|block| text_at(block, path)),
        state => text_at(state.get(first), rest),
    }
}

#[cfg(test)]
mod tests;
