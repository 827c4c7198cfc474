//! What of a clause Stripe's list call can evaluate. Only conditions that all must hold are
//! pushed, and only where Stripe's param means exactly the same; everything is evaluated here
//! again, so a param can only make the walk shorter. A param that is given already stays.

use serde_json::{Map, Value as Json, json};

use super::expression::{Comparison, Expression, Field, Operand};
use super::server_only::{MOST_VALUES, merge, nested};
use crate::catalog::{Kind, Operation, Shape, at, parents};

/// What a list call can take over.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pushdown {
    /// Params of the list call, and what fills its path.
    pub params: Map<String, Json>,
    /// True when the params do not say all that the clause does.
    pub rest: bool,
}

/// The params that a list call has so far, and those that follow from conditions.
pub(super) fn pushdown(terms: &[Expression], list: &Operation, params: Map<String, Json>) -> Pushdown {
    let mut pushdown = Pushdown { params, rest: false };
    for term in terms {
        pushdown.rest |= !push(term, list, &mut pushdown.params);
    }
    pushdown
}

/// The id that must be equal to one value.
pub(super) fn id(terms: &[Expression]) -> Option<&str> {
    terms.iter().find_map(|term| match term {
        Expression::Compare(field, Comparison::Equal, Operand::Text(id)) if field.path == ["id"] => {
            Some(id.as_str())
        }
        _ => None,
    })
}

/// Adds what follows from one condition; false where nothing does.
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

/// `field = value` where the list has a param of the field's name.
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
        // What a list cannot do without chooses as the field of its name does.
        (Kind::Time, Operand::Time(moment)) if shape.is_required() => json!(moment),
        // A value Stripe does not know would be an error there; here it is an empty result.
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

/// `field IN (…)` where the list has a param of the field's plural.
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

/// `field >= value` where the list takes a range; a bound that is set already stays.
fn bound(field: &Field, limit: &str, moment: i64, list: &Operation, params: &mut Map<String, Json>) -> bool {
    let Some((name, Shape { kind: Kind::Range, .. })) = param(field, list) else { return false };
    let range = params.entry(name).or_insert_with(|| json!({}));
    match range.as_object_mut() {
        Some(range) => insert(range, limit, json!(moment)),
        None => false,
    }
}

/// Adds a param unless another condition has set it.
fn insert(params: &mut Map<String, Json>, name: &str, value: Json) -> bool {
    let free = !params.contains_key(name);
    if free {
        params.insert(name.to_owned(), value);
    }
    free
}
