//! Objects by the schema that came over the wire, as the library's host of plugins reads them, and the JSON
//! they are stored as.

use serde_json::{Value as Json, json};
use stripe_provider::terraform::host::blocks;
use stripe_provider::terraform::value::{Type, Value};
use stripe_provider::terraform::wire::tfplugin5::schema::Block;

/// The type of the objects of a block.
pub fn ty(block: &Block) -> Type {
    blocks::ty(block).unwrap()
}

/// The object with null for what is not written and no items for blocks that are not.
pub fn whole(block: &Block, written: &Value) -> Value {
    blocks::whole(block, written).unwrap()
}

/// What core proposes: the config, and the prior value of what is computed and not configured.
pub fn proposed(block: &Block, prior: &Value, config: &Value) -> Value {
    blocks::proposed(block, prior, config).unwrap()
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
