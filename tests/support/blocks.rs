//! Objects by the schema that came over the wire: their type, their whole form, the
//! proposed new state and the JSON they are stored as. Read from the wire and not from
//! our own schema, so that a wrong conversion shows.

use serde_json::{Value as Json, json};
use stripe_provider::terraform::value::{Type, Value};
use stripe_provider::terraform::wire::tfplugin5::schema::{Block, NestedBlock, nested_block::NestingMode};

/// The type of the objects of a block.
pub fn ty(block: &Block) -> Type {
    let attributes = block.attributes.iter().map(|attribute| {
        let spelling: Json = serde_json::from_slice(&attribute.r#type).expect("a type is JSON");
        (attribute.name.clone(), Type::from_json(&spelling).expect("a type"))
    });
    let blocks = block.block_types.iter().map(|nested| {
        let object = ty(inner(nested));
        let all = match nested.nesting() {
            NestingMode::Set => Type::set(object),
            NestingMode::Map => Type::map(object),
            _ => Type::list(object),
        };
        (nested.type_name.clone(), all)
    });
    Type::object(attributes.chain(blocks))
}

fn inner(nested: &NestedBlock) -> &Block {
    nested.block.as_ref().expect("a block")
}

/// The value of a nested block with every object in it mapped; `change` gets the key, too,
/// where there is one. No value at all is no objects.
fn each(nested: &NestedBlock, value: &Value, change: impl Fn(Place<'_>, &Value) -> Value) -> Value {
    if value.is_unknown() {
        return Value::Unknown;
    }
    let items = value.items().iter();
    match nested.nesting() {
        NestingMode::Set => Value::Set(items.map(|item| change(Place::None, item)).collect()),
        NestingMode::Map => {
            let entries = value.as_map().into_iter().flatten();
            Value::map(entries.map(|(label, item)| (label.clone(), change(Place::Label(label), item))))
        }
        _ => Value::List(items.enumerate().map(|(at, item)| change(Place::Index(at), item)).collect()),
    }
}

/// Where among the objects of a nested block one stands.
enum Place<'a> {
    Index(usize),
    Label(&'a str),
    None,
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
        let items = each(nested, written.get(&nested.type_name), |_, item| whole(inner(nested), item));
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
        let before = prior.get(&nested.type_name);
        let value = each(nested, config.get(&nested.type_name), |place, item| {
            let before = match place {
                Place::Index(at) => before.items().get(at),
                Place::Label(label) => before.as_map().and_then(|entries| entries.get(label)),
                Place::None => before.items().iter().find(|before| is_made_of(inner(nested), before, item)),
            };
            proposed(inner(nested), before.unwrap_or(&Value::Null), item)
        });
        (nested.type_name.clone(), value)
    });
    Value::map(attributes.chain(blocks))
}

/// Whether an element of a set may be what `config` has become: it differs at most in what is computed.
fn is_made_of(block: &Block, element: &Value, config: &Value) -> bool {
    block.attributes.iter().all(|attribute| {
        let (is, configured) = (element.get(&attribute.name), config.get(&attribute.name));
        is == configured || attribute.write_only || (attribute.computed && configured.is_null())
    })
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
