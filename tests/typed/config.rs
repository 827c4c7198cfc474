//! Params as a configuration, by the schema that came over the wire.

use serde_json::{Map, Value as Json};
use stripe_provider::terraform::value::{Number, Type, Value};
use stripe_provider::terraform::wire::tfplugin5::schema::Block;

/// The configuration that sets these params. A name that Terraform keeps stands behind `stripe_`.
pub fn config(block: &Block, params: &Map<String, Json>) -> Value {
    Value::map(params.iter().filter(|(_, value)| !value.is_null()).map(|(param, json)| {
        let names = [param.clone(), format!("stripe_{param}")];
        let attribute = block.attributes.iter().find(|it| names.contains(&it.name));
        let nested = block.block_types.iter().find(|it| names.contains(&it.type_name));
        match (attribute, nested) {
            (Some(attribute), _) => {
                let spelling: Json = serde_json::from_slice(&attribute.r#type).unwrap();
                (attribute.name.clone(), value(&Type::from_json(&spelling).unwrap(), json))
            }
            (_, Some(nested)) => (nested.type_name.clone(), blocks(nested.block.as_ref().unwrap(), json)),
            _ => panic!("the schema has no {param:?}"),
        }
    }))
}

/// The blocks of an object, of a list of objects, or of a map whose keys stand in `key`.
fn blocks(block: &Block, json: &Json) -> Value {
    let keyed = block.attributes.iter().any(|it| it.name == "key" && it.required);
    let one = |json: &Json| config(block, json.as_object().unwrap());
    Value::List(match json {
        Json::Array(items) => items.iter().map(one).collect(),
        Json::Object(entries) if keyed => entries
            .iter()
            .map(|(key, json)| {
                let mut entry = one(json);
                entry.set("key", key.as_str().into());
                entry
            })
            .collect(),
        object => vec![one(object)],
    })
}

fn value(ty: &Type, json: &Json) -> Value {
    match (ty, json) {
        (_, Json::Null) => Value::Null,
        (Type::Dynamic, json) => {
            let (ty, value) = natural(json);
            Value::Dynamic(Box::new((ty, value)))
        }
        (Type::Bool, json) => Value::from(json.as_bool().unwrap_or_else(|| json == "true")),
        (Type::Number, json) => {
            let text = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
            Value::Number(Number::parse(&text).unwrap_or_else(|| panic!("{text} is no number")))
        }
        (Type::String, Json::String(text)) => Value::from(text.as_str()),
        (Type::String, json) => Value::from(json.to_string()),
        (Type::List(item), Json::Array(items)) => {
            Value::List(items.iter().map(|it| value(item, it)).collect())
        }
        (Type::Map(item), Json::Object(members)) => {
            Value::map(members.iter().map(|(key, it)| (key.clone(), value(item, it))))
        }
        (ty, json) => panic!("{json} is no {ty:?}"),
    }
}

/// The value that HCL would make of it.
fn natural(json: &Json) -> (Type, Value) {
    match json {
        Json::Null => (Type::Dynamic, Value::Null),
        Json::Bool(truth) => (Type::Bool, (*truth).into()),
        Json::Number(number) => (Type::Number, Value::Number(Number::parse(&number.to_string()).unwrap())),
        Json::String(text) => (Type::String, text.as_str().into()),
        Json::Array(items) => {
            let (types, values) = items.iter().map(natural).unzip();
            (Type::Tuple(types), Value::List(values))
        }
        Json::Object(members) => {
            let members: Vec<_> = members.iter().map(|(key, json)| (key, natural(json))).collect();
            let ty = Type::object(members.iter().map(|(key, (ty, _))| ((*key).clone(), ty.clone())));
            (ty, Value::map(members.into_iter().map(|(key, (_, value))| (key.clone(), value))))
        }
    }
}
