//! What a param takes and what a field holds, from their schemas.

use serde_json::Value;

use super::super::model::{Field, FieldKind, Kind, Param};
use super::GenerateError;
use super::calls::referenced;

/// The named params of an object schema, sorted.
pub(super) fn params(schema: &Value, place: &str) -> Result<Vec<Param>, GenerateError> {
    let mut params = Vec::new();
    for (name, schema, required) in properties(schema) {
        let kind = kind(schema, &format!("{place} {name}"))?;
        params.push(Param { name: name.to_owned(), kind, required });
    }
    params.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(params)
}

/// What a param takes.
pub(super) fn kind(schema: &Value, place: &str) -> Result<Kind, GenerateError> {
    if let Some(several) = schema.get("anyOf").and_then(Value::as_array) {
        return either(several, place);
    }
    Ok(match (type_of(schema), format_of(schema)) {
        ("string", "decimal") => Kind::Decimal,
        ("string", "binary") => Kind::Binary,
        ("string", "date-time") => Kind::DateTime,
        ("string", _) => text(schema),
        ("integer", "unix-time") => Kind::Time,
        ("integer", _) => Kind::Integer,
        ("number", _) => Kind::Number,
        ("boolean", _) => Kind::Boolean,
        ("array", _) => Kind::List(Box::new(kind(items(schema, place)?, place)?)),
        ("object", _) => match schema.get("additionalProperties").filter(|value| value.is_object()) {
            Some(values) => Kind::Map(Box::new(kind(values, place)?)),
            None => Kind::Object(params(schema, place)?),
        },
        (other, _) => return Err(unknown(place, other)),
    })
}

/// One of several: the empty text among them unsets, comparisons among them make a range.
fn either(several: &[Value], place: &str) -> Result<Kind, GenerateError> {
    let unsets = several.iter().any(is_empty_text);
    if several.iter().any(is_comparison) {
        return Ok(Kind::Range);
    }
    let rest = several.iter().filter(|schema| !is_empty_text(schema));
    let mut kinds = rest.map(|schema| kind(schema, place)).collect::<Result<Vec<_>, _>>()?;
    let kind = match (kinds.pop(), kinds.is_empty()) {
        (None, _) => return Err(GenerateError::malformed(place, "allows the empty text only")),
        (Some(only), true) => only,
        (Some(last), false) => {
            kinds.push(last);
            Kind::Either(kinds)
        }
    };
    Ok(if unsets { Kind::Unsettable(Box::new(kind)) } else { kind })
}

fn text(schema: &Value) -> Kind {
    let max_length = schema.get("maxLength").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    let mut values = values(schema);
    let known = values.len();
    values.retain(|value| !value.is_empty());
    let unsets = values.len() < known;
    let kind = Kind::String { values, max_length: max_length.unwrap_or_default() };
    if unsets { Kind::Unsettable(Box::new(kind)) } else { kind }
}

/// The named fields of an object schema, sorted.
pub(super) fn fields(schema: &Value, place: &str) -> Result<Vec<Field>, GenerateError> {
    let mut fields = Vec::new();
    for (name, schema, required) in properties(schema) {
        let kind = field_kind(schema, &format!("{place}.{name}"))?;
        let nullable = schema.get("nullable").and_then(Value::as_bool).unwrap_or_default();
        fields.push(Field { name: name.to_owned(), kind, nullable, optional: !required && !nullable });
    }
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(fields)
}

fn field_kind(schema: &Value, place: &str) -> Result<FieldKind, GenerateError> {
    if let Some(object) = referenced(schema) {
        return Ok(FieldKind::Reference(object.to_owned()));
    }
    if let Some(several) = schema.get("anyOf").and_then(Value::as_array) {
        return several_fields(schema, several, place);
    }
    Ok(match (type_of(schema), format_of(schema)) {
        ("string", "decimal") => FieldKind::Decimal,
        ("string", "date-time") => FieldKind::DateTime,
        ("string", _) => FieldKind::String { values: values(schema) },
        ("integer", "unix-time") => FieldKind::Time,
        ("integer", _) => FieldKind::Integer,
        ("number", _) => FieldKind::Number,
        ("boolean", _) => FieldKind::Boolean,
        ("array", _) => FieldKind::List(Box::new(field_kind(items(schema, place)?, place)?)),
        ("object", _) => object_field(schema, place)?,
        (other, _) => return Err(unknown(place, other)),
    })
}

fn several_fields(schema: &Value, several: &[Value], place: &str) -> Result<FieldKind, GenerateError> {
    if let Some(targets) = schema.pointer("/x-expansionResources/oneOf").and_then(Value::as_array) {
        let targets = targets.iter().filter_map(referenced).filter(|name| !name.starts_with("deleted_"));
        return Ok(FieldKind::Expandable(targets.map(str::to_owned).collect()));
    }
    match several {
        [only] => field_kind(only, place),
        _ => {
            Ok(FieldKind::Either(several.iter().map(|one| field_kind(one, place)).collect::<Result<_, _>>()?))
        }
    }
}

fn object_field(schema: &Value, place: &str) -> Result<FieldKind, GenerateError> {
    match schema.get("additionalProperties") {
        Some(Value::Bool(true)) => return Ok(FieldKind::Any),
        Some(values @ Value::Object(_)) => return Ok(FieldKind::Map(Box::new(field_kind(values, place)?))),
        _ => {}
    }
    let is_list = schema.pointer("/properties/object/enum/0").and_then(Value::as_str) == Some("list");
    match schema.pointer("/properties/data/items").and_then(referenced).filter(|_| is_list) {
        Some(object) => Ok(FieldKind::Page(object.to_owned())),
        None => Ok(FieldKind::Object(fields(schema, place)?)),
    }
}

/// The properties of an object schema: name, schema, required.
fn properties(schema: &Value) -> impl Iterator<Item = (&str, &Value, bool)> {
    let required = schema.get("required").and_then(Value::as_array);
    let is_required =
        move |name: &str| required.is_some_and(|names| names.iter().any(|one| one.as_str() == Some(name)));
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.into_iter().flatten().map(move |(name, schema)| (name.as_str(), schema, is_required(name)))
}

fn items<'s>(schema: &'s Value, place: &str) -> Result<&'s Value, GenerateError> {
    schema.get("items").ok_or_else(|| GenerateError::malformed(place, "is a list of nothing"))
}

fn values(schema: &Value) -> Vec<String> {
    let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    listed.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn is_empty_text(schema: &Value) -> bool {
    values(schema) == [""]
}

/// An object of nothing but `gt`, `gte`, `lt` and `lte`.
fn is_comparison(schema: &Value) -> bool {
    let mut names = properties(schema).map(|(name, ..)| name).peekable();
    names.peek().is_some() && names.all(|name| matches!(name, "gt" | "gte" | "lt" | "lte"))
}

fn type_of(schema: &Value) -> &str {
    schema.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn format_of(schema: &Value) -> &str {
    schema.get("format").and_then(Value::as_str).unwrap_or_default()
}

fn unknown(place: &str, kind: &str) -> GenerateError {
    GenerateError::malformed(place, format!("has the unknown type {kind:?}"))
}
