//! Values as JSON, the form in which Terraform stores them in its state.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::terraform::value::{Number, Path, Type, Value};

/// The maximum nesting depth of values, which is also serde_json's limit.
const MAX_DEPTH: usize = 128;

/// Why a JSON text is not a value of a type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{reason}", place(path))]
pub struct DecodeError {
    /// The position in the value.
    pub path: Path,
    /// What is wrong there, without a final full stop.
    pub reason: String,
}

/// Decodes a stored state. It may have been written under an older schema: missing attributes are null, and
/// attributes that the schema no longer has are left out.
pub fn decode_state(bytes: &[u8], ty: &Type) -> Result<Value, DecodeError> {
    let json = serde_json::from_slice(bytes).map_err(|error| error_at(&Path::root(), error.to_string()))?;
    decode(&json, ty)
}

/// Decodes a stored state of an older schema, possibly one of another provider. An attribute whose value now
/// has another form is null until the object is read.
pub fn decode_older_state(bytes: &[u8], ty: &Type) -> Result<Value, DecodeError> {
    let json = serde_json::from_slice(bytes).map_err(|error| error_at(&Path::root(), error.to_string()))?;
    let (Json::Object(members), Type::Object(attributes)) = (&json, ty) else { return decode(&json, ty) };
    let fitting = attributes.iter().map(|(name, ty)| {
        let value = members.get(name).and_then(|item| read(item, ty, &Path::attribute(name)).ok());
        (name.clone(), value.unwrap_or_default())
    });
    Ok(Value::map(fitting))
}

/// Decodes a value from parsed JSON.
pub fn decode(json: &Json, ty: &Type) -> Result<Value, DecodeError> {
    read(json, ty, &Path::root())
}

fn read(json: &Json, ty: &Type, path: &Path) -> Result<Value, DecodeError> {
    if path.steps().len() > MAX_DEPTH {
        return Err(error_at(path, format!("it is nested deeper than {MAX_DEPTH}")));
    }
    let wrong = |expected: &str| Err(error_at(path, format!("{} is not {expected}", describe(json))));
    match (json, ty) {
        (Json::Null, _) => Ok(Value::Null),
        (_, Type::Dynamic) => dynamic(json, path),
        (Json::Bool(truth), Type::Bool) => Ok(Value::Bool(*truth)),
        // Terraform accepts both from text, and states written by other tools contain them.
        (Json::String(text), Type::Bool) => {
            text.parse().map_or_else(|_| wrong("a bool"), |truth| Ok(Value::Bool(truth)))
        }
        (Json::Number(digits), Type::Number) => number(&digits.to_string(), path),
        (Json::String(text), Type::Number) => number(text, path),
        (Json::String(text), Type::String) => Ok(Value::String(text.clone())),
        (Json::Number(number), Type::String) => Ok(Value::String(number.to_string())),
        (Json::Bool(truth), Type::String) => Ok(Value::String(truth.to_string())),
        (Json::Array(items), Type::List(element)) => Ok(Value::List(all(items, element, path)?)),
        (Json::Array(items), Type::Set(element)) => Ok(Value::Set(all(items, element, path)?)),
        (Json::Array(items), Type::Tuple(types)) if items.len() == types.len() => {
            let items = items.iter().zip(types).enumerate();
            Ok(Value::List(
                items.map(|(at, (item, ty))| read(item, ty, &path.index(at))).collect::<Result<_, _>>()?,
            ))
        }
        (Json::Object(members), Type::Map(element)) => {
            let entries =
                members.iter().map(|(key, item)| Ok((key.into(), read(item, element, &path.key(key))?)));
            Ok(Value::Map(entries.collect::<Result<_, _>>()?))
        }
        (Json::Object(members), Type::Object(attributes)) => object(members, attributes, path),
        (_, Type::Bool) => wrong("a bool"),
        (_, Type::Number) => wrong("a number"),
        (_, Type::String) => wrong("a string"),
        (_, Type::List(_) | Type::Set(_) | Type::Tuple(_)) => wrong("a list"),
        (_, Type::Map(_) | Type::Object(_)) => wrong("an object"),
    }
}

fn object(
    members: &serde_json::Map<String, Json>,
    attributes: &BTreeMap<String, Type>,
    path: &Path,
) -> Result<Value, DecodeError> {
    let entries = attributes.iter().map(|(name, ty)| {
        let value = members.get(name).map_or(Ok(Value::Null), |item| read(item, ty, &path.name(name)))?;
        Ok((name.into(), value))
    });
    Ok(Value::Map(entries.collect::<Result<_, _>>()?))
}

/// Decodes a value that comes with its type: `{"value": …, "type": …}`. A value without its type was written
/// under another schema, in which the position had a fixed type; its type is derived from the value.
fn dynamic(json: &Json, path: &Path) -> Result<Value, DecodeError> {
    let typed = json.as_object().filter(|members| members.len() == 2);
    let typed =
        typed.and_then(|members| Some((Type::from_json(members.get("type")?)?, members.get("value")?)));
    let (ty, value) = typed.unwrap_or_else(|| (type_of(json), json));
    let value = read(value, &ty, path)?;
    Ok(Value::Dynamic(Box::new((ty, value))))
}

/// Returns the type that a literal of this value would have.
fn type_of(json: &Json) -> Type {
    match json {
        Json::Null => Type::Dynamic,
        Json::Bool(_) => Type::Bool,
        Json::Number(_) => Type::Number,
        Json::String(_) => Type::String,
        Json::Array(items) => Type::Tuple(items.iter().map(type_of).collect()),
        Json::Object(members) => Type::object(members.iter().map(|(name, it)| (name.clone(), type_of(it)))),
    }
}

fn all(items: &[Json], element: &Type, path: &Path) -> Result<Vec<Value>, DecodeError> {
    items.iter().enumerate().map(|(at, item)| read(item, element, &path.index(at))).collect()
}

fn number(text: &str, path: &Path) -> Result<Value, DecodeError> {
    Number::parse(text).map(Value::Number).ok_or_else(|| error_at(path, format!("{text:?} is not a number")))
}

fn describe(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "a bool",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

fn error_at(path: &Path, reason: String) -> DecodeError {
    DecodeError { path: path.clone(), reason }
}

fn place(path: &Path) -> String {
    if path.steps().is_empty() { String::new() } else { format!("{path}: ") }
}

#[cfg(test)]
mod tests {
    use super::{decode_older_state, decode_state};
    use crate::terraform::value::{Number, Type, Value};

    fn read(text: &str, ty: &Type) -> Result<Value, String> {
        decode_state(text.as_bytes(), ty).map_err(|error| error.to_string())
    }

    fn thing() -> Type {
        Type::object([("name", Type::String), ("size", Type::Number), ("tags", Type::list(Type::String))])
    }

    #[test]
    fn numbers_keep_every_digit() {
        for text in
            ["0.1", "1.50", "-0", "9223372036854775808", "1e100", "0.1000000000000000055511151231257827"]
        {
            let Value::Number(number) = read(text, &Type::Number).unwrap() else { panic!("{text}") };
            assert_eq!(number, Number::parse(text).unwrap(), "{text}");
        }
        assert_eq!(read("\"2.5\"", &Type::Number).unwrap(), Value::Number(Number::parse("2.5").unwrap()));
    }

    #[test]
    fn an_older_state_lacks_attributes_and_has_others() {
        let state = read(r#"{"name": "a", "colour": "red"}"#, &thing()).unwrap();
        let expected = Value::map([("name", Value::from("a")), ("size", Value::Null), ("tags", Value::Null)]);
        assert_eq!(state, expected);
    }

    #[test]
    fn what_has_another_form_since_is_null_in_an_older_state() {
        let state = br#"{"name": "a", "size": {"w": 1}, "tags": [["x"]]}"#;
        let expected = Value::map([("name", Value::from("a")), ("size", Value::Null), ("tags", Value::Null)]);
        assert_eq!(decode_older_state(state, &thing()).unwrap(), expected);
        assert!(decode_older_state(b"{", &thing()).is_err());
        assert!(decode_older_state(b"[]", &thing()).is_err());
    }

    #[test]
    fn a_value_of_another_shape_is_refused_with_its_path() {
        assert_eq!(
            read(r#"{"tags": ["a", {}]}"#, &thing()).unwrap_err(),
            "tags[1]: an object is not a string"
        );
        assert_eq!(read(r#"{"size": "big"}"#, &thing()).unwrap_err(), r#"size: "big" is not a number"#);
        assert_eq!(read("[]", &thing()).unwrap_err(), "a list is not an object");
        assert!(read("{", &thing()).unwrap_err().contains("EOF"));
    }

    #[test]
    fn a_dynamic_value_brings_its_type() {
        let value = read(r#"{"value": ["a"], "type": ["list", "string"]}"#, &Type::Dynamic).unwrap();
        let expected = Value::Dynamic(Box::new((Type::list(Type::String), Value::List(vec!["a".into()]))));
        assert_eq!(value, expected);
        let inner = Type::object([("b", Type::Tuple(vec![Type::Number])), ("c", Type::Dynamic)]);
        let literal = Value::Dynamic(Box::new((
            inner,
            Value::map([("b", Value::List(vec![1.into()])), ("c", Value::Null)]),
        )));
        assert_eq!(read(r#"{"b": [1], "c": null}"#, &Type::Dynamic).unwrap(), literal, "of another schema");
        let older = Value::Dynamic(Box::new((Type::String, "{}".into())));
        assert_eq!(read(r#""{}""#, &Type::Dynamic).unwrap(), older, "of a schema with a text here");
    }

    #[test]
    fn depth_is_bounded() {
        let mut ty = Type::String;
        for _ in 0..200 {
            ty = Type::list(ty);
        }
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert!(read(&deep, &ty).is_err());
    }
}
