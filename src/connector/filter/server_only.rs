//! What only Stripe can compare: params of the call that are no fields, and what the entities belong to.
//! Nobody evaluates such a condition again, so one that the call cannot say is refused.

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::expression::{Comparison, Expression, Field, Operand};
use super::lexer::SyntaxError;
use crate::catalog::{Kind, Operation, Shape, at};
use crate::connector::scalar;

/// The most values that Stripe takes in a list param.
pub(super) const MOST_VALUES: usize = 10;

/// A condition on one param, as the call says it.
#[derive(Debug, Clone)]
pub(super) struct ServerCondition {
    path: Vec<String>,
    value: Json,
    /// Where it stands in the clause, in bytes.
    at: usize,
}

/// The conditions as the call says them. An entity may satisfy two conditions on one param (a subscription has
/// several prices), but the call takes one.
pub(super) fn conditions(
    terms: &[Expression],
    call: Option<&Operation>,
) -> Result<Vec<ServerCondition>, SyntaxError> {
    let compared = terms.iter().filter_map(compared);
    let conditions = compared.map(|(field, operands)| ServerCondition::of(field, operands, call));
    let conditions = conditions.collect::<Result<Vec<_>, _>>()?;
    let mut said = Map::new();
    for condition in &conditions {
        let why = "takes one condition on it, and here is another one";
        condition.add_to(&mut said).map_err(|()| condition.refused(why))?;
    }
    Ok(conditions)
}

/// Whether it compares what only Stripe can compare, with a value or several.
pub(super) fn is_server_only(term: &Expression) -> bool {
    compared(term).is_some_and(|(field, _)| field.server_only)
}

fn compared(term: &Expression) -> Option<(&Field, &[Operand])> {
    match term {
        Expression::Compare(field, Comparison::Equal, operand) => {
            Some((field, std::slice::from_ref(operand)))
        }
        Expression::In(field, operands) => Some((field, operands)),
        _ => None,
    }
}

impl ServerCondition {
    fn of(field: &Field, operands: &[Operand], call: Option<&Operation>) -> Result<Self, SyntaxError> {
        // What the entities belong to is no param, but an id in the path.
        let shape = call.and_then(|call| at(&call.params, &field.path.join(".")));
        let condition = |value| Self { path: field.path.clone(), value, at: field.at };
        let value = match (shape.and_then(Shape::item), operands) {
            _ if operands.iter().any(is_empty) => Err("takes no empty text".to_owned()),
            (Some(item), _) if !item.is_text() => Err("takes no single value".to_owned()),
            (Some(_), _) if operands.len() > MOST_VALUES => {
                Err(format!("takes at most {MOST_VALUES} values at a time, not {}", operands.len()))
            }
            (item @ Some(_), _) => Ok(operands.iter().map(|operand| value(operand, item)).collect()),
            (None, _) if shape.is_some_and(|shape| shape.members().is_some()) => {
                Err("takes no single value".to_owned())
            }
            (None, [one]) => Ok(value(one, shape)),
            (None, _) => Err("takes one value at a time: write = and that value".to_owned()),
        };
        value.map(condition).map_err(|why| condition(Json::Null).refused(&why))
    }

    /// Adds it to the params of the call; an error where they say something else already.
    pub(super) fn add_to(&self, params: &mut Map<String, Json>) -> Result<(), ()> {
        let Some((name, inside)) = self.path.split_first() else { return Err(()) };
        if merge(params, name, nested(inside, self.value.clone())) { Ok(()) } else { Err(()) }
    }

    /// Why it cannot be said, and where it stands.
    pub(super) fn refused(&self, why: &str) -> SyntaxError {
        (format!("only Stripe can compare {:?}, and {why}", self.path.join(".")), self.at)
    }
}

/// What a condition of another form is refused with, or one that stands under OR or NOT.
pub(super) fn must_be_equal(field: &Field) -> SyntaxError {
    let name = field.path.join(".");
    (format!("only Stripe can compare {name:?}: it must be equal to a value, and joined by AND"), field.at)
}

fn is_empty(operand: &Operand) -> bool {
    matches!(operand, Operand::Text(text) if text.is_empty())
}

fn value(operand: &Operand, shape: Option<&Shape>) -> Json {
    let is_text = shape.is_some_and(|shape| shape.kind == Kind::DateTime);
    match operand {
        Operand::Text(text) => json!(text),
        Operand::Number(digits) => json!(digits),
        Operand::Time(moment) => match Timestamp::from_second(*moment) {
            Ok(moment) if is_text => json!(moment.to_string()),
            _ => json!(moment),
        },
        Operand::Boolean(truth) => json!(truth),
    }
}

/// A value inside objects of these names, the outermost first.
pub(super) fn nested(names: &[String], value: Json) -> Json {
    names.iter().rev().fold(value, |value, name| json!({ name: value }))
}

/// Adds a param, or the members of one; false where something else is there.
pub(super) fn merge(params: &mut Map<String, Json>, name: &str, value: Json) -> bool {
    match (params.get_mut(name), value) {
        (None, value) => {
            params.insert(name.to_owned(), value);
            true
        }
        (Some(Json::Object(there)), Json::Object(more)) => {
            more.into_iter().all(|(name, value)| merge(there, &name, value))
        }
        // A number may be written as text.
        (Some(there), value) => {
            *there == value || (scalar(there).is_some() && scalar(there) == scalar(&value))
        }
    }
}
