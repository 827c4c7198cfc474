//! Whether a value is of the kind a param takes, and how it is sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json};

use super::{PayloadError, dotted};
use crate::catalog::names::{Unresolved, closest, likeness, resolve};
use crate::catalog::{Clearing, Kind, Member, Shape, find};
use crate::connector::record::scalar;

/// Longest part of a wrong value that an error repeats, in characters.
const SHOWN: usize = 40;

/// The params of an object, keys resolved and values checked.
pub(super) fn object(
    given: &Map<String, Json>,
    params: &[Member],
    place: &str,
) -> Result<Map<String, Json>, PayloadError> {
    let mut found = Map::new();
    for (key, value) in given.iter().filter(|(_, value)| !value.is_null()) {
        let path = resolve(key, params).map_err(|why| unknown(&dotted(place, key), why))?.path;
        let Some((param, inside)) =
            path.split_first().and_then(|(name, rest)| Some((find(params, name)?, rest)))
        else {
            continue;
        };
        // A dotted key is the nested value it stands for.
        let nested = inside
            .iter()
            .rev()
            .fold(value.clone(), |value, name| Json::Object(Map::from_iter([(name.clone(), value)])));
        let checked = self::value(&nested, &param.shape, &dotted(place, &param.name))?;
        insert(&mut found, key, &param.name, checked)?;
    }
    Ok(found)
}

fn unknown(key: &str, why: Unresolved) -> PayloadError {
    let suggestion = match why {
        Unresolved::Unknown { suggestion } => suggestion,
        Unresolved::NoMembers { .. } => None,
    };
    PayloadError::Unknown { key: key.to_owned(), suggestion }
}

/// Adds a value; two objects for one param become one.
fn insert(found: &mut Map<String, Json>, key: &str, name: &str, value: Json) -> Result<(), PayloadError> {
    match (found.get_mut(name), value) {
        (None, value) => {
            found.insert(name.to_owned(), value);
        }
        (Some(Json::Object(there)), Json::Object(more)) => {
            for (inner, value) in more {
                insert(there, key, &inner, value)?;
            }
        }
        (Some(_), _) => return Err(PayloadError::Twice { key: key.to_owned(), param: name.to_owned() }),
    }
    Ok(())
}

/// The value as it is sent.
fn value(given: &Json, shape: &Shape, place: &str) -> Result<Json, PayloadError> {
    let wrong = |expected: &str| wrong(place, expected, given);
    if shape.clearing == Clearing::Empty && given.as_str() == Some("") {
        return Ok(given.clone());
    }
    match &shape.kind {
        Kind::Text { max_length } => text(given, *max_length, place),
        Kind::Currency | Kind::Id(_) => text(given, 0, place),
        Kind::Enum(values) => one_of(given, values, place),
        Kind::Integer => integer(given).ok_or_else(|| wrong("a whole number")),
        Kind::Decimal | Kind::Number => number(given).ok_or_else(|| wrong("a number")),
        Kind::Boolean => boolean(given).ok_or_else(|| wrong("true or false")),
        Kind::Time => time(given)
            .ok_or_else(|| wrong("a time: seconds since 1970, or text such as 2026-01-31T12:00:00Z")),
        Kind::DateTime => moment(given)
            .map(|moment| Json::String(moment.to_string()))
            .ok_or_else(|| wrong("a time: text such as 2026-01-31T12:00:00Z, or seconds since 1970")),
        Kind::Object(params) => match given {
            Json::Object(given) => Ok(Json::Object(object(given, params, place)?)),
            _ => Err(wrong("an object")),
        },
        Kind::List(item) | Kind::Set(item) => list(given, item, place),
        Kind::Map(value) => map(given, value, place),
        Kind::Union(shapes) => union(given, shapes, place),
        Kind::File => match given.as_str().map(|text| STANDARD.decode(text)) {
            Some(Ok(_)) => Ok(given.clone()),
            _ => Err(wrong("a file in base64, as `filebase64(\"logo.png\")` makes it")),
        },
        // Only answers hold whole objects and pages.
        Kind::Any | Kind::Page(_) | Kind::Range | Kind::Whole(_) => Ok(given.clone()),
    }
}

fn text(given: &Json, max_length: u32, place: &str) -> Result<Json, PayloadError> {
    let text = scalar(given).ok_or_else(|| wrong(place, "text", given))?;
    let limit = usize::try_from(max_length).unwrap_or(usize::MAX);
    if limit > 0 && text.chars().count() > limit {
        return Err(wrong(place, &format!("at most {limit} characters long"), given));
    }
    Ok(Json::String(text))
}

/// Stripe adds values to its enums: what is like none of the known ones may be new.
fn one_of(given: &Json, values: &[String], place: &str) -> Result<Json, PayloadError> {
    const MISSPELT: f64 = 0.9;
    let text = scalar(given).ok_or_else(|| wrong(place, "text", given))?;
    let alike = values.iter().filter(|value| likeness(&text, value) >= MISSPELT);
    match closest(&text, alike.map(|value| (value.as_str(), value))) {
        Some(meant) if !values.contains(&text) => {
            let expected = format!("one of {} (did you mean {meant:?}?)", values.join(", "));
            Err(wrong(place, &expected, given))
        }
        _ => Ok(Json::String(text)),
    }
}

fn list(given: &Json, item: &Shape, place: &str) -> Result<Json, PayloadError> {
    let Json::Array(items) = given else { return Err(wrong(place, "a list", given)) };
    let items = items.iter().enumerate();
    items.map(|(at, given)| value(given, item, &dotted(place, &at.to_string()))).collect()
}

fn map(given: &Json, shape: &Shape, place: &str) -> Result<Json, PayloadError> {
    let Json::Object(members) = given else { return Err(wrong(place, "a map", given)) };
    let known = members.iter().filter(|(_, value)| !value.is_null());
    // The empty text removes a key.
    known
        .map(|(key, given)| match given.as_str() {
            Some("") => Ok((key.clone(), given.clone())),
            _ => Ok((key.clone(), value(given, shape, &dotted(place, key))?)),
        })
        .collect()
}

/// The first shape that takes the value; else the error of the one that is like it.
fn union(given: &Json, shapes: &[Shape], place: &str) -> Result<Json, PayloadError> {
    let mut first = None;
    for shape in shapes {
        match value(given, shape, place) {
            Ok(value) => return Ok(value),
            Err(error) if given.is_object() && shape.members().is_some() => first = Some(error),
            Err(error) => first = first.or(Some(error)),
        }
    }
    Err(first.unwrap_or_else(|| wrong(place, "something else", given)))
}

/// `1500`, `1500.0` and `"1500"` alike.
fn integer(given: &Json) -> Option<Json> {
    let text = digits(given)?;
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole,
        Some(_) => return None,
        None => text.as_str(),
    };
    Some(Json::from(whole.parse::<i64>().ok()?))
}

fn number(given: &Json) -> Option<Json> {
    digits(given).map(Json::String)
}

/// The text of a number, written as a number or as text.
fn digits(given: &Json) -> Option<String> {
    match given {
        Json::Number(number) => Some(number.to_string()),
        Json::String(text) => text.parse::<f64>().ok().filter(|n| n.is_finite()).map(|_| text.clone()),
        _ => None,
    }
}

fn boolean(given: &Json) -> Option<Json> {
    match given {
        Json::Bool(_) => Some(given.clone()),
        Json::String(text) => text.parse().ok().map(Json::Bool),
        _ => None,
    }
}

/// Seconds since 1970. Words such as `now`, which a few params know, pass as they are.
fn time(given: &Json) -> Option<Json> {
    if given.as_str() == Some("now") {
        return Some(given.clone());
    }
    moment(given).map(|moment| Json::from(moment.as_second()))
}

/// A moment, written as seconds since 1970, as RFC 3339 or as a day.
fn moment(given: &Json) -> Option<Timestamp> {
    if let Some(seconds) = integer(given) {
        return Timestamp::from_second(seconds.as_i64()?).ok();
    }
    let text = given.as_str()?;
    text.parse::<Timestamp>().ok().or_else(|| {
        let day = text.parse::<Date>().ok()?;
        Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}

fn wrong(param: &str, expected: &str, given: &Json) -> PayloadError {
    let mut found = given.to_string();
    if found.chars().count() > SHOWN {
        found = found.chars().take(SHOWN).chain(['…']).collect();
    }
    PayloadError::Value { param: param.to_owned(), expected: expected.to_owned(), found }
}
