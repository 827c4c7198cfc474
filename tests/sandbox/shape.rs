//! Whether an answer has the fields of the catalog, with values of their kinds.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value as Json;
use stripe_provider::catalog::{Entity, Kind, Member, Presence, Shape, catalog, find};

/// Everything that is wrong with an object, as sentences.
pub fn faults(entity: &Entity, body: &Json) -> Vec<String> {
    let mut faults = Vec::new();
    members(&entity.fields, body, &entity.key, &unshown(entity), &mut faults);
    faults
}

/// The fields that an answer leaves out although the facts do not say so.
fn unshown(entity: &Entity) -> Vec<&str> {
    let left_out = left_out().get(&entity.object).into_iter().flatten();
    entity.omitted.iter().chain(&entity.answered_once).chain(left_out).map(String::as_str).collect()
}

/// What `src/sandbox/answers.toml` says Stripe leaves out, by object.
fn left_out() -> &'static BTreeMap<String, Vec<String>> {
    static LEFT_OUT: OnceLock<BTreeMap<String, Vec<String>>> = OnceLock::new();
    LEFT_OUT.get_or_init(|| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sandbox/answers.toml");
        let table: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
        table["left_out"].clone().try_into().unwrap()
    })
}

fn members(fields: &[Member], body: &Json, path: &str, unshown: &[&str], faults: &mut Vec<String>) {
    let Some(body) = body.as_object() else {
        faults.push(format!("{path} is no object"));
        return;
    };
    let strange = body.keys().filter(|name| find(fields, name).is_none());
    faults.extend(strange.map(|name| format!("{path}.{name} is no field")));
    let types = find(fields, "type").map(|field| field.shape.values()).unwrap_or_default();
    for field in fields {
        let at = format!("{path}.{}", field.name);
        // An answer may show the fields of one of the types only.
        match body.get(&field.name) {
            None if may_be_missing(field, path) => {}
            // What describes one type is left out of the answer for another: `card` and `us_bank_account`.
            None if types.contains(&field.name) => {}
            None if unshown.contains(&field.name.as_str()) => {}
            None => faults.push(format!("{at} is not there")),
            Some(Json::Null) if field.shape.presence == Presence::Nullable => {}
            Some(value) => holds(&field.shape, value, &at, faults),
        }
    }
}

fn may_be_missing(field: &Member, path: &str) -> bool {
    match field.shape.presence {
        Presence::Nullable => path.contains('.'),
        Presence::Optional => true,
        Presence::Required => false,
    }
}

fn holds(shape: &Shape, value: &Json, path: &str, faults: &mut Vec<String>) {
    let fits = match &shape.kind {
        Kind::Enum(values) => value.as_str().is_some_and(|text| values.iter().any(|known| known == text)),
        Kind::Currency | Kind::File | Kind::Text { .. } => value.is_string(),
        Kind::Integer | Kind::Time => value.is_i64(),
        Kind::Decimal => value.as_str().is_some_and(|text| text.parse::<f64>().is_ok()),
        Kind::Number => value.is_number(),
        Kind::Boolean => value.is_boolean(),
        Kind::DateTime => value.as_str().is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok()),
        Kind::Object(fields) => {
            members(fields, value, path, &[], faults);
            true
        }
        Kind::List(inner) | Kind::Set(inner) => value.as_array().is_some_and(|items| {
            for item in items {
                holds(inner, item, &format!("{path}[]"), faults);
            }
            true
        }),
        Kind::Map(inner) => value.as_object().is_some_and(|map| {
            for item in map.values() {
                holds(inner, item, &format!("{path}[]"), faults);
            }
            true
        }),
        Kind::Page(object) => page(object, value, path, faults),
        Kind::Id(_) => value.as_str().is_some_and(|id| !id.is_empty()) || value.is_object(),
        Kind::Whole(object) => whole(object, value, path, faults),
        Kind::Union(shapes) => shapes.iter().any(|shape| {
            let mut faults = Vec::new();
            holds(shape, value, path, &mut faults);
            faults.is_empty()
        }),
        Kind::Any | Kind::Range => true,
    };
    if !fits {
        faults.push(format!("{path} is {value}, which is no {:?}", shape.kind).chars().take(300).collect());
    }
}

fn page(object: &str, value: &Json, path: &str, faults: &mut Vec<String>) -> bool {
    let Some(items) = value["data"].as_array() else { return false };
    for item in items {
        whole(object, item, path, faults);
    }
    value["object"] == "list" && value["has_more"].is_boolean() && value["url"].is_string()
}

/// An object inside another one. Deleted ones are stubs, and some stand there without what a
/// read of their own would show.
fn whole(object: &str, value: &Json, path: &str, faults: &mut Vec<String>) -> bool {
    let Some(entity) = catalog().by_key(object) else { return value.is_object() };
    if value["deleted"] == true {
        return true;
    }
    members(&entity.fields, value, path, &unshown(entity), faults);
    true
}
