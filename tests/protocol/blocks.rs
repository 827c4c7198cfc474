//! Objects by the schema that came over the wire: their type, their whole form, the
//! proposed new state and the JSON they are stored as. Read from the wire and not from
//! our own schema, so that a wrong conversion shows. Blocks are lists, all of them.

use serde_json::{Value as Json, json};
use stripe_provider::terraform::value::{Type, Value};
use stripe_provider::terraform::wire::tfplugin5::schema::Block;

/// The type of the objects of a block.
pub fn ty(block: &Block) -> Type {
    let attributes = block.attributes.iter().map(|attribute| {
        let spelling: Json = serde_json::from_slice(&attribute.r#type).expect("a type is JSON");
        (attribute.name.clone(), Type::from_json(&spelling).expect("a type"))
    });
    let blocks = block
        .block_types
        .iter()
        .map(|nested| (nested.type_name.clone(), Type::list(ty(nested.block.as_ref().expect("a block")))));
    Type::object(attributes.chain(blocks))
}

/// The object with null for what is not written and no items for blocks that are not.
pub fn whole(block: &Block, written: &Value) -> Value {
    if written.is_null() || written.is_unknown() {
        return written.clone();
    }
    for name in written.as_map().expect("an object").keys() {
        let known = block.attributes.iter().any(|a| a.name == *name)
            || block.block_types.iter().any(|b| b.type_name == *name);
        assert!(known, "the schema has no {name:?}");
    }
    let attributes = block.attributes.iter().map(|a| (a.name.clone(), written.get(&a.name).clone()));
    let blocks = block.block_types.iter().map(|nested| {
        let inner = nested.block.as_ref().expect("a block");
        let items = match written.get(&nested.type_name) {
            Value::Unknown => Value::Unknown,
            items => Value::List(items.items().iter().map(|item| whole(inner, item)).collect()),
        };
        (nested.type_name.clone(), items)
    });
    Value::map(attributes.chain(blocks))
}

/// What core proposes: the config, and the prior value of what is computed and not configured.
pub fn proposed(block: &Block, prior: &Value, config: &Value) -> Value {
    if config.is_null() || config.is_unknown() {
        return config.clone();
    }
    let attributes = block.attributes.iter().map(|attribute| {
        let configured = config.get(&attribute.name);
        let keeps = attribute.computed && configured.is_null();
        let value = if keeps { prior.get(&attribute.name) } else { configured };
        (attribute.name.clone(), value.clone())
    });
    let blocks = block.block_types.iter().map(|nested| {
        let inner = nested.block.as_ref().expect("a block");
        let value = match config.get(&nested.type_name) {
            Value::List(items) => {
                let before = prior.get(&nested.type_name).items();
                let pair = |(index, item)| proposed(inner, before.get(index).unwrap_or(&Value::Null), item);
                Value::List(items.iter().enumerate().map(pair).collect())
            }
            other => other.clone(),
        };
        (nested.type_name.clone(), value)
    });
    Value::map(attributes.chain(blocks))
}

/// The form a state file has.
pub fn stored(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Unknown => panic!("a state holds nothing unknown"),
        Value::Bool(truth) => json!(truth),
        Value::Number(number) => serde_json::from_str(number.as_str()).expect("a JSON number"),
        Value::String(text) => json!(text),
        Value::List(items) | Value::Set(items) => items.iter().map(stored).collect(),
        Value::Map(entries) => entries.iter().map(|(key, item)| (key.clone(), stored(item))).collect(),
        Value::Dynamic(inner) => json!({"type": inner.0.to_json(), "value": stored(&inner.1)}),
    }
}
