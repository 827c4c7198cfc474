//! Checks a value against the kind of its param, and encodes it as Stripe takes it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json};

use super::error::wrong;
use super::json_text::read_json;
use super::{ParamError, ParamErrors, Params, limits};
use crate::catalog::names::join_path;
use crate::catalog::names::{Unresolved, resolve};
use crate::catalog::{Clearing, Kind, Member, NumberRange, OtherId, Shape, find, whole_spelling};
use crate::connector::{plain_number, scalar};

/// The params of an object, with resolved keys and checked values.
pub(super) fn object(
    given: &Map<String, Json>,
    params: &[Member],
    place: &str,
) -> Result<Params, ParamErrors> {
    let (mut found, mut faults) = (Params::new(), ParamErrors::new());
    for (key, given) in given.iter().filter(|(_, value)| !value.is_null()) {
        let checked = member(key, given, params, place);
        let names = |name| (join_path(place, key), join_path(place, name));
        match checked.and_then(|(name, value)| insert(&mut found, name, value, &names(name)).map_err(one)) {
            Ok(()) => {}
            Err(more) => faults.extend(more),
        }
    }
    faults.extend(found.keys().filter_map(|name| spelled_twice(name, &found, place)));
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

/// Reports two spellings of one value, because Stripe takes only one.
fn spelled_twice(name: &str, found: &Params, place: &str) -> Option<ParamError> {
    let whole = whole_spelling(name).filter(|whole| found.contains_key(*whole))?;
    Some(ParamError::Twice { key: join_path(place, name), param: join_path(place, whole) })
}

/// The param that a key names, and its value. The value of a dotted key is nested accordingly.
fn member<'m>(
    key: &str,
    given: &Json,
    params: &'m [Member],
    place: &str,
) -> Result<(&'m str, Json), ParamErrors> {
    let no_param = |why| one(unknown(&join_path(place, key), why));
    let path = resolve(key, params).map_err(no_param)?.path;
    let outer = path.split_first().and_then(|(name, inside)| Some((find(params, name)?, inside)));
    let (param, inside) = outer.ok_or_else(|| no_param(Unresolved::Unknown { suggestion: None }))?;
    let nested = inside
        .iter()
        .rev()
        .fold(given.clone(), |value, name| Json::Object(Map::from_iter([(name.clone(), value)])));
    Ok((&param.name, value(&nested, &param.shape, &join_path(place, &param.name))?))
}

/// Resolves a path of keys into Stripe's spelling.
pub(super) fn resolve_path(keys: &[String], params: &[Member]) -> Result<Vec<String>, ParamErrors> {
    let (mut path, mut members, mut item) = (Vec::new(), Some(params), None);
    for (at, key) in keys.iter().enumerate() {
        // Inside a map every key stays as it is; after a list, the next step is the position of an item.
        let Some(known) = members else {
            path.push(map_key(path.last().map_or("", String::as_str), key));
            members = item.take().and_then(Shape::members);
            continue;
        };
        let whole = keys.get(..=at).unwrap_or_default().join(".");
        let found = resolve(key, known).map_err(|why| one(unknown(&whole, why)))?;
        members = found.shape.and_then(Shape::members);
        item = found.shape.and_then(Shape::item);
        path.extend(found.path);
    }
    Ok(path)
}

/// Returns all results, or the faults of all.
pub(super) fn all<T, C: FromIterator<T>>(
    results: impl Iterator<Item = Result<T, ParamErrors>>,
) -> Result<C, ParamErrors> {
    let mut faults = ParamErrors::new();
    let good = results.filter_map(|result| result.map_err(|more| faults.extend(more)).ok()).collect();
    if faults.is_empty() { Ok(good) } else { Err(faults) }
}

fn one(error: ParamError) -> ParamErrors {
    vec![error]
}

fn unknown(key: &str, why: Unresolved) -> ParamError {
    let suggestion = match why {
        Unresolved::Unknown { suggestion } => suggestion,
        Unresolved::NoMembers { .. } => None,
    };
    ParamError::Unknown { key: key.to_owned(), suggestion }
}

/// Adds the value of a param. Two objects for one param are merged; `key` is the
/// key with which it was written.
fn insert(
    found: &mut Map<String, Json>,
    name: &str,
    value: Json,
    (key, param): &(String, String),
) -> Result<(), ParamError> {
    match (found.get_mut(name), value) {
        (None, value) => {
            found.insert(name.to_owned(), value);
        }
        (Some(Json::Object(there)), Json::Object(more)) => {
            for (inner, value) in more {
                let param = join_path(param, &inner);
                insert(there, &inner, value, &(key.clone(), param))?;
            }
        }
        (Some(_), _) => return Err(ParamError::Twice { key: key.clone(), param: param.clone() }),
    }
    Ok(())
}

/// The value as it is sent. No error repeats a secret, or a value in the place
/// of an object that contains one.
pub(super) fn value(given: &Json, shape: &Shape, place: &str) -> Result<Json, ParamErrors> {
    checked(given, shape, place).map_err(|faults| {
        let hide = |fault| match fault {
            ParamError::Value { param, expected, .. }
                if shape.sensitive || param == place && shape.holds_secret() =>
            {
                ParamError::Value { param, expected, found: "a value that is not shown".to_owned() }
            }
            other => other,
        };
        faults.into_iter().map(hide).collect()
    })
}

fn checked(given: &Json, shape: &Shape, place: &str) -> Result<Json, ParamErrors> {
    match (&shape.kind, given) {
        _ if shape.clearing == Clearing::Empty && given.as_str() == Some("") => Ok(given.clone()),
        (Kind::Object(params), Json::Object(given)) => object(given, params, place).map(Json::Object),
        (Kind::List(item) | Kind::Set(item), Json::Array(given)) => {
            let items = given.iter().enumerate();
            all(items.map(|(at, given)| value(given, item, &join_path(place, &at.to_string()))))
        }
        (Kind::Map(shape), Json::Object(given)) => map(given, shape, place),
        (Kind::Union(shapes), given) => union(given, shapes, place),
        (kind, given) => scalar_value(given, kind, place).map_err(one),
    }
}

fn scalar_value(given: &Json, kind: &Kind, place: &str) -> Result<Json, ParamError> {
    let wrong = |expected: &str| wrong(place, expected, given);
    match kind {
        Kind::Text { max_length } => text(given, *max_length, place),
        // Stripe adds values to its enums, so a value that is not listed may be new.
        Kind::Currency | Kind::Enum(_) => text(given, 0, place),
        Kind::Id(objects) => id(given, objects, place),
        Kind::Integer => {
            let whole = integer(given).ok_or_else(|| match whole_digits(given) {
                Some(_) => wrong(&format!("a whole number from {} to {}", i64::MIN, i64::MAX)),
                None => wrong("a whole number"),
            });
            in_range(whole?, "a whole number", place, given)
        }
        Kind::Decimal | Kind::Number => {
            in_range(number(given).ok_or_else(|| wrong("a number"))?, "a number", place, given)
        }
        Kind::Boolean => boolean(given).ok_or_else(|| wrong("true or false")),
        Kind::Time => time(given)
            .ok_or_else(|| wrong("a time: seconds since 1970, or text such as 2026-01-31T12:00:00Z")),
        Kind::DateTime => moment(given)
            .map(|moment| Json::String(moment.to_string()))
            .ok_or_else(|| wrong("a time: text such as 2026-01-31T12:00:00Z, or seconds since 1970")),
        Kind::File => match given.as_str().map(|text| STANDARD.decode(text)) {
            Some(Ok(_)) => Ok(given.clone()),
            _ => Err(wrong("a file in base64, as `filebase64(\"logo.png\")` makes it")),
        },
        Kind::Object(_) => Err(not_many(place, "an object", given)),
        Kind::List(_) | Kind::Set(_) => Err(not_many(place, "a list", given)),
        Kind::Map(_) => Err(not_many(place, "a map", given)),
        // Only answers contain whole objects and pages.
        Kind::Any | Kind::Page(_) | Kind::Range | Kind::Union(_) | Kind::Whole(_) => Ok(given.clone()),
    }
}

/// The error of a single value where several are expected. For JSON text that
/// could not be parsed, it says why.
fn not_many(place: &str, expected: &str, given: &Json) -> ParamError {
    let unread = given.as_str().and_then(read_json).and_then(Result::err);
    unread.map_or_else(
        || wrong(place, expected, given),
        |why| ParamError::Value {
            param: place.to_owned(),
            expected: expected.to_owned(),
            found: format!("JSON text that cannot be read: {why}"),
        },
    )
}

/// Checks an id. An id that certainly belongs to an object of another type is refused.
fn id(given: &Json, objects: &[String], place: &str) -> Result<Json, ParamError> {
    let id = text(given, 0, place)?;
    let other = id.as_str().and_then(|text| OtherId::of(text, objects)).filter(|other| other.is_sure);
    let Some(OtherId { expected, found, .. }) = other else { return Ok(id) };
    Err(ParamError::Value { param: place.to_owned(), expected, found: format!("{id}, {found}") })
}

fn in_range(number: Json, what: &str, place: &str, given: &Json) -> Result<Json, ParamError> {
    match NumberRange::at(place).filter(|range| !range.holds(&number)) {
        Some(range) => Err(wrong(place, &format!("{what} {range}"), given)),
        None => Ok(number),
    }
}

fn text(given: &Json, max_length: u32, place: &str) -> Result<Json, ParamError> {
    let text = scalar(given).ok_or_else(|| wrong(place, "text", given))?;
    let limit = usize::try_from(max_length).unwrap_or(usize::MAX);
    if limit > 0 && text.chars().count() > limit {
        return Err(wrong(place, &format!("at most {limit} characters long"), given));
    }
    Ok(Json::String(text))
}

fn map(given: &Map<String, Json>, shape: &Shape, place: &str) -> Result<Json, ParamErrors> {
    let exceeded = limits::exceeded(given, place);
    if !exceeded.is_empty() {
        return Err(exceeded);
    }
    let known = given.iter().filter(|(_, value)| !value.is_null());
    // The empty text removes a key.
    let entries = known.map(|(key, given)| match given.as_str() {
        Some("") => Ok((key, given.clone())),
        _ => Ok((key, value(given, shape, &join_path(place, key))?)),
    });
    let entries: Vec<(&String, Json)> = all(entries)?;
    let mut found = Params::new();
    for (key, value) in entries {
        let name = map_key(place, key);
        let names = (join_path(place, key), join_path(place, &name));
        insert(&mut found, &name, value, &names).map_err(one)?;
    }
    Ok(Json::Object(found))
}

/// The maps whose keys are currencies, which Stripe takes in either case and answers in lower case.
const BY_CURRENCY: &str = "currency_options";

/// A key of the map at a place, as Stripe answers it.
fn map_key(place: &str, key: &str) -> String {
    let is_currency = place.rsplit('.').next() == Some(BY_CURRENCY);
    if is_currency { key.to_lowercase() } else { key.to_owned() }
}

/// Returns the value for the first shape that takes it, otherwise the faults of the most similar one. Words
/// that are alternatives to another kind (`now` for a time) must be among the listed ones.
fn union(given: &Json, shapes: &[Shape], place: &str) -> Result<Json, ParamErrors> {
    let is_word = |shape: &&Shape| matches!(&shape.kind, Kind::Enum(_));
    let is_known =
        |shape: &Shape| given.as_str().is_some_and(|word| shape.values().iter().any(|it| it == word));
    let (words, others): (Vec<&Shape>, Vec<&Shape>) = shapes.iter().partition(is_word);
    let known = words.iter().copied().filter(|words| others.is_empty() || is_known(words));
    let mut first = None;
    for shape in known.chain(others.iter().copied()) {
        match value(given, shape, place) {
            Ok(value) => return Ok(value),
            Err(faults) if given.is_object() && shape.members().is_some() => first = Some(faults),
            Err(faults) => first = first.or(Some(faults)),
        }
    }
    let faults = first.unwrap_or_else(|| one(wrong(place, "something else", given)));
    Err(or_words(faults, &words, place))
}

/// Adds the words to the faults of a value that could also be one of them.
fn or_words(faults: ParamErrors, words: &[&Shape], place: &str) -> ParamErrors {
    let words: String = words
        .iter()
        .flat_map(|words| words.values())
        .filter(|it| !it.is_empty())
        .fold(String::new(), |text, word| text + ", or `" + word + "`");
    let named = |fault: ParamError| match fault {
        ParamError::Value { param, expected, found } if param == place => {
            ParamError::Value { param, expected: expected + &words, found }
        }
        other => other,
    };
    faults.into_iter().map(named).collect()
}

/// An integer written as `1500`, `1500.0`, `1.5e3` or `"1500"`.
fn integer(given: &Json) -> Option<Json> {
    Some(Json::from(whole_digits(given)?.parse::<i64>().ok()?))
}

/// The digits of a whole number of any size.
fn whole_digits(given: &Json) -> Option<String> {
    let text = digits(given)?;
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    fraction.bytes().all(|digit| digit == b'0').then(|| whole.to_owned())
}

fn number(given: &Json) -> Option<Json> {
    digits(given).map(Json::String)
}

/// The digits of a number, written as a number or as text, without an exponent.
fn digits(given: &Json) -> Option<String> {
    match given {
        Json::Number(number) => plain_number(&number.to_string()),
        Json::String(text) => plain_number(text),
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

/// Seconds since 1970. The word `now`, which a few params take, stays as it is.
fn time(given: &Json) -> Option<Json> {
    if given.as_str() == Some("now") {
        return Some(given.clone());
    }
    moment(given).map(|moment| Json::from(moment.as_second()))
}

/// A moment, written as seconds since 1970, in RFC 3339, or as a date with or without a time, taken as UTC.
fn moment(given: &Json) -> Option<Timestamp> {
    if let Some(seconds) = integer(given) {
        return Timestamp::from_second(seconds.as_i64()?).ok();
    }
    let text = given.as_str()?;
    text.parse::<Timestamp>().ok().or_else(|| {
        let local = text.parse::<DateTime>().ok()?;
        Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}
