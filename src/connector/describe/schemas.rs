//! JSON Schemas of entities, payloads and outputs, from the catalog.

use schemars::{Schema, json_schema};
use serde_json::{Map, Value as Json, json};

use crate::catalog::{Action, Entity, Field, FieldKind, Kind, Param};

/// The schema of an entity as Stripe returns it.
pub(super) fn entity(entity: &Entity) -> Schema {
    let mut schema = object_of_fields(&entity.fields);
    schema.insert("title".to_owned(), Json::String(entity.name.clone()));
    schema
}

/// The schema of an action's payload.
pub(super) fn input(action: &Action) -> Schema {
    let ids = action.path_inputs.iter().map(|name| (name.clone(), json!({"type": "string"})));
    let renamed = |param: &Param| action.renames.get(&param.name).unwrap_or(&param.name).clone();
    let params = action.params.iter().map(|param| (renamed(param), of_param(&param.kind).to_value()));
    let properties: Map<String, Json> = ids.chain(params).collect();
    let demanded = action.params.iter().filter(|p| p.required || action.required_inputs.contains(&p.name));
    let required: Vec<String> = action.path_inputs.iter().cloned().chain(demanded.map(renamed)).collect();
    json_schema!({
        "title": action.name,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false
    })
}

/// The schema of an output: an array of one object, every value text or null.
pub(super) fn output<'n>(fields: impl IntoIterator<Item = &'n str>) -> Schema {
    let text = || json!({"type": ["string", "null"]});
    let fields = fields.into_iter().map(|name| (name.to_owned(), text()));
    let properties: Map<String, Json> = [("Success".to_owned(), json!({"type": "string", "const": "true"}))]
        .into_iter()
        .chain(fields)
        .collect();
    json_schema!({
        "type": "array",
        "minItems": 1,
        "maxItems": 1,
        "items": {
            "type": "object",
            "properties": properties,
            "required": ["Success"],
            "additionalProperties": text()
        }
    })
}

fn object_of_fields(fields: &[Field]) -> Schema {
    let properties = fields.iter().map(|field| (field.name.clone(), of_field(field).to_value()));
    let properties: Map<String, Json> = properties.collect();
    let required: Vec<&str> =
        fields.iter().filter(|field| !field.optional).map(|field| field.name.as_str()).collect();
    json_schema!({"type": "object", "properties": properties, "required": required})
}

fn of_field(field: &Field) -> Schema {
    let mut schema = of_kind(&field.kind);
    if field.nullable {
        or_null(&mut schema);
    }
    schema
}

fn of_kind(kind: &FieldKind) -> Schema {
    match kind {
        // Stripe adds values to its enums, so known ones are examples and not the law.
        FieldKind::String { values } if !values.is_empty() => {
            json_schema!({"type": "string", "examples": values})
        }
        FieldKind::String { .. } => json_schema!({"type": "string"}),
        FieldKind::Decimal => json_schema!({"type": "string", "format": "decimal"}),
        FieldKind::Integer => json_schema!({"type": "integer"}),
        FieldKind::Time => json_schema!({"type": "integer", "format": "unix-time"}),
        FieldKind::DateTime => json_schema!({"type": "string", "format": "date-time"}),
        FieldKind::Number => json_schema!({"type": "number"}),
        FieldKind::Boolean => json_schema!({"type": "boolean"}),
        FieldKind::Object(fields) => object_of_fields(fields),
        FieldKind::List(kind) => json_schema!({"type": "array", "items": of_kind(kind)}),
        FieldKind::Map(kind) => json_schema!({"type": "object", "additionalProperties": of_kind(kind)}),
        FieldKind::Page(object) => json_schema!({
            "type": "object",
            "properties": {
                "data": {"type": "array", "items": {"type": "object", "title": object}},
                "has_more": {"type": "boolean"}
            }
        }),
        FieldKind::Expandable(objects) => {
            json_schema!({"type": ["string", "object"], "title": objects.join(" or ")})
        }
        FieldKind::Reference(object) => json_schema!({"type": "object", "title": object}),
        FieldKind::Either(kinds) => json_schema!({"anyOf": kinds.iter().map(of_kind).collect::<Vec<_>>()}),
        FieldKind::Any => json_schema!({}),
    }
}

fn of_param(kind: &Kind) -> Schema {
    match kind {
        Kind::String { values, max_length } => text(values, *max_length),
        Kind::Integer => json_schema!({"type": "integer"}),
        Kind::Decimal => json_schema!({"type": ["string", "number"], "format": "decimal"}),
        Kind::Number => json_schema!({"type": "number"}),
        Kind::Boolean => json_schema!({"type": "boolean"}),
        Kind::Time => json_schema!({"type": ["integer", "string"], "format": "unix-time"}),
        Kind::DateTime => json_schema!({"type": "string", "format": "date-time"}),
        Kind::Range => json_schema!({"type": ["integer", "object"]}),
        Kind::Object(params) => object_of_params(params),
        Kind::List(kind) => json_schema!({"type": "array", "items": of_param(kind)}),
        Kind::Map(kind) => json_schema!({"type": "object", "additionalProperties": of_param(kind)}),
        Kind::Either(kinds) => json_schema!({"anyOf": kinds.iter().map(of_param).collect::<Vec<_>>()}),
        Kind::Unsettable(kind) => json_schema!({"anyOf": [of_param(kind), {"const": ""}]}),
        Kind::Binary => json_schema!({"type": "string", "contentEncoding": "binary"}),
    }
}

fn object_of_params(params: &[Param]) -> Schema {
    let properties = params.iter().map(|param| (param.name.clone(), of_param(&param.kind).to_value()));
    let properties: Map<String, Json> = properties.collect();
    let required: Vec<&str> =
        params.iter().filter(|param| param.required).map(|param| param.name.as_str()).collect();
    json_schema!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn text(values: &[String], max_length: u32) -> Schema {
    let mut schema = json_schema!({"type": "string"});
    if !values.is_empty() {
        schema.insert("enum".to_owned(), json!(values));
    }
    if max_length > 0 {
        schema.insert("maxLength".to_owned(), json!(max_length));
    }
    schema
}

/// The same schema, null allowed.
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
