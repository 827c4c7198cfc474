//! Whole objects on the wire: `DynamicValue`s and stored states, and the completion of objects.

use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::messages;
use crate::terraform::schema::{Block, NestedBlock, Nesting};
use crate::terraform::value::{Entries, Type, Value, json, msgpack};
use crate::terraform::wire::tfplugin5::{DynamicValue, RawState};

/// Decodes an object. `field` is the request field that contains it. A missing value and a value in neither
/// form are null, because clients leave out null values.
pub(super) fn decode(field: &str, value: Option<&DynamicValue>, ty: &Type) -> Result<Value, Diagnostic> {
    let Some(value) = value else { return Ok(Value::Null) };
    if !value.msgpack.is_empty() {
        return msgpack::decode(&value.msgpack, ty).map_err(|error| unreadable(field, &error.to_string()));
    }
    if !value.json.is_empty() {
        return json::decode_state(&value.json, ty).map_err(|error| unreadable(field, &error.to_string()));
    }
    Ok(Value::Null)
}

/// Decodes a stored state, which may lack attributes that the schema has gained since it was written. In a
/// state of an older schema, attributes whose form has changed since are left out.
pub(super) fn decode_stored(raw: Option<&RawState>, ty: &Type, is_older: bool) -> Result<Value, Diagnostic> {
    let decode_json = if is_older { json::decode_older_state } else { json::decode_state };
    match raw {
        Some(raw) if !raw.json.is_empty() => {
            decode_json(&raw.json, ty).map_err(|error| unreadable("raw_state", &error.to_string()))
        }
        Some(raw) if !raw.flatmap.is_empty() => Err(messages::state_too_old()),
        _ => Err(unreadable("raw_state", "it is empty")),
    }
}

fn unreadable(field: &str, why: &str) -> Diagnostic {
    messages::unreadable_value(field, why)
}

/// Encodes an object of type `ty`; an error is a bug in the provider.
pub(super) fn encode(value: &Value, ty: &Type) -> Result<DynamicValue, Diagnostic> {
    let misfit = |error: msgpack::EncodeError| messages::value_does_not_fit(&error.to_string());
    let msgpack = msgpack::encode(value, ty).map_err(misfit)?;
    Ok(DynamicValue { msgpack, json: Vec::new() })
}

/// Returns the object in the form used in plans and states, at every depth: missing and write-only attributes
/// are null, and an absent block is an empty collection, which is not null. A null that has a type keeps it.
pub(super) fn complete(value: Value, block: &Block) -> Value {
    let Value::Map(mut entries) = value else { return value };
    for attribute in &block.attributes {
        match entries.get_mut(attribute.name.as_ref()) {
            Some(value) if attribute.write_only && !value.is_null() => *value = Value::Null,
            Some(_) => {}
            None => drop(entries.insert(attribute.name.as_ref().into(), Value::Null)),
        }
    }
    for nested in &block.blocks {
        match entries.get_mut(nested.name.as_ref()) {
            Some(value) => *value = complete_nested(std::mem::take(value), nested),
            None => drop(entries.insert(nested.name.as_ref().into(), complete_nested(Value::Null, nested))),
        }
    }
    Value::Map(entries)
}

fn complete_nested(value: Value, nested: &NestedBlock) -> Value {
    let all = |items: Vec<Value>| items.into_iter().map(|item| complete(item, &nested.block)).collect();
    match (value, nested.nesting) {
        (Value::Null, Nesting::One | Nesting::List) => Value::List(Vec::new()),
        (Value::Null, Nesting::Set) => Value::Set(Vec::new()),
        (Value::Null, Nesting::Map) => Value::Map(Entries::new()),
        (Value::List(items), _) => Value::List(all(items)),
        (Value::Set(items), _) => Value::Set(all(items)),
        (Value::Map(entries), _) => Value::Map(
            entries.into_iter().map(|(label, item)| (label, complete(item, &nested.block))).collect(),
        ),
        (other, _) => other,
    }
}

/// Returns the value without the parts that do not fit `ty`. Used for the state that an apply left: losing
/// one attribute is better than losing the object, which Terraform would do with a state that it cannot read.
pub(super) fn salvage(value: Value, ty: &Type) -> Value {
    let all = |items: Vec<Value>, ty: &Type| items.into_iter().map(|item| salvage(item, ty)).collect();
    match (value, ty) {
        (Value::Unknown, _) => Value::Unknown,
        (Value::List(items), Type::List(element)) => Value::List(all(items, element)),
        (Value::Set(items), Type::Set(element)) => Value::Set(all(items, element)),
        (Value::List(items), Type::Tuple(types)) if items.len() == types.len() => {
            Value::List(items.into_iter().zip(types).map(|(item, ty)| salvage(item, ty)).collect())
        }
        (Value::Map(entries), Type::Map(element)) => {
            Value::Map(entries.into_iter().map(|(key, item)| (key, salvage(item, element))).collect())
        }
        (Value::Map(mut entries), Type::Object(attributes)) => {
            let kept = attributes.iter().map(|(name, ty)| {
                (name.into(), salvage(entries.remove(name.as_str()).unwrap_or_default(), ty))
            });
            Value::Map(kept.collect())
        }
        (value @ Value::String(_), Type::String)
        | (value @ Value::Number(_), Type::Number)
        | (value @ Value::Bool(_), Type::Bool)
        | (value @ Value::Dynamic(_), Type::Dynamic) => value,
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests;
