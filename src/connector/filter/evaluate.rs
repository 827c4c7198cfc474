//! Evaluates a condition for an entity: true, false, or unknown because of a null.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::connector::decimal::compare_numbers;
use crate::connector::reference;

use super::expression::{Comparison, Expression, Field, Operand};

/// The truth of a condition in SQL's three-valued logic; `None` is unknown.
pub(super) fn truth(expression: &Expression, body: &Json) -> Option<bool> {
    match expression {
        Expression::And(a, b) => match (truth(a, body), truth(b, body)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        Expression::Or(a, b) => match (truth(a, body), truth(b, body)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        Expression::Not(inner) => truth(inner, body).map(|truth| !truth),
        Expression::IsNull(field) => Some(value(body, field).is_none()),
        Expression::Compare(field, comparison, operand) => {
            let value = value(body, field)?;
            match (order(value, operand), comparison, operand) {
                (Some(order), ..) => Some(fits(order, *comparison)),
                // A text in a map that is not a number differs from every number.
                (None, Comparison::Equal, Operand::Number(_)) => Some(false),
                (None, ..) => None,
            }
        }
        Expression::Between(field, low, high) => {
            let value = value(body, field)?;
            Some(order(value, low)?.is_ge() && order(value, high)?.is_le())
        }
        Expression::In(field, operands) => {
            let value = value(body, field)?;
            Some(operands.iter().any(|operand| order(value, operand) == Some(Ordering::Equal)))
        }
        Expression::Like(field, pattern) => Some(like(&text(value(body, field)?), pattern)),
        Expression::Contains(field, part) => {
            let text = text(value(body, field)?).to_lowercase();
            Some(text.contains(&part.to_lowercase()))
        }
    }
}

/// The value of a field. Returns `None` if it is null or absent. An expanded object counts as its id.
fn value<'b>(body: &'b Json, field: &Field) -> Option<&'b Json> {
    let found = field.path.iter().try_fold(body, |value, name| value.get(name))?;
    let found = reference(found);
    (!found.is_null()).then_some(found)
}

fn fits(order: Ordering, comparison: Comparison) -> bool {
    match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    }
}

/// Compares a value with an operand. Returns `None` if they cannot be compared.
fn order(value: &Json, operand: &Operand) -> Option<Ordering> {
    match operand {
        Operand::Text(wanted) => Some(text(value).as_str().cmp(wanted.as_str())),
        Operand::Number(wanted) => compare_numbers(&text(value), wanted),
        Operand::Time(wanted) => Some(seconds(value)?.cmp(wanted)),
        Operand::Boolean(wanted) => Some(value.as_bool()?.cmp(wanted)),
    }
}

/// Seconds since 1970; version 2 of the API writes moments as text.
fn seconds(value: &Json) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse::<Timestamp>().ok().map(Timestamp::as_second))
}

/// A value as it is shown in a record.
fn text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether a text matches a pattern: `%` stands for any text, `_` for any letter; case does not matter.
fn like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let (mut at, mut wanted) = (0, 0);
    // The position of the last `%`, and the end of the text that it covers so far.
    let mut swallowed: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(wanted) {
            Some('%') => {
                swallowed = Some((wanted, at));
                wanted += 1;
            }
            Some(letter) if *letter == '_' || text.get(at) == Some(letter) => {
                at += 1;
                wanted += 1;
            }
            _ => {
                let Some((percent, upto)) = swallowed else { return false };
                swallowed = Some((percent, upto + 1));
                (at, wanted) = (upto + 1, percent + 1);
            }
        }
    }
    pattern.get(wanted..).is_some_and(|rest| rest.iter().all(|letter| *letter == '%'))
}
