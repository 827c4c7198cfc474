//! JSON Schemas of entities, payloads and outputs, from the catalog.

use schemars::{Schema, json_schema};
use serde_json::{Map, Value as Json, json};

use super::result::{ResultKeys, text_or_null};
use crate::catalog::{Action, Clearing, Entity, Kind, Member, NumberRange, Presence, Shape};

/// The schema of an entity as Stripe returns it.
pub(super) fn entity(entity: &Entity) -> Schema {
    let mut schema = object(&entity.fields, SchemaUse::Answer);
    schema.insert("title".to_owned(), Json::String(entity.name.clone()));
    schema
}

/// The schema of an action's payload.
pub(super) fn input(action: &Action) -> Schema {
    let ids = action.path_inputs.iter().map(|name| (name.clone(), json!({"type": "string"})));
    let renamed = |param: &Member| action.renames.get(&param.name).unwrap_or(&param.name).clone();
    let params =
        action.params.iter().map(|param| (renamed(param), of_member(param, SchemaUse::Input).to_value()));
    let properties: Map<String, Json> = ids.chain(params).collect();
    let required_params =
        action.params.iter().filter(|p| p.shape.is_required() || action.required_inputs.contains(&p.name));
    let required: Vec<String> =
        action.path_inputs.iter().cloned().chain(required_params.map(renamed)).collect();
    json_schema!({
        "title": action.name,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false
    })
}

/// The schema of an output: an array of one object, every value text or null.
pub(super) fn output(keys: ResultKeys) -> Schema {
    let success = ("Success".to_owned(), json!({"type": "string", "const": "true"}));
    let properties: Map<String, Json> = [success].into_iter().chain(keys.properties).collect();
    json_schema!({
        "type": "array",
        "minItems": 1,
        "maxItems": 1,
        "items": {
            "type": "object",
            "properties": properties,
            "patternProperties": keys.patterns,
            "required": ["Success"],
            "additionalProperties": text_or_null()
        }
    })
}

/// The use of a schema. Stripe adds values to its enums and fields to its objects, so in the schema of an
/// answer, known values are examples and other members are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SchemaUse {
    Answer,
    Input,
}

fn object(members: &[Member], purpose: SchemaUse) -> Schema {
    let properties = members.iter().map(|it| (it.name.clone(), of_member(it, purpose).to_value()));
    let properties: Map<String, Json> = properties.collect();
    let left_out = |it: &&Member| it.shape.presence == Presence::Optional;
    let required: Vec<&str> = members.iter().filter(|it| !left_out(it)).map(|it| it.name.as_str()).collect();
    let mut schema = json_schema!({"type": "object", "properties": properties, "required": required});
    if purpose == SchemaUse::Input {
        schema.insert("additionalProperties".to_owned(), Json::Bool(false));
    }
    schema
}

fn of_member(member: &Member, purpose: SchemaUse) -> Schema {
    let mut schema = of_shape(&member.shape, purpose).to_value();
    match NumberRange::of(&member.name) {
        Some(range) if purpose == SchemaUse::Input => limit(&mut schema, range),
        _ => {}
    }
    // The conversion cannot fail, because a schema stays a schema; the fallback allows any value.
    Schema::try_from(schema).unwrap_or_default()
}

/// Limits the numbers of a schema: its own, those of its alternatives, or those of its items.
fn limit(schema: &mut Json, range: NumberRange) {
    let is_number = |kind: &Json| kind == "integer" || kind == "number";
    let kinds = &schema["type"];
    if is_number(kinds) || kinds.as_array().is_some_and(|several| several.iter().any(is_number)) {
        schema[if range.is_open { "exclusiveMinimum" } else { "minimum" }] = json!(range.least);
        if let Some(most) = range.most {
            schema["maximum"] = json!(most);
        }
    }
    schema.get_mut("items").into_iter().for_each(|items| limit(items, range));
    let alternatives = schema.get_mut("anyOf").and_then(Json::as_array_mut);
    alternatives.into_iter().flatten().for_each(|schema| limit(schema, range));
}

fn of_shape(shape: &Shape, purpose: SchemaUse) -> Schema {
    let mut schema = of_kind(&shape.kind, purpose);
    if shape.presence == Presence::Nullable {
        or_null(&mut schema);
    }
    if shape.clearing == Clearing::Empty {
        return json_schema!({"anyOf": [schema, {"const": ""}]});
    }
    schema
}

fn of_kind(kind: &Kind, purpose: SchemaUse) -> Schema {
    let input = purpose == SchemaUse::Input;
    match kind {
        Kind::Any => json_schema!({}),
        Kind::Boolean => json_schema!({"type": "boolean"}),
        Kind::Currency | Kind::Text { max_length: 0 } => json_schema!({"type": "string"}),
        Kind::DateTime => json_schema!({"type": "string", "format": "date-time"}),
        Kind::Decimal if input => json_schema!({"type": ["string", "number"], "format": "decimal"}),
        Kind::Decimal => json_schema!({"type": "string", "format": "decimal"}),
        Kind::Enum(values) if input => json_schema!({"type": "string", "enum": values}),
        Kind::Enum(values) => json_schema!({"type": "string", "examples": values}),
        Kind::File => json_schema!({"type": "string", "contentEncoding": "binary"}),
        Kind::Id(_) if input => json_schema!({"type": "string"}),
        Kind::Id(objects) => json_schema!({"type": ["string", "object"], "title": objects.join(" or ")}),
        Kind::Integer => json_schema!({"type": "integer"}),
        Kind::List(item) => json_schema!({"type": "array", "items": of_shape(item, purpose)}),
        Kind::Map(value) => {
            json_schema!({"type": "object", "additionalProperties": of_shape(value, purpose)})
        }
        Kind::Number => json_schema!({"type": "number"}),
        Kind::Object(members) => object(members, purpose),
        Kind::Page(object) => json_schema!({
            "type": "object",
            "properties": {
                "data": {"type": "array", "items": {"type": "object", "title": object}},
                "has_more": {"type": "boolean"}
            }
        }),
        Kind::Range => json_schema!({"type": ["integer", "object"]}),
        Kind::Set(item) => {
            json_schema!({"type": "array", "items": of_shape(item, purpose), "uniqueItems": true})
        }
        Kind::Text { max_length } => json_schema!({"type": "string", "maxLength": max_length}),
        Kind::Time if input => json_schema!({"type": ["integer", "string"], "format": "unix-time"}),
        Kind::Time => json_schema!({"type": "integer", "format": "unix-time"}),
        Kind::Union(shapes) => {
            let shapes: Vec<Schema> = shapes.iter().map(|shape| of_shape(shape, purpose)).collect();
            json_schema!({"anyOf": shapes})
        }
        Kind::Whole(object) => json_schema!({"type": "object", "title": object}),
    }
}

/// Makes a schema allow null as well.
fn or_null(schema: &mut Schema) {
    match schema.get("type").cloned() {
        Some(Json::String(one)) => drop(schema.insert("type".to_owned(), json!([one, "null"]))),
        Some(Json::Array(mut several)) => {
            several.push(json!("null"));
            schema.insert("type".to_owned(), Json::Array(several));
        }
        _ => *schema = json_schema!({"anyOf": [schema.clone(), {"type": "null"}]}),
    }
}
