//! Derives the params with which Stripe's list call evaluates part of a clause. Only conditions that must all
//! hold are pushed down, and only if Stripe's param means exactly the same. Every condition is evaluated here
//! again, so a param can only shorten the list that is read. Params that are already given are kept.

use serde_json::{Map, Value as Json, json};

use super::expression::{Comparison, Expression, Field, Operand};
use super::server_only::{MOST_VALUES, merge, nested};
use crate::catalog::{Kind, Operation, Shape, at, parents};

/// The part of a clause that a list call evaluates.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pushdown {
    /// The params of the list call, including those for its path.
    pub params: Map<String, Json>,
    /// Whether the params do not cover the whole clause.
    pub rest: bool,
}

/// Adds the params that follow from conditions to those that a list call already has.
pub(super) fn pushdown(terms: &[Expression], list: &Operation, params: Map<String, Json>) -> Pushdown {
    let mut pushdown = Pushdown { params, rest: false };
    for term in terms {
        pushdown.rest |= !push(term, list, &mut pushdown.params);
    }
    pushdown
}

/// The id that the conditions require.
pub(super) fn id(terms: &[Expression]) -> Option<&str> {
    terms.iter().find_map(|term| match term {
        Expression::Compare(field, Comparison::Equal, Operand::Text(id)) if field.path == ["id"] => {
            Some(id.as_str())
        }
        _ => None,
    })
}

/// Adds the params that follow from one condition. Returns false if none do.
fn push(term: &Expression, list: &Operation, params: &mut Map<String, Json>) -> bool {
    match term {
        Expression::Compare(field, Comparison::Equal, operand) => {
            equal(field, operand, list, params) || one_of(field, std::slice::from_ref(operand), list, params)
        }
        Expression::Compare(field, comparison, Operand::Time(moment)) => {
            bound(field, limit(*comparison), *moment, list, params)
        }
        Expression::Between(field, Operand::Time(low), Operand::Time(high)) => {
            bound(field, "gte", *low, list, params) && bound(field, "lte", *high, list, params)
        }
        Expression::In(field, operands) => one_of(field, operands, list, params),
        _ => false,
    }
}

fn limit(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Less => "lt",
        Comparison::LessOrEqual => "lte",
        Comparison::Greater => "gt",
        Comparison::GreaterOrEqual | Comparison::Equal => "gte",
    }
}

fn param<'f>(field: &'f Field, list: &'f Operation) -> Option<(&'f str, &'f Shape)> {
    let [name] = field.path.as_slice() else { return None };
    list.param(name).map(|shape| (name.as_str(), shape))
}

/// Pushes `field = value` if the list has a param with the field's name.
fn equal(field: &Field, operand: &Operand, list: &Operation, params: &mut Map<String, Json>) -> bool {
    if let ([name], Operand::Text(id)) = (field.path.as_slice(), operand)
        && parents(&list.path).any(|parent| parent == name)
    {
        return insert(params, name, json!(id));
    }
    let Some(shape) = at(&list.params, &field.path.join(".")) else { return false };
    let value = match (&shape.kind, operand) {
        (Kind::Range, Operand::Time(moment)) => {
            return bound(field, "gte", *moment, list, params) && bound(field, "lte", *moment, list, params);
        }
        (Kind::Boolean, Operand::Boolean(truth)) => json!(truth),
        // A param that the list requires selects by the field with its name.
        (Kind::Time, Operand::Time(moment)) if shape.is_required() => json!(moment),
        // Stripe would answer an unknown value with an error; here the result is empty.
        (_, Operand::Text(text)) if shape.is_text() && !text.is_empty() => match shape.values() {
            values if values.is_empty() || values.contains(text) => json!(text),
            _ => return false,
        },
        _ => return false,
    };
    match field.path.as_slice() {
        [name] => insert(params, name, value),
        [name, inside @ ..] => merge(params, name, nested(inside, value)),
        [] => false,
    }
}

/// Pushes `field IN (…)` if the list has a param with the plural of the field's name.
fn one_of(field: &Field, operands: &[Operand], list: &Operation, params: &mut Map<String, Json>) -> bool {
    let [name] = field.path.as_slice() else { return false };
    let plural = format!("{name}s");
    let Some(param) = list.param(&plural) else { return false };
    let takes_text = param.item().is_some_and(Shape::is_text);
    let texts: Option<Vec<&String>> = operands
        .iter()
        .map(|operand| match operand {
            Operand::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        })
        .collect();
    match texts {
        Some(texts) if takes_text && texts.len() <= MOST_VALUES => insert(params, &plural, json!(texts)),
        _ => false,
    }
}

/// Pushes `field >= value` if the list takes a range; a bound that is already set is kept.
fn bound(field: &Field, limit: &str, moment: i64, list: &Operation, params: &mut Map<String, Json>) -> bool {
    let Some((name, Shape { kind: Kind::Range, .. })) = param(field, list) else { return false };
    let range = params.entry(name).or_insert_with(|| json!({}));
    match range.as_object_mut() {
        Some(range) => insert(range, limit, json!(moment)),
        None => false,
    }
}

/// Adds a param, unless it is already set.
fn insert(params: &mut Map<String, Json>, name: &str, value: Json) -> bool {
    let free = !params.contains_key(name);
    if free {
        params.insert(name.to_owned(), value);
    }
    free
}
