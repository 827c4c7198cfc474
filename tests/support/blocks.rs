//! Objects according to the schema that came over the wire, as the library's host of plugins builds them, and
//! the JSON in which they are stored.

use serde_json::{Value as Json, json};
use stripe_provider::terraform::host::blocks;
use stripe_provider::terraform::value::{Type, Value};
use stripe_provider::terraform::wire::tfplugin5::schema::Block;

/// The type of a block's objects.
pub fn ty(block: &Block) -> Type {
    blocks::ty(block).unwrap()
}

/// Completes an object: attributes that are not written become null, and blocks that are not written become
/// empty.
pub fn whole(block: &Block, written: &Value) -> Value {
    blocks::whole(block, written).unwrap()
}

/// The state that core proposes: the config, with prior values for computed attributes that are not
/// configured.
pub fn proposed(block: &Block, prior: &Value, config: &Value) -> Value {
    blocks::proposed(block, prior, config).unwrap()
}

/// The form of a value in a state file.
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
