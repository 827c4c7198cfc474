//! Whether a value is of the kind a param takes, and how it is sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json};

use super::{PayloadError, dotted, names};
use crate::catalog::{Kind, Param};

/// Longest part of a wrong value that an error repeats, in characters.
const SHOWN: usize = 40;

/// The params of an object, keys resolved and values checked.
pub(super) fn object(
    given: &Map<String, Json>,
    params: &[Param],
    place: &str,
) -> Result<Map<String, Json>, PayloadError> {
    let mut found = Map::new();
    for (key, value) in given.iter().filter(|(_, value)| !value.is_null()) {
        let unknown =
            || PayloadError::Unknown { key: dotted(place, key), suggestion: names::suggest(key, params) };
        let path = names::resolve(key, params).ok_or_else(unknown)?;
        // A dotted key is the nested value it stands for.
        let nested = path
            .iter()
            .skip(1)
            .rev()
            .fold(value.clone(), |value, name| Json::Object(Map::from_iter([(name.clone(), value)])));
        let Some(param) = path.first().and_then(|name| params.iter().find(|param| param.name == *name))
        else {
            return Err(unknown());
        };
        let checked = self::value(&nested, &param.kind, &dotted(place, &param.name))?;
        insert(&mut found, key, &param.name, checked)?;
    }
    Ok(found)
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
fn value(given: &Json, kind: &Kind, place: &str) -> Result<Json, PayloadError> {
    let wrong = |expected: &str| wrong(place, expected, given);
    match kind {
        Kind::String { values, max_length } => text(given, values, *max_length, place),
        Kind::Integer => integer(given).ok_or_else(|| wrong("a whole number")),
        Kind::Decimal | Kind::Number => number(given).ok_or_else(|| wrong("a number")),
        Kind::Boolean => boolean(given).ok_or_else(|| wrong("true or false")),
        Kind::Time => time(given)
            .ok_or_else(|| wrong("a time: seconds since 1970, or text such as 2026-01-31T12:00:00Z")),
        Kind::DateTime => moment(given)
            .map(|moment| Json::String(moment.to_string()))
            .ok_or_else(|| wrong("a time: text such as 2026-01-31T12:00:00Z, or seconds since 1970")),
        Kind::Range => Ok(given.clone()),
        Kind::Object(params) => match given {
            Json::Object(given) => Ok(Json::Object(object(given, params, place)?)),
            _ => Err(wrong("an object")),
        },
        Kind::List(kind) => list(given, kind, place),
        Kind::Map(kind) => map(given, kind, place),
        Kind::Either(kinds) => either(given, kinds, place),
        Kind::Unsettable(_) if given.as_str() == Some("") => Ok(given.clone()),
        Kind::Unsettable(kind) => value(given, kind, place),
        Kind::Binary => match given.as_str().map(|text| STANDARD.decode(text)) {
            Some(Ok(_)) => Ok(given.clone()),
            _ => Err(wrong("a file in base64, as `filebase64(\"logo.png\")` makes it")),
        },
    }
}

fn text(given: &Json, values: &[String], max_length: u32, place: &str) -> Result<Json, PayloadError> {
    let text = match given {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        Json::Bool(truth) => truth.to_string(),
        _ => return Err(wrong(place, "text", given)),
    };
    // Stripe adds values to its enums: what is like none of the known ones may be new.
    if !values.contains(&text)
        && let Some(meant) = misspelt(&text, values)
    {
        let expected = format!("one of {} (did you mean {meant:?}?)", values.join(", "));
        return Err(wrong(place, &expected, given));
    }
    let limit = usize::try_from(max_length).unwrap_or(usize::MAX);
    if limit > 0 && text.chars().count() > limit {
        return Err(wrong(place, &format!("at most {limit} characters long"), given));
    }
    Ok(Json::String(text))
}

/// The known value that a text is a misspelling of.
fn misspelt<'v>(text: &str, values: &'v [String]) -> Option<&'v String> {
    const ALIKE: f64 = 0.9;
    let alike = |value: &&String| strsim::jaro_winkler(&text.to_lowercase(), &value.to_lowercase());
    values
        .iter()
        .map(|value| (alike(&value), value))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(alike, _)| *alike >= ALIKE)
        .map(|(_, value)| value)
}

fn list(given: &Json, kind: &Kind, place: &str) -> Result<Json, PayloadError> {
    let Json::Array(items) = given else { return Err(wrong(place, "a list", given)) };
    let items = items.iter().enumerate();
    items.map(|(at, item)| value(item, kind, &dotted(place, &at.to_string()))).collect()
}

fn map(given: &Json, kind: &Kind, place: &str) -> Result<Json, PayloadError> {
    let Json::Object(members) = given else { return Err(wrong(place, "a map", given)) };
    let known = members.iter().filter(|(_, value)| !value.is_null());
    // The empty text removes a key.
    known
        .map(|(key, given)| match given.as_str() {
            Some("") => Ok((key.clone(), given.clone())),
            _ => Ok((key.clone(), value(given, kind, &dotted(place, key))?)),
        })
        .collect()
}

/// The first kind that takes the value; else the error of the kind that is of its shape.
fn either(given: &Json, kinds: &[Kind], place: &str) -> Result<Json, PayloadError> {
    let mut first = None;
    for kind in kinds {
        match value(given, kind, place) {
            Ok(value) => return Ok(value),
            Err(error) if given.is_object() && names::inner(kind).is_some() => first = Some(error),
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
