//! The shape of an object as the catalog has it: every field present, params laid over.

use serde_json::{Map, Value as Json, json};

use crate::catalog::{Entity, Field, FieldKind, catalog};

use super::check::METADATA_KEYS;
use super::complete::complete_as;
use super::error::{Failure, Outcome};
use super::store::Body;

/// True for a field that Stripe leaves out unless it is expanded.
pub(super) fn is_includable(object: &str, field: &str) -> bool {
    catalog().by_object(object).is_some_and(|entity| entity.hidden.iter().any(|hidden| hidden == field))
}

/// An object of which nothing was said: each field as Stripe answers it then.
pub(super) fn blank(entity: &Entity) -> Body {
    let mut body = Map::new();
    if entity.field("id").is_some() {
        body.insert("id".into(), Json::Null);
    }
    body.insert("object".into(), Json::from(entity.object.as_str()));
    complete_as(entity, &mut body);
    body
}

fn empty(field: &Field) -> Json {
    if field.name == "metadata" {
        return json!({});
    }
    if field.nullable { Json::Null } else { least(&field.kind) }
}

/// The least value of a kind.
pub(super) fn least(kind: &FieldKind) -> Json {
    match kind {
        FieldKind::String { values } => {
            values.first().map_or(Json::from(""), |value| Json::from(value.as_str()))
        }
        FieldKind::Integer | FieldKind::Number | FieldKind::Time => Json::from(0),
        FieldKind::Decimal => Json::from("0"),
        FieldKind::DateTime => Json::from("1970-01-01T00:00:00Z"),
        FieldKind::Boolean => Json::Bool(false),
        FieldKind::Object(fields) => {
            // a map without entries is left out: SDKs do not expect null in its place
            let left_out =
                |field: &Field| field.optional || (field.nullable && matches!(field.kind, FieldKind::Map(_)));
            let present = fields.iter().filter(|field| !left_out(field));
            Json::Object(present.map(|field| (field.name.clone(), empty(field))).collect())
        }
        FieldKind::List(_) => json!([]),
        FieldKind::Page(_) => json!({"object": "list", "data": [], "has_more": false, "url": ""}),
        FieldKind::Map(_) => json!({}),
        FieldKind::Either(kinds) => kinds.first().map_or(Json::Null, least),
        FieldKind::Expandable(_) | FieldKind::Reference(_) | FieldKind::Any => Json::Null,
    }
}

/// Lays params over an object: each goes to the field of its name, an empty text unsets.
/// Params without a field of their name are left to the behaviour of the object.
pub(super) fn lay_over(entity: &Entity, body: &mut Body, params: &Body) -> Outcome<()> {
    for (name, value) in params {
        if name == "metadata" {
            metadata(body, value)?;
        } else if let Some(field) = entity.field(name) {
            let old = body.get(name).cloned().unwrap_or(Json::Null);
            let new = laid(field, old, value, name)?;
            body.insert(name.clone(), new);
        }
    }
    Ok(())
}

fn laid(field: &Field, old: Json, value: &Json, path: &str) -> Outcome<Json> {
    if value.as_str() == Some("") || value.is_null() {
        return cleared(field, value, path);
    }
    Ok(match (&field.kind, value) {
        (FieldKind::Time, Json::String(text)) if text == "now" => Json::from(super::now()),
        (FieldKind::Decimal, Json::Number(number)) => Json::from(number.to_string()),
        (FieldKind::Integer, Json::String(text)) => text.parse::<i64>().map_or(old, Json::from),
        (kind, value) if !holds(kind, value) => old,
        (FieldKind::Object(fields), Json::Object(given)) => {
            let mut members = match old {
                Json::Object(members) => members,
                _ => least(&field.kind).as_object().cloned().unwrap_or_default(),
            };
            for (name, value) in given {
                let Some(inner) = fields.iter().find(|inner| inner.name == *name) else { continue };
                let old = members.get(name).cloned().unwrap_or(Json::Null);
                members.insert(name.clone(), laid(inner, old, value, &format!("{path}[{name}]"))?);
            }
            Json::Object(members)
        }
        (FieldKind::List(kind), Json::Array(items)) => {
            let item =
                Field { name: field.name.clone(), kind: (**kind).clone(), nullable: true, optional: false };
            let laid_items = items.iter().map(|value| laid(&item, Json::Null, value, path));
            Json::Array(laid_items.collect::<Outcome<_>>()?)
        }
        (_, value) => value.clone(),
    })
}

/// Takes out of what is about to stand in a field of an object the members the field does not have.
pub(super) fn keep_known(owner: &Body, name: &str, members: &mut Body) {
    let object = owner.get("object").and_then(Json::as_str).unwrap_or_default();
    let field = catalog().by_object(object).and_then(|entity| entity.field(name));
    if let Some(FieldKind::Object(fields)) = field.map(|field| &field.kind) {
        known_only(fields, members);
    }
}

fn known_only(fields: &[Field], members: &mut Body) {
    members.retain(|name, _| fields.iter().any(|field| field.name == *name));
    for field in fields {
        if let (FieldKind::Object(inner), Some(Json::Object(value))) =
            (&field.kind, members.get_mut(&field.name))
        {
            known_only(inner, value);
        }
    }
}

/// Whether a value is of the kind. An id may stand for the whole object: it is put in later.
pub(super) fn holds(kind: &FieldKind, value: &Json) -> bool {
    match kind {
        FieldKind::String { .. } | FieldKind::Decimal | FieldKind::DateTime => value.is_string(),
        FieldKind::Integer | FieldKind::Time => value.is_i64() || value.is_u64(),
        FieldKind::Number => value.is_number(),
        FieldKind::Boolean => value.is_boolean(),
        FieldKind::Object(_) | FieldKind::Map(_) => value.is_object(),
        FieldKind::List(inner) => {
            value.as_array().is_some_and(|items| items.iter().all(|item| holds(inner, item)))
        }
        FieldKind::Page(_) => value.get("data").is_some_and(Json::is_array),
        FieldKind::Expandable(_) | FieldKind::Reference(_) => value.is_string() || value.is_object(),
        FieldKind::Either(kinds) => kinds.iter().any(|kind| holds(kind, value)),
        FieldKind::Any => true,
    }
}

/// What is left of a field that is unset: null, or what is least where it is never null.
fn cleared(field: &Field, value: &Json, path: &str) -> Outcome<Json> {
    if field.nullable || field.optional {
        return Ok(Json::Null);
    }
    match field.kind {
        FieldKind::List(_) | FieldKind::Map(_) | FieldKind::Object(_) => Ok(least(&field.kind)),
        FieldKind::String { ref values } if values.is_empty() && value.is_null() => Ok(Json::from("")),
        _ => Err(not_unsettable(path)),
    }
}

/// The refusal of an empty text for a param that always has a value.
pub(super) fn not_unsettable(path: &str) -> Failure {
    let message = format!(
        "You passed an empty string for '{path}'. We assume empty values are an attempt to unset a parameter; \
         however '{path}' cannot be unset. You should remove '{path}' from your request or supply a non-empty value."
    );
    Failure::invalid(message).code("parameter_invalid_empty").param(path)
}

/// Merges metadata: an empty value removes its key, an empty text removes them all.
fn metadata(body: &mut Body, value: &Json) -> Outcome<()> {
    let slot = body.entry("metadata").or_insert_with(|| json!({}));
    let Json::Object(given) = value else {
        *slot = json!({});
        return Ok(());
    };
    let mut kept = slot.as_object().cloned().unwrap_or_default();
    for (key, value) in given {
        if value.as_str() == Some("") || value.is_null() {
            kept.shift_remove(key);
        } else {
            kept.insert(key.clone(), value.clone());
        }
    }
    if kept.len() > METADATA_KEYS {
        let message = format!(
            "Metadata can have up to {METADATA_KEYS} keys, but this object would have {}.",
            kept.len()
        );
        return Err(Failure::invalid(message).param("metadata"));
    }
    *slot = Json::Object(kept);
    Ok(())
}
