//! Shapes of objects from the catalog: builds minimal values and writes params over fields.

use serde_json::{Value as Json, json};

use crate::catalog::{Entity, Kind, Member, Presence, Shape, catalog, find};
use crate::sandbox::check::METADATA_KEYS;
use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::fields::{members, object};
use crate::sandbox::repeatable;
use crate::sandbox::store::Body;

/// Returns true for a field that Stripe leaves out unless it is expanded.
pub(super) fn is_includable(object: &str, field: &str) -> bool {
    catalog().by_key(object).is_some_and(|entity| entity.omitted.iter().any(|hidden| hidden == field))
}

/// The minimal value of a kind.
pub(super) fn least(kind: &Kind) -> Json {
    match kind {
        Kind::Enum(values) => values.first().map_or(Json::from(""), |value| Json::from(value.as_str())),
        Kind::Currency | Kind::Text { .. } => Json::from(""),
        Kind::Integer | Kind::Number | Kind::Time => Json::from(0),
        Kind::Decimal => Json::from("0"),
        Kind::DateTime => Json::from("1970-01-01T00:00:00Z"),
        Kind::Boolean => Json::Bool(false),
        Kind::List(_) | Kind::Set(_) => json!([]),
        Kind::Page(_) => json!({"object": "list", "data": [], "has_more": false, "url": ""}),
        Kind::Map(_) | Kind::Object(_) => json!({}),
        Kind::Union(shapes) => shapes.first().map_or(Json::Null, |shape| least(&shape.kind)),
        Kind::Any | Kind::File | Kind::Id(_) | Kind::Range | Kind::Whole(_) => Json::Null,
    }
}

/// Writes params over the fields of their names; an empty text unsets. Params without such a field are left
/// to the behaviour of the object.
pub(super) fn lay_over(entity: &Entity, body: &mut Body, params: &Body) -> ApiResult<()> {
    for (name, value) in params {
        if name == "metadata" {
            metadata(body, value)?;
        } else if let Some(field) = entity.field(name) {
            let old = body.get(name).cloned().unwrap_or(Json::Null);
            let new = laid(field, old, value, name)?;
            body.insert(name.clone(), new);
        } else {
            note_provided(&entity.fields, body, name, value);
        }
    }
    Ok(())
}

/// Sets `…_provided` for a number that the object never shows.
fn note_provided(fields: &[Member], members: &mut Body, name: &str, value: &Json) {
    let name = format!("{name}_provided");
    if find(fields, &name).is_some() {
        members.insert(name, Json::Bool(!value.is_null() && value != ""));
    }
}

fn laid(shape: &Shape, old: Json, value: &Json, path: &str) -> ApiResult<Json> {
    if value.as_str() == Some("") || value.is_null() {
        return Ok(cleared(shape, value));
    }
    Ok(match (&shape.kind, value) {
        (Kind::Time, Json::String(text)) if text == "now" => Json::from(repeatable::now()),
        (Kind::Decimal, Json::Number(number)) => Json::from(number.to_string()),
        (Kind::Integer, Json::String(text)) => text.parse::<i64>().map_or(old, Json::from),
        (kind, value) if !holds(kind, value) => old,
        (Kind::Object(fields), Json::Object(given)) if !is_requested(fields, given) => {
            if given.contains_key("requested") { Json::Null } else { old }
        }
        (Kind::Object(fields), Json::Object(given)) => {
            let mut members = match old {
                Json::Object(members) => members,
                _ => members(least(&shape.kind)),
            };
            drop_of_other_types(fields, &mut members, given);
            for (name, value) in given {
                let Some(inner) = find(fields, name) else {
                    note_provided(fields, &mut members, name, value);
                    continue;
                };
                let old = members.get(name).cloned().unwrap_or(Json::Null);
                members.insert(name.clone(), laid(&inner.shape, old, value, &format!("{path}[{name}]"))?);
            }
            Json::Object(members)
        }
        (Kind::List(item) | Kind::Set(item), Json::Array(items)) => {
            let item = (**item).clone().with_presence(Presence::Nullable);
            let laid_items = items.iter().map(|value| laid(&item, Json::Null, value, path));
            Json::Array(laid_items.collect::<ApiResult<_>>()?)
        }
        (Kind::Map(_), Json::Object(given)) => Json::Object(merged(members(old), given)),
        (_, value) => value.clone(),
    })
}

/// In an object whose `type` names the member with the details, removes the members of the other types.
fn drop_of_other_types(fields: &[Member], members: &mut Body, given: &Body) {
    let Some(chosen) = given.get("type").and_then(Json::as_str) else { return };
    let types = find(fields, "type").map(|field| field.shape.values()).unwrap_or_default();
    let others = types.iter().filter(|name| *name != chosen && !given.contains_key(*name));
    others.for_each(|name| drop(members.shift_remove(name)));
}

/// Merges a map: other keys stay; an empty value removes its key.
fn merged(mut known: Body, given: &Body) -> Body {
    for (key, value) in given {
        if value.as_str() == Some("") || value.is_null() {
            known.shift_remove(key);
        } else {
            known.insert(key.clone(), value.clone());
        }
    }
    known
}

/// Whether the params request a feature; a feature that is no longer requested is removed.
fn is_requested(fields: &[Member], given: &Body) -> bool {
    let is_of_status = |field: &Member| matches!(field.name.as_str(), "status" | "status_details");
    !fields.iter().all(is_of_status) || given.get("requested") == Some(&Json::Bool(true))
}

/// Removes the members that a field of an object does not have.
pub(super) fn keep_known(owner: &Body, name: &str, members: &mut Body) {
    let field = catalog().by_key(object(owner)).and_then(|entity| entity.field(name));
    if let Some(Kind::Object(fields)) = field.map(|field| &field.kind) {
        known_only(fields, members);
    }
}

fn known_only(fields: &[Member], members: &mut Body) {
    members.retain(|name, _| find(fields, name).is_some());
    for field in fields {
        if let (Kind::Object(inner), Some(Json::Object(value))) =
            (&field.shape.kind, members.get_mut(&field.name))
        {
            known_only(inner, value);
        }
    }
}

/// Whether a value is of the kind. An id may stand for a whole object, which is inserted later.
pub(super) fn holds(kind: &Kind, value: &Json) -> bool {
    match kind {
        Kind::Currency | Kind::DateTime | Kind::Decimal | Kind::Enum(_) | Kind::File | Kind::Text { .. } => {
            value.is_string()
        }
        Kind::Integer | Kind::Time => value.is_i64() || value.is_u64(),
        Kind::Number => value.is_number(),
        Kind::Boolean => value.is_boolean(),
        Kind::Object(_) | Kind::Map(_) => value.is_object(),
        Kind::List(inner) | Kind::Set(inner) => {
            value.as_array().is_some_and(|items| items.iter().all(|item| holds(&inner.kind, item)))
        }
        Kind::Page(_) => value.get("data").is_some_and(Json::is_array),
        Kind::Id(_) | Kind::Whole(_) => value.is_string() || value.is_object(),
        Kind::Union(shapes) => shapes.iter().any(|shape| holds(&shape.kind, value)),
        Kind::Any | Kind::Range => true,
    }
}

/// Returns the value of an unset field: null, or the minimal value if it is never null.
fn cleared(shape: &Shape, value: &Json) -> Json {
    if !shape.is_required() {
        return Json::Null;
    }
    // It was checked earlier which params may be unset.
    if value.is_null() && matches!(shape.kind, Kind::Text { .. }) { "".into() } else { least(&shape.kind) }
}

/// Merges metadata: an empty value removes its key, and an empty text removes all keys.
fn metadata(body: &mut Body, value: &Json) -> ApiResult<()> {
    let slot = body.entry("metadata").or_insert_with(|| json!({}));
    let Json::Object(given) = value else {
        *slot = json!({});
        return Ok(());
    };
    let kept = merged(slot.as_object().cloned().unwrap_or_default(), given);
    if kept.len() > METADATA_KEYS {
        return Err(ApiError::of(
            "metadata_too_many_keys",
            &[("most", &METADATA_KEYS), ("count", &kept.len())],
        ));
    }
    *slot = Json::Object(kept);
    Ok(())
}
