//! `data "stripe_entity_types"` and `data "stripe_actions"`: what the connector offers. Both are read from
//! the catalog, without a call.

use futures_util::future::BoxFuture;

use crate::connector::{self, ActionDescription, EntityDescription};
use crate::provider::connection_settings::connection_attribute;
use crate::provider::data_source::DataSource;
use crate::provider::explain::explain_connector;
use crate::provider::runtime::Runtime;
use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::schema::{Attribute, Schema};
use crate::terraform::value::{Path, Type, Value};

/// The data source `stripe_entity_types`.
#[derive(Debug)]
pub(in crate::provider) struct EntityTypesDataSource;

/// The data source `stripe_actions`.
#[derive(Debug)]
pub(in crate::provider) struct ActionsDataSource;

impl DataSource for EntityTypesDataSource {
    fn schema(&self) -> Schema {
        let field = Type::object([
            ("name", Type::String),
            ("data_type", Type::String),
            ("key", Type::Bool),
            ("nullable", Type::Bool),
        ]);
        let entity = Type::object([
            ("name", Type::String),
            ("operations", Type::list(Type::String)),
            ("parents", Type::list(Type::String)),
            ("fields", Type::list(field)),
            ("json_schema", Type::String),
        ]);
        listing(
            "types",
            Type::list(entity),
            "Entity types: name, operations, parents, fields, and the JSON Schema of an entity.",
            "The entity types of the connector.",
        )
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        named(config, connector::entity).err().unwrap_or_default()
    }

    fn read<'a>(&'a self, _runtime: &'a Runtime, mut config: Value) -> BoxFuture<'a, (Value, Diagnostics)> {
        Box::pin(async move {
            let described = match named(&config, connector::entity) {
                Ok(Some(entities)) => entities.into_iter().map(connector::describe_entity).collect(),
                Ok(None) => connector::describe_entities(),
                Err(unknown) => return (Value::Null, unknown),
            };
            config.set("types", Value::List(described.iter().map(entity_value).collect()));
            (config, Diagnostics::new())
        })
    }
}

impl DataSource for ActionsDataSource {
    fn schema(&self) -> Schema {
        let input =
            Type::object([("name", Type::String), ("data_type", Type::String), ("nullable", Type::Bool)]);
        let action = Type::object([
            ("name", Type::String),
            ("input_parameters", Type::list(input)),
            ("input_json_schema", Type::String),
            ("result_json_schema", Type::String),
        ]);
        listing(
            "actions",
            Type::list(action),
            "Actions: name, input parameters, and the JSON Schemas of input and output.",
            "The actions of the connector.",
        )
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        named(config, connector::action).err().unwrap_or_default()
    }

    fn read<'a>(&'a self, _runtime: &'a Runtime, mut config: Value) -> BoxFuture<'a, (Value, Diagnostics)> {
        Box::pin(async move {
            let described = match named(&config, connector::action) {
                Ok(Some(actions)) => actions.into_iter().map(connector::describe_action).collect(),
                Ok(None) => connector::describe_actions(),
                Err(unknown) => return (Value::Null, unknown),
            };
            config.set("actions", Value::List(described.iter().map(action_value).collect()));
            (config, Diagnostics::new())
        })
    }
}

/// Finds what the names in the config refer to, or reports every unknown name; None if the config has no
/// names.
fn named<T>(
    config: &Value,
    find: impl Fn(&str) -> Result<T, connector::Error>,
) -> Result<Option<Vec<T>>, Diagnostics> {
    if config.get("names").is_null() {
        return Ok(None);
    }
    let (mut found, mut unknown) = (Vec::new(), Diagnostics::new());
    for (at, name) in config.get("names").items().iter().enumerate() {
        let path = || Path::attribute("names").index(at);
        match name.as_str().map(&find) {
            Some(Ok(described)) => found.push(described),
            Some(Err(error)) => unknown.push(explain_connector(&error, "names").at(path())),
            None => {}
        }
    }
    if unknown.is_empty() { Ok(Some(found)) } else { Err(unknown) }
}

fn listing(name: &'static str, ty: Type, attribute: &str, description: &str) -> Schema {
    let names = "Names to describe. Without it, all are described, which makes a state of several megabytes.";
    let attributes: Vec<Attribute> = vec![
        connection_attribute(),
        Attribute::optional("names", Type::list(Type::String), names),
        Attribute::computed(name, ty, attribute),
    ];
    Schema::new(description, attributes)
}

fn entity_value(entity: &EntityDescription) -> Value {
    let fields = entity.fields.iter().map(|field| {
        Value::map([
            ("name", Value::from(field.name)),
            ("data_type", Value::from(field.data_type)),
            ("key", Value::from(field.key)),
            ("nullable", Value::from(field.nullable)),
        ])
    });
    Value::map([
        ("name", Value::from(entity.name)),
        ("operations", Value::List(entity.operations.iter().map(|name| Value::from(*name)).collect())),
        ("parents", Value::List(entity.parents.iter().map(|name| Value::from(name.as_str())).collect())),
        ("fields", Value::List(fields.collect())),
        ("json_schema", Value::from(entity.json_schema.as_value().to_string())),
    ])
}

fn action_value(action: &ActionDescription) -> Value {
    let inputs = action.input_parameters.iter().map(|input| {
        Value::map([
            ("name", Value::from(input.name)),
            ("data_type", Value::from(input.data_type)),
            ("nullable", Value::from(input.nullable)),
        ])
    });
    Value::map([
        ("name", Value::from(action.name)),
        ("input_parameters", Value::List(inputs.collect())),
        ("input_json_schema", Value::from(action.input_json_schema.as_value().to_string())),
        ("result_json_schema", Value::from(action.result_json_schema.as_value().to_string())),
    ])
}
