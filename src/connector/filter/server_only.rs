//! Conditions that only Stripe can evaluate: on params of the call that are no fields, and on the parents of
//! the entities. They are not evaluated here again, so a condition that the call cannot express is refused.

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use super::expression::{Comparison, Expression, Field, Operand};
use super::lexer::SyntaxError;
use crate::catalog::{Kind, Operation, Shape, at};
use crate::connector::scalar;

/// The largest number of values that Stripe takes in a list param.
pub(super) const MOST_VALUES: usize = 10;

/// A condition on one param, as it is expressed in the call.
#[derive(Debug, Clone)]
pub(super) struct ServerCondition {
    path: Vec<String>,
    value: Json,
    /// Its position in the clause, in bytes.
    at: usize,
}

/// The conditions as they are expressed in the call. An entity may satisfy two conditions on one param (a
/// subscription has several prices), but the call takes only one.
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

/// Whether a condition compares something that only Stripe can compare with one value or several.
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
        // A parent of the entities is no param, but an id in the path.
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

    /// Adds the condition to the params of the call. Returns an error if they already contain another value.
    pub(super) fn add_to(&self, params: &mut Map<String, Json>) -> Result<(), ()> {
        let Some((name, inside)) = self.path.split_first() else { return Err(()) };
        if merge(params, name, nested(inside, self.value.clone())) { Ok(()) } else { Err(()) }
    }

    /// The refusal of the condition, with its position.
    pub(super) fn refused(&self, why: &str) -> SyntaxError {
        (format!("only Stripe can compare {:?}, and {why}", self.path.join(".")), self.at)
    }
}

/// The refusal of a condition that has another form, or is inside OR or NOT.
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

/// Puts a value into nested objects with these names, the outermost first.
pub(super) fn nested(names: &[String], value: Json) -> Json {
    names.iter().rev().fold(value, |value, name| json!({ name: value }))
}

/// Adds a param, or members of it. Returns false if it already has another value.
pub(super) fn merge(params: &mut Map<String, Json>, name: &str, value: Json) -> bool {
    match (params.get_mut(name), value) {
        (None, value) => {
            params.insert(name.to_owned(), value);
            true
        }
        (Some(Json::Object(there)), Json::Object(more)) => {
            more.into_iter().all(|(name, value)| merge(there, &name, value))
        }
        // The same number may be written as text.
        (Some(there), value) => {
            *there == value || (scalar(there).is_some() && scalar(there) == scalar(&value))
        }
    }
}
