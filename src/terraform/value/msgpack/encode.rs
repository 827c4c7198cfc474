//! Encodes a value as a given type.

use std::collections::BTreeMap;

use super::{EncodeError, describe_type};
use crate::terraform::value::{Entries, Number, Path, Step, Type, Value};

/// Unknown: an extension of type 0 with one byte.
const UNKNOWN: [u8; 3] = [0xd4, 0x00, 0x00];

/// Encodes a value as type `ty`. An object gets every attribute of its type; absent ones are null.
pub fn encode(value: &Value, ty: &Type) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = Vec::new();
    write(&mut bytes, value, ty)?;
    Ok(bytes)
}

fn write(bytes: &mut Vec<u8>, value: &Value, ty: &Type) -> Result<(), EncodeError> {
    match (value, ty) {
        (Value::Null, _) => bytes.push(0xc0),
        (Value::Unknown, _) => bytes.extend(UNKNOWN),
        (Value::Bool(truth), Type::Bool) => bytes.push(if *truth { 0xc3 } else { 0xc2 }),
        (Value::Number(value), Type::Number) => number(bytes, value),
        (Value::String(value), Type::String) => text(bytes, value),
        (Value::List(items), Type::List(element)) | (Value::Set(items), Type::Set(element)) => {
            length(bytes, items.len(), [0x90, 0xdc, 0xdd]);
            for (at, item) in items.iter().enumerate() {
                write(bytes, item, element).map_err(|error| error.below(Step::at(at)))?;
            }
        }
        (Value::List(items), Type::Tuple(elements)) if items.len() == elements.len() => {
            length(bytes, items.len(), [0x90, 0xdc, 0xdd]);
            for (at, (item, ty)) in items.iter().zip(elements).enumerate() {
                write(bytes, item, ty).map_err(|error| error.below(Step::at(at)))?;
            }
        }
        (Value::Map(entries), Type::Map(element)) => {
            length(bytes, entries.len(), [0x80, 0xde, 0xdf]);
            for (key, item) in entries {
                text(bytes, key);
                write(bytes, item, element).map_err(|error| error.below(Step::Key(key.to_string())))?;
            }
        }
        (Value::Map(entries), Type::Object(attributes)) => object(bytes, entries, attributes)?,
        (Value::Dynamic(inner), Type::Dynamic) => {
            let (ty, value) = inner.as_ref();
            bytes.push(0x92);
            binary(bytes, ty.to_json().to_string().as_bytes());
            write(bytes, value, ty)?;
        }
        _ => {
            return Err(EncodeError {
                path: Path::root(),
                expected: describe_type(ty),
                found: describe_value(value),
            });
        }
    }
    Ok(())
}

fn object(
    bytes: &mut Vec<u8>,
    entries: &Entries,
    attributes: &BTreeMap<String, Type>,
) -> Result<(), EncodeError> {
    if let Some(stray) = entries.keys().find(|name| !attributes.contains_key(name.as_str())) {
        let expected = "an attribute of the schema".to_owned();
        return Err(EncodeError { path: Path::attribute(stray), expected, found: "it" });
    }
    length(bytes, attributes.len(), [0x80, 0xde, 0xdf]);
    for (name, ty) in attributes {
        text(bytes, name);
        let value = entries.get(name.as_str()).unwrap_or(&Value::Null);
        write(bytes, value, ty).map_err(|error| error.below(Step::Attribute(name.clone())))?;
    }
    Ok(())
}

/// Encodes a number as its text, which every client reads exactly. To Terraform, a binary integer has another
/// precision than the same number in a state file; before 1.15, it takes that for drift
/// (`plan -refresh-only -detailed-exitcode`).
fn number(bytes: &mut Vec<u8>, number: &Number) {
    match number.as_i64() {
        Some(integer) => text(bytes, &integer.to_string()),
        None => text(bytes, number.as_str()),
    }
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    match text.len() {
        short @ 0..=31 => bytes.push(0xa0 | u8::try_from(short).unwrap_or_default()),
        long => sized(bytes, long, [0xd9, 0xda, 0xdb]),
    }
    bytes.extend(text.as_bytes());
}

fn binary(bytes: &mut Vec<u8>, content: &[u8]) {
    sized(bytes, content.len(), [0xc4, 0xc5, 0xc6]);
    bytes.extend(content);
}

/// Writes a head with a length of one, two or four bytes.
fn sized(bytes: &mut Vec<u8>, length: usize, [one, two, four]: [u8; 3]) {
    if let Ok(length) = u8::try_from(length) {
        bytes.extend([one, length]);
    } else {
        wide(bytes, length, [two, four]);
    }
}

/// Writes a head with its length in four bits, or in two or four bytes.
fn length(bytes: &mut Vec<u8>, length: usize, [fixed, two, four]: [u8; 3]) {
    match u8::try_from(length) {
        Ok(length @ 0..=15) => bytes.push(fixed | length),
        _ => wide(bytes, length, [two, four]),
    }
}

fn wide(bytes: &mut Vec<u8>, length: usize, [two, four]: [u8; 2]) {
    if let Ok(length) = u16::try_from(length) {
        bytes.push(two);
        bytes.extend(length.to_be_bytes());
    } else {
        bytes.push(four);
        // Messages are limited to 256 MiB, so four bytes hold every length.
        bytes.extend(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
    }
}

/// Names the kind of a value, for messages.
fn describe_value(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Unknown => "unknown",
        Value::Bool(_) => "a bool",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::List(_) => "a list",
        Value::Set(_) => "a set",
        Value::Map(_) => "a map",
        Value::Dynamic(_) => "a value with its type",
    }
}
