//! Derives the shapes of params and fields from their schemas.

use serde_json::Value;
use stripe_provider::catalog::{Clearing, Kind, Member, Presence, Shape};

use crate::description::GenerateError;

/// Returns the named params of an object schema, sorted.
pub(crate) fn params(schema: &Value, place: &str) -> Result<Vec<Member>, GenerateError> {
    let mut params = Vec::new();
    for (name, schema, required) in properties(schema) {
        let presence = if required { Presence::Required } else { Presence::Optional };
        let shape = param(schema, &format!("{place} {name}"))?.with_presence(presence);
        params.push(Member::new(name, shape));
    }
    params.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(params)
}

/// Returns the shape of a param.
pub(crate) fn param(schema: &Value, place: &str) -> Result<Shape, GenerateError> {
    if let Some(several) = schema.get("anyOf").and_then(Value::as_array) {
        return union(several, place);
    }
    Ok(match (type_of(schema), format_of(schema)) {
        ("string", "binary") => Shape::new(Kind::File),
        ("string", "decimal" | "date-time") | ("integer" | "number" | "boolean", _) => {
            Shape::new(scalar(schema, place)?)
        }
        ("string", _) => text(schema),
        ("array", _) => Shape::new(Kind::List(Box::new(param(items(schema, place)?, place)?))),
        ("object", _) => {
            Shape::new(match schema.get("additionalProperties").filter(|value| value.is_object()) {
                Some(values) => Kind::Map(Box::new(param(values, place)?)),
                None => Kind::Object(params(schema, place)?),
            })
        }
        (other, _) => return Err(unknown(place, other)),
    })
}

/// Returns the shape of a union: an empty text among the variants unsets, comparisons among them make a
/// range.
fn union(several: &[Value], place: &str) -> Result<Shape, GenerateError> {
    if several.iter().any(is_comparison) {
        return Ok(Shape::new(Kind::Range));
    }
    let rest = several.iter().filter(|schema| !is_empty_text(schema));
    let mut shapes = rest.map(|schema| param(schema, place)).collect::<Result<Vec<_>, _>>()?;
    let shape = match (shapes.pop(), shapes.is_empty()) {
        (None, _) => return Err(GenerateError::malformed(place, "allows the empty text only")),
        (Some(only), true) => only,
        (Some(last), false) => {
            shapes.push(last);
            Shape::new(Kind::Union(shapes))
        }
    };
    Ok(if several.iter().any(is_empty_text) { unset_by_empty(shape) } else { shape })
}

fn text(schema: &Value) -> Shape {
    let mut values = values(schema);
    let known = values.len();
    values.retain(|value| !value.is_empty());
    let unsets = values.len() < known;
    let max_length = schema.get("maxLength").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    let max_length = max_length.unwrap_or_default();
    let shape = Shape::new(if values.is_empty() { Kind::Text { max_length } } else { Kind::Enum(values) });
    if unsets { unset_by_empty(shape) } else { shape }
}

fn unset_by_empty(shape: Shape) -> Shape {
    Shape { clearing: Clearing::Empty, ..shape }
}

/// Returns the named fields of an object schema, sorted.
pub(crate) fn fields(schema: &Value, place: &str) -> Result<Vec<Member>, GenerateError> {
    let mut fields = Vec::new();
    for (name, schema, required) in properties(schema) {
        let nullable = schema.get("nullable").and_then(Value::as_bool).unwrap_or_default();
        let presence = match (nullable, required) {
            (true, _) => Presence::Nullable,
            (false, true) => Presence::Required,
            (false, false) => Presence::Optional,
        };
        let shape = field(schema, &format!("{place}.{name}"))?.with_presence(presence);
        fields.push(Member::new(name, shape));
    }
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(fields)
}

/// Returns the shape of a field.
fn field(schema: &Value, place: &str) -> Result<Shape, GenerateError> {
    if let Some(object) = referenced(schema) {
        return Ok(Shape::new(Kind::Whole(object.to_owned())));
    }
    if let Some(several) = schema.get("anyOf").and_then(Value::as_array) {
        return several_fields(schema, several, place);
    }
    Ok(Shape::new(match type_of(schema) {
        "array" => Kind::List(Box::new(field(items(schema, place)?, place)?)),
        "object" => object_field(schema, place)?,
        _ => scalar(schema, place)?,
    }))
}

fn several_fields(schema: &Value, several: &[Value], place: &str) -> Result<Shape, GenerateError> {
    if let Some(targets) = schema.pointer("/x-expansionResources/oneOf").and_then(Value::as_array) {
        let targets = targets.iter().filter_map(referenced).filter(|name| !name.starts_with("deleted_"));
        return Ok(Shape::new(Kind::Id(targets.map(str::to_owned).collect())));
    }
    if let [only] = several {
        return field(only, place);
    }
    let shapes = several.iter().map(|one| field(one, place)).collect::<Result<_, _>>()?;
    Ok(Shape::new(Kind::Union(shapes)))
}

fn object_field(schema: &Value, place: &str) -> Result<Kind, GenerateError> {
    match schema.get("additionalProperties") {
        Some(Value::Bool(true)) => return Ok(Kind::Any),
        Some(values @ Value::Object(_)) => return Ok(Kind::Map(Box::new(field(values, place)?))),
        _ => {}
    }
    let is_list = schema.pointer("/properties/object/enum/0").and_then(Value::as_str) == Some("list");
    match schema.pointer("/properties/data/items").and_then(referenced).filter(|_| is_list) {
        Some(object) => Ok(Kind::Page(object.to_owned())),
        None => Ok(Kind::Object(fields(schema, place)?)),
    }
}

/// The kind of a single value, for params and fields alike.
fn scalar(schema: &Value, place: &str) -> Result<Kind, GenerateError> {
    Ok(match (type_of(schema), format_of(schema)) {
        ("string", "decimal") => Kind::Decimal,
        ("string", "date-time") => Kind::DateTime,
        ("string", _) => match values(schema) {
            none if none.is_empty() => Kind::Text { max_length: 0 },
            values => Kind::Enum(values),
        },
        ("integer", "unix-time") => Kind::Time,
        ("integer", _) => Kind::Integer,
        ("number", _) => Kind::Number,
        ("boolean", _) => Kind::Boolean,
        (other, _) => return Err(unknown(place, other)),
    })
}

/// The name that a reference refers to.
pub(crate) fn referenced(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")
}

/// The properties of an object schema: name, schema, and whether it is required.
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

/// Whether a schema is an object with nothing but `gt`, `gte`, `lt` and `lte`.
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
