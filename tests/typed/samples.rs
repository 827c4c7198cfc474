//! Samples of what params take: by their shapes, and from `samples.toml` where a shape says too little.

use std::path::Path;

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Kind, Member, NumberRange, Shape, find};

use crate::params::Setups;

/// The samples of all types.
pub struct Samples(Json);

/// Two values of one param, and what Stripe demands beside them.
#[derive(Debug, Clone)]
pub struct Sample {
    pub first: Json,
    /// Another value; none where there is one only.
    pub second: Option<Json>,
    /// Further params of an object that has this one.
    pub beside: Map<String, Json>,
    /// Params of the least object that cannot stand beside it.
    pub without: Vec<String>,
    /// Why there is none, where there is none.
    pub skip: Option<String>,
}

impl Sample {
    /// Whether it can stand among other params.
    pub fn is_sociable(&self) -> bool {
        self.beside.is_empty() && self.without.is_empty()
    }
}

impl Samples {
    pub fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/typed/samples.toml");
        Self(toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    }

    /// The sample of a param of a type.
    pub fn of(&self, setups: &Setups, type_name: &str, param: &Member) -> Sample {
        let written = [type_name, "any"].into_iter().find_map(|place| self.0.get(place)?.get(&param.name));
        let (first, more) = match written {
            Some(entry) if entry.get("first").is_some() || entry.get("skip").is_some() => {
                (entry.get("first").cloned().unwrap_or_default(), entry)
            }
            Some(entry) => (entry.clone(), &Json::Null),
            None => (sample(setups, param), &Json::Null),
        };
        let second = more.get("second").cloned().or_else(|| another(&param.shape, &first));
        Sample {
            second: second.filter(|second| *second != first),
            first,
            beside: more.get("beside").and_then(Json::as_object).cloned().unwrap_or_default(),
            without: serde_json::from_value(more.get("without").cloned().unwrap_or_else(|| json!([])))
                .unwrap(),
            skip: more.get("skip").and_then(Json::as_str).map(str::to_owned),
        }
    }
}

/// A value by the name and the shape of a param; null where none can be said.
fn sample(setups: &Setups, param: &Member) -> Json {
    match (param.name.as_str(), &param.shape.kind) {
        (name, Kind::Text { .. }) if name.ends_with("url") => json!("https://example.com/here"),
        (name, Kind::Text { .. }) if name.ends_with("email") => json!("ada@example.com"),
        (name, Kind::Text { .. } | Kind::Enum(_)) if name.ends_with("country") => json!("US"),
        (name, Kind::Text { .. }) if name.ends_with("account") => json!("@account"),
        ("postal_code", _) => json!("94110"),
        // One less, so that there is another.
        (name, Kind::Integer) => json!(NumberRange::of(name).and_then(|range| range.most).unwrap_or(101) - 1),
        _ => of_shape(setups, &param.shape),
    }
}

fn of_shape(setups: &Setups, shape: &Shape) -> Json {
    match &shape.kind {
        Kind::Enum(values) => values.iter().find(|it| !it.is_empty()).map_or(Json::Null, |it| json!(it)),
        Kind::Currency => json!("usd"),
        Kind::Id(objects) => match objects.iter().find(|it| setups.makes(it)) {
            Some(object) => json!(format!("@{object}")),
            None => json!("example"),
        },
        Kind::Text { .. } => json!("example"),
        Kind::Integer => json!(100),
        Kind::Decimal => json!("1.5"),
        Kind::Number => json!(1.5),
        Kind::Boolean => json!(true),
        Kind::Time | Kind::Range => json!("@tomorrow"),
        Kind::DateTime => json!("2030-01-01T00:00:00Z"),
        Kind::Object(members) => object(setups, members),
        Kind::List(item) | Kind::Set(item) => match of_shape(setups, item) {
            Json::Null => Json::Null,
            item => json!([item]),
        },
        Kind::Map(value) => json!({ "name": of_shape(setups, value) }),
        Kind::Union(shapes) => {
            let samples = shapes.iter().map(|shape| of_shape(setups, shape));
            samples.into_iter().find(|sample| !sample.is_null()).unwrap_or_default()
        }
        Kind::Any | Kind::File | Kind::Page(_) | Kind::Whole(_) => Json::Null,
    }
}

/// What Stripe demands of an object and what its type names; else its simplest member.
fn object(setups: &Setups, members: &[Member]) -> Json {
    let demanded = members.iter().filter(|member| member.shape.is_required());
    let mut object: Map<String, Json> =
        demanded.map(|member| (member.name.clone(), sample(setups, member))).collect();
    let named = object.get("type").and_then(Json::as_str).and_then(|name| find(members, name));
    let simplest = || members.iter().min_by_key(|member| depth(&member.shape));
    let more = if object.is_empty() { simplest() } else { named };
    object.extend(more.map(|member| (member.name.clone(), sample(setups, member))));
    Json::Object(object)
}

/// How deep a shape is, single values and yes or no before all.
fn depth(shape: &Shape) -> usize {
    match &shape.kind {
        Kind::Boolean => 0,
        Kind::Text { .. } | Kind::Enum(_) => 1,
        Kind::Object(members) => 10 + members.iter().map(|it| depth(&it.shape)).min().unwrap_or(0),
        Kind::List(item) | Kind::Set(item) | Kind::Map(item) => 10 + depth(item),
        Kind::Id(_) => 5,
        _ => 2,
    }
}

/// Another value of the same shape.
fn another(shape: &Shape, first: &Json) -> Option<Json> {
    match (&shape.kind, first) {
        (_, Json::String(text)) if text.starts_with('@') => match text.as_str() {
            "@tomorrow" => Some(json!("@later")),
            "@unique" => None,
            name if name.starts_with("@new:") => Some(json!(name)),
            name => Some(json!(format!("@new:{}", &name[1..]))),
        },
        (Kind::Enum(values), first) => {
            let other = values.iter().find(|value| first != value.as_str() && !value.is_empty());
            other.map(|other| json!(other))
        }
        (Kind::Union(shapes), first) => shapes.iter().find_map(|shape| another(shape, first)),
        (Kind::Boolean, Json::Bool(truth)) => Some(json!(!truth)),
        (Kind::Integer | Kind::Time, Json::Number(number)) => Some(json!(number.as_i64()? + 1)),
        (Kind::Number, Json::Number(number)) => Some(json!(number.as_f64()? + 1.0)),
        (Kind::Decimal, Json::String(number)) => Some(json!(format!("1{number}"))),
        (Kind::Text { .. }, Json::String(text)) if !text.contains('@') => Some(json!(format!("{text}2"))),
        (Kind::Text { .. }, Json::String(text)) => Some(json!(format!("b{text}"))),
        (Kind::List(item) | Kind::Set(item), Json::Array(items)) => {
            Some(json!([another(item, items.first()?)?]))
        }
        (Kind::Map(value), Json::Object(entries)) => {
            let (key, first) = entries.iter().next()?;
            Some(json!({ key: another(value, first)? }))
        }
        (Kind::Object(members), Json::Object(first)) => other_object(members, first),
        _ => None,
    }
}

/// The object with one of its members changed: the deepest, for the others tell of what kind it is.
fn other_object(members: &[Member], first: &Map<String, Json>) -> Option<Json> {
    let mut names: Vec<&String> = first.keys().filter(|name| *name != "type").collect();
    names.sort_by_key(|name| std::cmp::Reverse(first[*name].is_object()));
    let changed = names
        .into_iter()
        .find_map(|name| Some((name.clone(), another(&find(members, name)?.shape, first.get(name)?)?)))?;
    Some(Json::Object(first.clone().into_iter().chain([changed]).collect()))
}
