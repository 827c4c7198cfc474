use super::*;
use crate::terraform::schema::{Attribute, Presence};
use std::collections::HashMap;

fn text(name: &'static str) -> Attribute {
    Attribute::new(name, Type::String, Presence::Optional, "Text.")
}

fn door() -> Block {
    let hinge = Block::new("A hinge.", vec![text("metal")]);
    let hinges = vec![NestedBlock::new("hinge", Nesting::List, hinge)];
    let door = Block::new("A door.", vec![text("color")]).with_blocks(hinges);
    let doors = vec![NestedBlock::new("door", Nesting::One, door)];
    Block::new("A house.", vec![text("name")]).with_blocks(doors)
}

#[test]
fn an_absent_block_is_empty_at_every_depth_and_an_absent_attribute_is_null() {
    let bare = complete(Value::map([("name", Value::Null)]), &door());
    assert_eq!(bare, Value::map([("name", Value::Null), ("door", Value::List(vec![]))]));
    let nested =
        complete(Value::map([("door", Value::List(vec![Value::map([("hinge", Value::Null)])]))]), &door());
    let inner = &nested.get("door").items()[0];
    assert_eq!(*inner, Value::map([("color", Value::Null), ("hinge", Value::List(vec![]))]));
}

/// A block with a secret of its own, and a secret in a nested block of each nesting.
fn safe() -> Block {
    let secret = || text("code").write_only();
    let nested = |name: &'static str, nesting| {
        NestedBlock::new(name, nesting, Block::new("A drawer.", vec![secret(), text("label")]))
    };
    let drawers =
        vec![nested("list", Nesting::List), nested("set", Nesting::Set), nested("map", Nesting::Map)];
    Block::new("A safe.", vec![secret()]).with_blocks(drawers)
}

#[test]
fn an_absent_block_is_the_empty_collection_of_its_nesting() {
    let empty = [
        ("code", Value::Null),
        ("list", Value::List(vec![])),
        ("set", Value::Set(vec![])),
        ("map", Value::map::<String>([])),
    ];
    assert_eq!(complete(Value::map::<String>([]), &safe()), Value::map(empty.clone()));
    let wire = encode(&Value::map(empty.clone()), &safe().ty()).unwrap();
    assert_eq!(decode("config", Some(&wire), &safe().ty()).unwrap(), Value::map(empty));
}

#[test]
fn write_only_values_are_null_at_every_depth() {
    let drawer = |code: Value| Value::map([("code", code), ("label", "left".into())]);
    let object = |code: Value| {
        Value::map([
            ("code", code.clone()),
            ("list", Value::List(vec![drawer(code.clone())])),
            ("set", Value::Set(vec![drawer(code.clone())])),
            ("map", Value::map([("a", drawer(code))])),
        ])
    };
    for written in ["1234".into(), Value::Unknown] {
        assert_eq!(complete(object(written), &safe()), object(Value::Null));
    }
}

#[test]
fn unknown_blocks_and_a_null_object_stay_as_they_are() {
    assert!(complete(Value::Null, &door()).is_null());
    assert!(complete(Value::map([("door", Value::Unknown)]), &door()).get("door").is_unknown());
}

#[test]
fn what_fits_survives_what_does_not() {
    let ty = Type::object([("id", Type::String), ("size", Type::Number), ("tags", Type::list(Type::String))]);
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
    let wrong =
        encode(&Value::map([("size", Value::from(true))]), &Type::object([("size", Type::Bool)])).unwrap();
    let refusal = decode("prior_state", Some(&wrong), &ty).unwrap_err();
    assert!(refusal.detail.contains("prior_state") && refusal.detail.contains("size"), "{}", refusal.detail);
}

#[test]
fn states_of_terraform_0_11_are_refused() {
    let flatmap = HashMap::from([("id".to_owned(), "b_1".to_owned())]);
    let raw = RawState { json: Vec::new(), flatmap };
    let refusal = decode_stored(Some(&raw), &door().ty(), false).unwrap_err();
    assert_eq!(refusal.summary, "State Too Old");
}

#[test]
fn a_stored_state_may_lack_attributes_and_have_others() {
    let raw = RawState { json: br#"{"name":"front","gone":1}"#.to_vec(), flatmap: HashMap::new() };
    let state = complete(decode_stored(Some(&raw), &door().ty(), false).unwrap(), &door());
    assert_eq!(state, Value::map([("name", Value::from("front")), ("door", Value::List(vec![]))]));
}
