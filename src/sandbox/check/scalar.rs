//! Parses a text as the kind of its param.

use serde_json::{Number, Value as Json};

use crate::catalog::{Digits, Kind, NumberRange};
use crate::sandbox::currency;
use crate::sandbox::error::{ApiError, ApiResult};

/// The maximum length of a text if the catalog states none.
const LONGEST: usize = 5000;

/// Parses one text.
pub(super) fn read(kind: &Kind, text: &str, path: &str) -> ApiResult<Json> {
    match kind {
        Kind::Enum(values) => one_of(values, text, path),
        Kind::Currency => currency::read(text, path).map(Json::from),
        Kind::Id(_) => string(0, text, path),
        Kind::Text { max_length } => string(*max_length, text, path),
        Kind::Range => integer(text, path),
        Kind::Integer => integer(text, path).and_then(|number| countable(number, path)),
        Kind::Time => integer(text, path).and_then(|time| within_time(time, path)),
        Kind::Boolean => match text {
            "true" | "1" => Ok(Json::Bool(true)),
            "false" | "0" => Ok(Json::Bool(false)),
            _ => Err(ApiError::of("no_boolean", &[("given", &text)]).param(path)),
        },
        Kind::Decimal => decimal(text, path).map(Json::String),
        Kind::Number => {
            let number = decimal(text, path)?;
            let number = number.parse::<Number>().map_err(|_| not_decimal(text, path))?;
            Ok(Json::Number(number))
        }
        _ => Ok(Json::from(text)),
    }
}

/// Checks a value that already has a type. An integer may also be given as its text, which is how large
/// integers are sent.
pub(super) fn typed(kind: &Kind, value: &Json, path: &str) -> ApiResult<Json> {
    match (kind, value) {
        (Kind::Boolean, Json::Bool(_)) | (Kind::Number, Json::Number(_)) => Ok(value.clone()),
        (Kind::Integer, Json::Number(number)) if number.is_i64() => countable(value.clone(), path),
        (Kind::Time, Json::Number(number)) if number.is_i64() => within_time(value.clone(), path),
        (Kind::DateTime, Json::String(text)) if text.parse::<jiff::Timestamp>().is_ok() => Ok(value.clone()),
        (
            Kind::Boolean
            | Kind::Number
            | Kind::DateTime
            | Kind::Object(_)
            | Kind::List(_)
            | Kind::Set(_)
            | Kind::Map(_),
            _,
        ) => Err(wrong_type(kind, path)),
        (kind, Json::String(text)) => read(kind, text, path),
        (kind, _) => Err(wrong_type(kind, path)),
    }
}

fn wrong_type(kind: &Kind, path: &str) -> ApiError {
    let wanted = match kind {
        Kind::Boolean => "a boolean",
        Kind::Integer | Kind::Time => "an integer",
        Kind::Number => "a number",
        Kind::DateTime => "a date and time in RFC 3339 format",
        Kind::Object(_) | Kind::Map(_) => "an object",
        Kind::List(_) | Kind::Set(_) => "an array",
        _ => "a string",
    };
    ApiError::of("not_of_type", &[("param", &path), ("type", &wanted)]).param(path)
}

fn one_of(values: &[String], text: &str, path: &str) -> ApiResult<Json> {
    if values.iter().all(|value| value != text) {
        let listed: Vec<&str> = values.iter().map(String::as_str).filter(|value| !value.is_empty()).collect();
        let values = or_list(&listed);
        return Err(ApiError::of("not_one_of", &[("param", &path), ("values", &values)]).param(path));
    }
    Ok(Json::from(text))
}

fn string(max_length: u32, text: &str, path: &str) -> ApiResult<Json> {
    let most = usize::try_from(max_length).ok().filter(|length| *length > 0).unwrap_or(LONGEST);
    if text.chars().count() > most { Err(too_long(text, most, path)) } else { Ok(Json::from(text)) }
}

/// The refusal of a text with more than `most` letters.
pub(in crate::sandbox) fn too_long(text: &str, most: usize, path: &str) -> ApiError {
    ApiError::of("too_long", &[("given", &shortened(text)), ("most", &most)]).param(path)
}

/// Joins values to `a, b, or c`.
fn or_list(values: &[&str]) -> String {
    match values {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first, second] => format!("{first} or {second}"),
        [head @ .., last] => format!("{}, or {last}", head.join(", ")),
    }
}

fn shortened(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let head: String = letters.iter().take(12).collect();
    let tail: String = letters.iter().skip(letters.len().saturating_sub(12).max(12)).collect();
    format!("{head}...{tail}")
}

fn integer(text: &str, path: &str) -> ApiResult<Json> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let number =
        if digits.bytes().all(|byte| byte.is_ascii_digit()) { text.parse::<i64>().ok() } else { None };
    number.map(Json::from).ok_or_else(|| ApiError::of("no_integer", &[("given", &text)]).param(path))
}

/// Above the twelve digits of Stripe's largest amount, and low enough that sums cannot overflow.
const LARGEST: i64 = 1_000_000_000_000_000;

fn countable(number: Json, path: &str) -> ApiResult<Json> {
    let Some(whole) = number.as_i64().filter(|number| (-LARGEST..=LARGEST).contains(number)) else {
        return Err(ApiError::of("no_integer", &[("given", &number)]).param(path));
    };
    let Some(range) = NumberRange::at(path).filter(|range| !range.holds(&number)) else { return Ok(number) };
    Err(match range.most {
        Some(most) if whole > i64::from(most) => ApiError::of("too_high", &[("most", &most)]).param(path),
        _ => ApiError::of("too_low", &[("least", &(range.least + u32::from(range.is_open)))]).param(path),
    })
}

/// The range of times: the years that calendars can count.
const FIRST_SECOND: i64 = -62_135_596_800;
const LAST_SECOND: i64 = 253_402_300_799;

fn within_time(time: Json, path: &str) -> ApiResult<Json> {
    if time.as_i64().is_some_and(|at| (FIRST_SECOND..=LAST_SECOND).contains(&at)) {
        return Ok(time);
    }
    Err(ApiError::of("time_invalid", &[("given", &time)]).param(path))
}

fn decimal(text: &str, path: &str) -> ApiResult<String> {
    let is_whole = |digits: Digits<'_>| !digits.whole.is_empty() && !text.ends_with('.');
    let right = !text.starts_with('+') && Digits::parse(text).is_some_and(is_whole);
    if right { Ok(text.to_owned()) } else { Err(not_decimal(text, path)) }
}

fn not_decimal(text: &str, path: &str) -> ApiError {
    ApiError::of("no_decimal", &[("given", &text)]).param(path)
}
