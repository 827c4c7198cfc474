//! A configuration as the stand-in for Terraform reads it: blocks in order, and expressions over known
//! values. If an expression refers to something that is not known yet, its value is unknown.

use std::collections::BTreeMap;

use hcl::eval::{Context, Evaluate as _};
use hcl::expr::{Expression, ObjectKey};
use hcl::{Body, Value as Hcl};

use crate::command::Error;
use crate::terraform::value::{Entries, Number, Type, Value};

/// A resource or a data source.
#[derive(Debug, Clone)]
pub(super) struct ConfigBlock {
    /// Its type: `stripe_entity`.
    pub(super) kind: String,
    /// Its name in the configuration.
    pub(super) name: String,
    body: Body,
}

/// A configuration.
#[derive(Debug)]
pub(super) struct Config {
    pub(super) provider: Body,
    pub(super) resources: Vec<ConfigBlock>,
    pub(super) data: Vec<ConfigBlock>,
    pub(super) outputs: Vec<(String, Expression)>,
}

/// The known attributes of objects, by type and name, with data sources kept apart.
#[derive(Debug, Default)]
pub(super) struct EvalContext {
    resources: BTreeMap<String, hcl::Map<String, Hcl>>,
    data: BTreeMap<String, hcl::Map<String, Hcl>>,
}

impl Config {
    /// Parses a configuration in which every block comes after the blocks that it refers to.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let mut config =
            Self { provider: Body::default(), resources: Vec::new(), data: Vec::new(), outputs: Vec::new() };
        for block in hcl::parse(text)?.into_blocks() {
            let labels: Vec<String> = block.labels.iter().map(|label| label.as_str().to_owned()).collect();
            match (block.identifier.as_str(), labels.as_slice()) {
                ("provider", _) => config.provider = block.body,
                ("output", [name]) => {
                    let value =
                        block.body.into_attributes().find(|attribute| attribute.key.as_str() == "value");
                    config.outputs.extend(value.map(|value| (name.clone(), value.expr)));
                }
                (of, [kind, name]) => {
                    let read = ConfigBlock { kind: kind.clone(), name: name.clone(), body: block.body };
                    let blocks = if of == "data" { &mut config.data } else { &mut config.resources };
                    blocks.push(read);
                }
                _ => {}
            }
        }
        Ok(config)
    }
}

impl ConfigBlock {
    /// Returns the written values as an object of this type.
    pub(super) fn written(&self, ty: &Type, known: &EvalContext) -> Value {
        written(&self.body, ty, &known.context())
    }

    /// The address of the block: `stripe_entity.product`.
    pub(super) fn address(&self) -> String {
        format!("{}.{}", self.kind, self.name)
    }
}

impl EvalContext {
    /// Remembers the attributes of an object.
    pub(super) fn learn(&mut self, block: &ConfigBlock, state: &Value) {
        self.resources.entry(block.kind.clone()).or_default().insert(block.name.clone(), to_hcl(state));
    }

    /// Remembers the result of a data source.
    pub(super) fn learn_data(&mut self, block: &ConfigBlock, state: &Value) {
        self.data.entry(block.kind.clone()).or_default().insert(block.name.clone(), to_hcl(state));
    }

    /// Evaluates an expression.
    pub(super) fn evaluate(&self, expression: &Expression) -> Result<Hcl, Error> {
        Ok(expression.evaluate(&self.context())?)
    }

    fn context(&self) -> Context<'_> {
        let mut context = Context::new();
        for (kind, objects) in &self.resources {
            context.declare_var(kind.as_str(), Hcl::Object(objects.clone()));
        }
        let data = self.data.iter().map(|(kind, objects)| (kind.clone(), Hcl::Object(objects.clone())));
        context.declare_var("data", Hcl::Object(data.collect()));
        context
    }
}

/// Returns what is written in a block, as an object of this type. Terraform's own arguments, such as
/// `depends_on`, are in no type and are left out.
pub(super) fn written(body: &Body, ty: &Type, context: &Context<'_>) -> Value {
    let Type::Object(types) = ty else { return Value::Null };
    let mut object = Entries::new();
    for attribute in body.attributes() {
        if let Some(ty) = types.get(attribute.key.as_str()) {
            object.insert(attribute.key.as_str().into(), value(&attribute.expr, ty, context));
        }
    }
    for block in body.blocks() {
        if let Some(Type::List(ty) | Type::Set(ty)) = types.get(block.identifier.as_str()) {
            let item = written(&block.body, ty, context);
            match object.entry(block.identifier.as_str().into()).or_insert_with(|| Value::List(Vec::new())) {
                Value::List(items) => items.push(item),
                other => *other = Value::List(vec![item]),
            }
        }
    }
    Value::Map(object)
}

fn value(expression: &Expression, ty: &Type, context: &Context<'_>) -> Value {
    if *ty == Type::Dynamic {
        let (ty, value) = inferred(expression, context);
        return if value.is_unknown() { Value::Unknown } else { Value::Dynamic(Box::new((ty, value))) };
    }
    expression.evaluate(context).map_or(Value::Unknown, |value| converted(&value, ty))
}

/// Evaluates an expression and infers its type. If something inside it is not known, only that part is
/// unknown.
fn inferred(expression: &Expression, context: &Context<'_>) -> (Type, Value) {
    let Expression::Object(members) = expression else {
        return expression.evaluate(context).map_or((Type::Dynamic, Value::Unknown), |value| {
            let ty = type_of(&value);
            let value = converted(&value, &ty);
            (ty, value)
        });
    };
    let (mut types, mut values) = (BTreeMap::new(), Entries::new());
    for (key, member) in members {
        let name = match key {
            ObjectKey::Identifier(name) => name.to_string(),
            ObjectKey::Expression(Expression::String(name)) => name.clone(),
            _ => continue,
        };
        let (ty, value) = inferred(member, context);
        types.insert(name.clone(), ty);
        values.insert(name.into(), value);
    }
    (Type::Object(types), Value::Map(values))
}

fn type_of(value: &Hcl) -> Type {
    match value {
        Hcl::Null => Type::Dynamic,
        Hcl::Bool(_) => Type::Bool,
        Hcl::Number(_) => Type::Number,
        Hcl::String(_) => Type::String,
        Hcl::Array(items) => Type::Tuple(items.iter().map(type_of).collect()),
        Hcl::Object(members) => Type::object(members.iter().map(|(name, value)| (name, type_of(value)))),
    }
}

fn converted(value: &Hcl, ty: &Type) -> Value {
    match (value, ty) {
        (Hcl::Null, _) => Value::Null,
        (_, Type::Dynamic) => {
            let ty = type_of(value);
            let value = converted(value, &ty);
            Value::Dynamic(Box::new((ty, value)))
        }
        (Hcl::Bool(truth), _) => Value::Bool(*truth),
        (Hcl::Number(number), Type::String) => Value::String(number.to_string()),
        (Hcl::Number(number), _) => Number::parse(&number.to_string()).map_or(Value::Null, Value::Number),
        (Hcl::String(text), _) => Value::String(text.clone()),
        (Hcl::Array(items), Type::Set(ty)) => {
            Value::Set(items.iter().map(|item| converted(item, ty)).collect())
        }
        (Hcl::Array(items), Type::List(ty)) => {
            Value::List(items.iter().map(|item| converted(item, ty)).collect())
        }
        (Hcl::Array(items), Type::Tuple(types)) => {
            Value::List(items.iter().zip(types).map(|(item, ty)| converted(item, ty)).collect())
        }
        (Hcl::Array(_), _) => Value::Null,
        (Hcl::Object(members), ty) => {
            let of = |name: &str| match ty {
                Type::Object(types) => types.get(name).cloned().unwrap_or(Type::Dynamic),
                Type::Map(ty) => (**ty).clone(),
                _ => Type::Dynamic,
            };
            Value::map(members.iter().map(|(name, value)| (name, converted(value, &of(name)))))
        }
    }
}

fn to_hcl(value: &Value) -> Hcl {
    match value {
        Value::Null | Value::Unknown => Hcl::Null,
        Value::Bool(truth) => Hcl::Bool(*truth),
        Value::Number(number) => match (number.as_i64(), number.as_str().parse::<f64>()) {
            (Some(whole), _) => Hcl::from(whole),
            (None, Ok(fraction)) => Hcl::from(fraction),
            (None, Err(_)) => Hcl::from(number.as_str()),
        },
        Value::String(text) => Hcl::String(text.clone()),
        Value::List(items) | Value::Set(items) => Hcl::Array(items.iter().map(to_hcl).collect()),
        Value::Map(entries) => {
            Hcl::Object(entries.iter().map(|(name, value)| (name.to_string(), to_hcl(value))).collect())
        }
        Value::Dynamic(inner) => to_hcl(&inner.1),
    }
}
