//! Resolves names to fields, and parses values by the type of their field.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::expression::{Field, Operand, ScalarType};
use crate::catalog::names::{Unresolved, normalize, resolve};
use crate::catalog::{Entity, Kind, Operation, OperationKind, Shape, parents};
use crate::connector::selectors;

/// The beginning of 1970 in UTC.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// The entity type and the call in which names are looked up.
#[derive(Debug, Clone, Copy)]
pub(super) struct NameLookup<'n> {
    pub(super) entity: &'n Entity,
    /// The call that finds the entities.
    pub(super) call: Option<&'n Operation>,
}

/// Resolves a name: to a field, otherwise to a parent of the entity, otherwise to a param of the call.
pub(super) fn named(name: &str, at: usize, names: NameLookup<'_>) -> Result<Field, String> {
    let entity = names.entity;
    match resolve(name, &entity.fields) {
        Ok(found) => {
            let known = found.shape.filter(|_| !entity.is_key_of_map(&found.path));
            let holds = known.map_or(ScalarType::Any, scalar_type);
            Ok(Field { path: found.path, holds, server_only: false, at })
        }
        Err(why) => {
            let found = names.call.and_then(|call| server_only(name, at, call));
            found.ok_or_else(|| unknown(name, why, names))
        }
    }
}

/// A name that is no field: a parent in the path of the call, or one of its params.
fn server_only(name: &str, at: usize, call: &Operation) -> Option<Field> {
    let wanted = normalize(name);
    let is = |known: &str| normalize(known) == wanted || normalize(known) + "id" == wanted;
    if let Some(parent) = parents(&call.path).find(|parent| is(parent)) {
        return Some(Field { path: vec![parent.to_owned()], holds: ScalarType::Text, server_only: true, at });
    }
    let params: Vec<_> = selectors(call).cloned().collect();
    let found = resolve(name, &params).ok()?;
    Some(Field { path: found.path, holds: scalar_type(found.shape?), server_only: true, at })
}

fn unknown(name: &str, why: Unresolved, NameLookup { entity, call }: NameLookup<'_>) -> String {
    let searches = call.is_some_and(|call| call.kind == OperationKind::Search);
    let list = entity.operation(OperationKind::List).filter(|_| searches);
    if list.is_some_and(|list| server_only(name, 0, list).is_some()) {
        return format!("only a list can compare {name:?}, not a search: leave the search query out");
    }
    match why {
        Unresolved::NoMembers { name } => format!("{name:?} has no fields of its own"),
        // The connector has a column with this name in every table.
        Unresolved::Unknown { .. } if normalize(name) == "accountid" => {
            let chosen = "a connected account is chosen by the account id of the connection";
            format!("{} has no field {name:?}: {chosen}", entity.name)
        }
        Unresolved::Unknown { suggestion } => {
            let hint = suggestion.map(|meant| format!("; did you mean {meant:?}?")).unwrap_or_default();
            format!("{} has no field {name:?}{hint}", entity.name)
        }
    }
}

fn scalar_type(shape: &Shape) -> ScalarType {
    match &shape.kind {
        _ if shape.folds_case() => ScalarType::Currency,
        Kind::Integer | Kind::Decimal | Kind::Number => ScalarType::Number,
        Kind::Time | Kind::DateTime | Kind::Range => ScalarType::Time,
        Kind::Boolean => ScalarType::Boolean,
        _ => ScalarType::Text,
    }
}

/// Converts a text to the type of the field.
pub(super) fn of_text(text: &str, field: &Field) -> Result<Operand, String> {
    match field.holds {
        ScalarType::Text | ScalarType::Any => Some(Operand::Text(text.to_owned())),
        ScalarType::Currency => Some(Operand::Text(text.to_lowercase())),
        ScalarType::Number => number(text),
        ScalarType::Time => time(text),
        ScalarType::Boolean => truth(text),
    }
    .ok_or_else(|| mismatch(text, field))
}

/// Converts a bare number or date to the type of the field.
pub(super) fn of_literal(text: &str, field: &Field) -> Result<Operand, String> {
    let found = match field.holds {
        ScalarType::Number => number(text),
        ScalarType::Time => time(text),
        ScalarType::Boolean => None,
        ScalarType::Any if number(text).is_some() => number(text),
        // Bare digits are text for a field of type text: `ShippingPostalCode = 94043`.
        ScalarType::Text | ScalarType::Currency | ScalarType::Any
            if number(text).is_some() || time(text).is_some() =>
        {
            Some(Operand::Text(text.to_owned()))
        }
        ScalarType::Text | ScalarType::Currency | ScalarType::Any => {
            return Err(format!("{text} is neither a number nor a date; text stands in single quotes"));
        }
    };
    found.ok_or_else(|| mismatch(text, field))
}

/// Converts `true` or `false` to the type of the field.
pub(super) fn of_truth(value: bool, field: &Field) -> Result<Operand, String> {
    match field.holds {
        ScalarType::Boolean => Ok(Operand::Boolean(value)),
        ScalarType::Text | ScalarType::Currency | ScalarType::Any => Ok(Operand::Text(value.to_string())),
        ScalarType::Number | ScalarType::Time => Err(mismatch(&value.to_string(), field)),
    }
}

fn mismatch(found: &str, field: &Field) -> String {
    let wanted = match field.holds {
        ScalarType::Text | ScalarType::Currency | ScalarType::Any => "text in single quotes",
        ScalarType::Number => "a number",
        ScalarType::Time => "a date such as '2026-01-31', or seconds since 1970",
        ScalarType::Boolean => "true or false",
    };
    format!("{:?} must be compared with {wanted}, not {found:?}", field.path.join("."))
}

fn number(text: &str) -> Option<Operand> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number =
        !whole.is_empty() && [whole, fraction].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    is_number.then(|| Operand::Number(text.to_owned()))
}

fn time(text: &str) -> Option<Operand> {
    // Dates at the end of the year 9999 are valid, but later than the latest moment in some zones.
    let utc = |moment: DateTime| moment.duration_since(EPOCH).as_secs();
    let seconds = text.parse::<i64>().ok();
    let moment = || text.parse::<Timestamp>().ok().map(Timestamp::as_second);
    let day = || text.parse::<Date>().ok().map(|day| utc(day.at(0, 0, 0, 0)));
    let local = || text.trim_end_matches(['Z', 'z']).parse::<DateTime>().ok().map(utc);
    seconds.or_else(moment).or_else(local).or_else(day).map(Operand::Time)
}

fn truth(text: &str) -> Option<Operand> {
    text.to_ascii_lowercase().parse().ok().map(Operand::Boolean)
}
