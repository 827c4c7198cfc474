//! Names become fields, values become what their field holds.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::expression::{Field, Holds, Operand};
use crate::catalog::{self, Entity, FieldKind, Kind, OperationKind, Param, parents};
use crate::connector::payload::plain;

/// Params of a list that are about the page, not about the entities.
const PAGING: [&str; 6] = ["ending_before", "expand", "include", "limit", "page", "starting_after"];

/// What that name means: a field, else what the entity belongs to, else a param of its list.
pub(super) fn named(name: &str, at: usize, entity: &Entity) -> Result<Field, String> {
    match field(name, at, entity) {
        Ok(field) => Ok(field),
        Err(unknown) => told(name, at, entity).ok_or(unknown),
    }
}

/// The field of that name, in PascalCase or in Stripe's spelling, dots leading into objects.
/// `CustomerAddressCity` would be ambiguous, so levels are always dotted.
fn field(name: &str, at: usize, entity: &Entity) -> Result<Field, String> {
    let found = |way: Vec<String>, holds| Ok(Field { way, holds, told: false, at });
    let mut way = Vec::new();
    let mut rest = Some(name);
    let mut fields = entity.fields.as_slice();
    let mut holds = Holds::Text;
    while let Some(here) = rest {
        // Metadata keys may hold dots: below a map everything is its key.
        let (head, tail) = here.split_once('.').map_or((here, None), |(head, tail)| (head, Some(tail)));
        let field = find(head, fields).ok_or_else(|| unknown(name, head, fields, entity))?;
        way.push(field.name.clone());
        holds = held(&field.kind);
        rest = tail;
        match (&field.kind, tail) {
            (FieldKind::Object(inner), _) => fields = inner,
            (FieldKind::Map(_), Some(key)) => {
                way.push(key.to_owned());
                return found(way, Holds::Text);
            }
            (FieldKind::Reference(_) | FieldKind::Either(_) | FieldKind::Any, Some(inside)) => {
                way.extend(inside.split('.').map(str::to_owned));
                return found(way, Holds::Text);
            }
            (_, Some(_)) => return Err(format!("{:?} has no fields of its own", field.name)),
            (_, None) => {}
        }
    }
    found(way, holds)
}

/// `CustomerId` names the field `customer` where nothing is called `customer_id`.
fn find<'f>(name: &str, fields: &'f [catalog::Field]) -> Option<&'f catalog::Field> {
    let by = |name: &str| fields.iter().find(|field| plain(&field.name) == name);
    let name = plain(name);
    by(&name).or_else(|| {
        let named = by(name.strip_suffix("id")?)?;
        matches!(named.kind, FieldKind::Expandable(_) | FieldKind::String { .. }).then_some(named)
    })
}

/// What is no field: the parent in the path of the list, or one of its params.
fn told(name: &str, at: usize, entity: &Entity) -> Option<Field> {
    let only = || entity.operation(OperationKind::Get).filter(|_| !entity.has_own_id());
    let list = entity.operation(OperationKind::List).or_else(only)?;
    let wanted = plain(name);
    let is = |known: &str| plain(known) == wanted || plain(known) + "id" == wanted;
    if let Some(parent) = parents(&list.path).find(|parent| is(parent)) {
        return Some(Field { way: vec![parent.to_owned()], holds: Holds::Text, told: true, at });
    }
    let (mut way, mut kind) = (Vec::new(), None);
    let mut params = list.params.as_slice();
    for part in name.split('.') {
        let of_one = |param: &&Param| !PAGING.contains(&param.name.as_str());
        let param = params.iter().filter(of_one).find(|param| plain(&param.name) == plain(part))?;
        way.push(param.name.clone());
        kind = Some(&param.kind);
        params = if let Kind::Object(inner) = &param.kind { inner } else { &[] };
    }
    let holds = match kind? {
        Kind::Integer | Kind::Decimal | Kind::Number => Holds::Number,
        Kind::Time | Kind::Range => Holds::Time,
        Kind::Boolean => Holds::Truth,
        _ => Holds::Text,
    };
    Some(Field { way, holds, told: true, at })
}

fn unknown(name: &str, head: &str, fields: &[catalog::Field], entity: &Entity) -> String {
    const ALIKE: f64 = 0.8;
    let scored =
        fields.iter().map(|field| (strsim::jaro_winkler(&plain(head), &plain(&field.name)), &field.name));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(alike, _)| *alike >= ALIKE);
    let hint = best.map(|(_, meant)| format!("; did you mean {meant:?}?")).unwrap_or_default();
    format!("{} has no field {name:?}{hint}", entity.name)
}

fn held(kind: &FieldKind) -> Holds {
    match kind {
        FieldKind::Integer | FieldKind::Decimal | FieldKind::Number => Holds::Number,
        FieldKind::Time | FieldKind::DateTime => Holds::Time,
        FieldKind::Boolean => Holds::Truth,
        _ => Holds::Text,
    }
}

/// Text as what the field holds.
pub(super) fn of_text(text: &str, field: &Field) -> Result<Operand, String> {
    match field.holds {
        Holds::Text => Some(Operand::Text(text.to_owned())),
        Holds::Number => number(text),
        Holds::Time => time(text),
        Holds::Truth => truth(text),
    }
    .ok_or_else(|| mismatch(text, field))
}

/// A bare number or date as what the field holds.
pub(super) fn of_literal(text: &str, field: &Field) -> Result<Operand, String> {
    let found = match field.holds {
        Holds::Number => number(text),
        Holds::Time => time(text),
        Holds::Truth => None,
        // Bare digits are text for a field that holds text: `ShippingPostalCode = 94043`.
        Holds::Text if number(text).is_some() || time(text).is_some() => Some(Operand::Text(text.to_owned())),
        Holds::Text => {
            return Err(format!("{text} is neither a number nor a date; text stands in single quotes"));
        }
    };
    found.ok_or_else(|| mismatch(text, field))
}

/// `true` or `false` as what the field holds.
pub(super) fn of_truth(value: bool, field: &Field) -> Result<Operand, String> {
    match field.holds {
        Holds::Truth => Ok(Operand::Truth(value)),
        Holds::Text => Ok(Operand::Text(value.to_string())),
        Holds::Number | Holds::Time => Err(mismatch(&value.to_string(), field)),
    }
}

fn mismatch(found: &str, field: &Field) -> String {
    let wanted = match field.holds {
        Holds::Text => "text in single quotes",
        Holds::Number => "a number",
        Holds::Time => "a date such as '2026-01-31', or seconds since 1970",
        Holds::Truth => "true or false",
    };
    format!("{:?} must be compared with {wanted}, not {found:?}", field.way.join("."))
}

fn number(text: &str) -> Option<Operand> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number =
        !whole.is_empty() && [whole, fraction].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    is_number.then(|| Operand::Number(text.to_owned()))
}

fn time(text: &str) -> Option<Operand> {
    let utc = |moment: DateTime| Some(moment.to_zoned(TimeZone::UTC).ok()?.timestamp());
    let seconds = text.parse::<i64>().ok();
    let moment = || text.parse::<Timestamp>().ok();
    let day = || text.parse::<Date>().ok().and_then(|day| utc(day.at(0, 0, 0, 0)));
    let local = || text.parse::<DateTime>().ok().and_then(utc);
    seconds.or_else(|| moment().or_else(local).or_else(day).map(Timestamp::as_second)).map(Operand::Time)
}

fn truth(text: &str) -> Option<Operand> {
    text.to_ascii_lowercase().parse().ok().map(Operand::Truth)
}
