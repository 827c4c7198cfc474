//! Whole objects on the wire: `DynamicValue`s and stored states, and what makes an object whole.

use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::schema::Block;
use crate::terraform::value::{Type, Value, json, msgpack};
use crate::terraform::wire::tfplugin5::{DynamicValue, RawState};

/// Reads an object. `field` is the field of the request it came in. Nothing at all, and a
/// value without either form, are null: clients leave out what is null.
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

/// Reads a stored state, which may lack what the schema has gained since it was written.
pub(super) fn decode_stored(raw: Option<&RawState>, ty: &Type) -> Result<Value, Diagnostic> {
    match raw {
        Some(raw) if !raw.json.is_empty() => {
            json::decode_state(&raw.json, ty).map_err(|error| unreadable("raw_state", &error.to_string()))
        }
        Some(raw) if !raw.flatmap.is_empty() => Err(Diagnostic::error(
            "State Too Old",
            "This state was written by Terraform 0.11 or earlier, in a form this provider has never used. \
             Remove the object from the state and import it again.",
        )),
        _ => Err(unreadable("raw_state", "it is empty")),
    }
}

fn unreadable(field: &str, why: &str) -> Diagnostic {
    Diagnostic::error(
        "Unreadable Value",
        format!("The `{field}` that Terraform sent does not fit the schema: {why}."),
    )
}

/// Writes an object.
pub(super) fn encode(value: &Value, ty: &Type) -> Result<DynamicValue, Diagnostic> {
    let msgpack = msgpack::encode(value, ty).map_err(|error| {
        Diagnostic::error(
            "Value Does Not Fit Schema",
            format!("The provider made a value that its own schema does not allow: {error}. This is a bug in the provider."),
        )
    })?;
    Ok(DynamicValue { msgpack, json: Vec::new() })
}

/// The object with everything its block has: null for a missing attribute, and no items,
/// which is not null, for an absent block, at every depth.
pub(super) fn complete(value: Value, block: &Block) -> Value {
    let Value::Map(mut entries) = value else { return value };
    for attribute in &block.attributes {
        entries.entry(attribute.name.to_owned()).or_default();
    }
    for nested in &block.blocks {
        let items = match entries.remove(nested.name) {
            None | Some(Value::Null) => Value::List(Vec::new()),
            Some(Value::List(items)) => {
                Value::List(items.into_iter().map(|item| complete(item, &nested.block)).collect())
            }
            Some(other) => other,
        };
        entries.insert(nested.name.to_owned(), items);
    }
    Value::Map(entries)
}

/// The value without whatever does not fit `ty`. For a state that an apply left: losing one
/// attribute is better than losing the object, which Terraform does with what it cannot read.
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
            let kept = attributes
                .iter()
                .map(|(name, ty)| (name.clone(), salvage(entries.remove(name).unwrap_or_default(), ty)));
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
mod tests {
    use super::*;
    use crate::terraform::schema::{Attribute, NestedBlock, Nesting, Presence};
    use std::collections::HashMap;

    fn text(name: &'static str) -> Attribute {
        Attribute::new(name, Type::String, Presence::Optional, "Text.")
    }

    fn door() -> Block {
        let hinge = Block { attributes: vec![text("metal")], ..Block::default() };
        let door = Block {
            attributes: vec![text("color")],
            blocks: vec![NestedBlock { name: "hinge", nesting: Nesting::List, block: hinge }],
            ..Block::default()
        };
        let blocks = vec![NestedBlock { name: "door", nesting: Nesting::One, block: door }];
        Block { attributes: vec![text("name")], blocks, ..Block::default() }
    }

    #[test]
    fn an_absent_block_is_empty_at_every_depth_and_an_absent_attribute_is_null() {
        let bare = complete(Value::map([("name", Value::Null)]), &door());
        assert_eq!(bare, Value::map([("name", Value::Null), ("door", Value::List(vec![]))]));
        let nested = complete(
            Value::map([("door", Value::List(vec![Value::map([("hinge", Value::Null)])]))]),
            &door(),
        );
        let inner = &nested.get("door").items()[0];
        assert_eq!(*inner, Value::map([("color", Value::Null), ("hinge", Value::List(vec![]))]));
    }

    #[test]
    fn unknown_blocks_and_a_null_object_stay_as_they_are() {
        assert!(complete(Value::Null, &door()).is_null());
        assert!(complete(Value::map([("door", Value::Unknown)]), &door()).get("door").is_unknown());
    }

    #[test]
    fn what_fits_survives_what_does_not() {
        let ty =
            Type::object([("id", Type::String), ("size", Type::Number), ("tags", Type::list(Type::String))]);
        let bent = Value::map([
            ("id", Value::from("b_1")),
            ("size", Value::from("large")),
            ("tags", Value::List(vec![Value::from("a"), Value::from(true)])),
            ("color", Value::from("red")),
        ]);
        let kept = Value::map([
            ("id", Value::from("b_1")),
            ("size", Value::Null),
            ("tags", Value::List(vec![Value::from("a"), Value::Null])),
        ]);
        assert_eq!(salvage(bent, &ty), kept);
    }

    #[test]
    fn an_object_survives_the_wire() {
        let block = door();
        let sent = complete(Value::map([("name", Value::from("front"))]), &block);
        let wire = encode(&sent, &block.ty()).unwrap();
        assert_eq!(decode("config", Some(&wire), &block.ty()).unwrap(), sent);
    }

    #[test]
    fn an_absent_value_is_null() {
        let ty = door().ty();
        assert!(decode("config", None, &ty).unwrap().is_null());
        assert!(decode("config", Some(&DynamicValue::default()), &ty).unwrap().is_null());
    }

    #[test]
    fn a_value_of_another_type_is_refused_with_its_place() {
        let ty = Type::object([("size", Type::Number)]);
        let wrong = encode(&Value::map([("size", Value::from(true))]), &Type::object([("size", Type::Bool)]))
            .unwrap();
        let refusal = decode("prior_state", Some(&wrong), &ty).unwrap_err();
        assert!(
            refusal.detail.contains("prior_state") && refusal.detail.contains("size"),
            "{}",
            refusal.detail
        );
    }

    #[test]
    fn states_of_terraform_0_11_are_refused() {
        let flatmap = HashMap::from([("id".to_owned(), "b_1".to_owned())]);
        let raw = RawState { json: Vec::new(), flatmap };
        let refusal = decode_stored(Some(&raw), &door().ty()).unwrap_err();
        assert_eq!(refusal.summary, "State Too Old");
    }

    #[test]
    fn a_stored_state_may_lack_attributes_and_have_others() {
        let raw = RawState { json: br#"{"name":"front","gone":1}"#.to_vec(), flatmap: HashMap::new() };
        let state = complete(decode_stored(Some(&raw), &door().ty()).unwrap(), &door());
        assert_eq!(state, Value::map([("name", Value::from("front")), ("door", Value::List(vec![]))]));
    }
}
