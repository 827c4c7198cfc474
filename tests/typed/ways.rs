//! The ways in which HCL writes one value: as a literal, by `for`, by a conditional, through a variable of
//! type `any`, with null members and with members that are not known yet.

use serde_json::{Map, Value as Json, json};
use stripe_provider::catalog::{Kind, Member, NumberRange, Shape, find, other_spelling};
use stripe_provider::terraform::value::{Number, Type, Value};

use crate::params::Setups;

/// Decides by chance; the same seed decides the same.
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    /// A number below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(sides).unwrap()).unwrap()
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    fn of<'c, T>(&mut self, choices: &'c [T]) -> &'c T {
        &choices[self.roll(choices.len())]
    }
}

/// A value of a param by chance; none where no value can be said.
pub fn value_of(dice: &mut Dice, setups: &Setups, param: &Member) -> Option<Json> {
    match (&param.shape.kind, NumberRange::of(&param.name)) {
        (Kind::Integer, Some(range)) => {
            Some(json!(dice.of(&[range.least, range.least + 1, range.most.unwrap_or(100)])))
        }
        _ => value(dice, setups, &param.shape),
    }
}

/// A value of a shape by chance; none where no value can be said.
fn value(dice: &mut Dice, setups: &Setups, shape: &Shape) -> Option<Json> {
    Some(match &shape.kind {
        Kind::Enum(values) => {
            let values: Vec<&String> = values.iter().filter(|it| !it.is_empty()).collect();
            if values.is_empty() {
                return None;
            }
            json!(dice.of(&values))
        }
        Kind::Currency => json!(dice.of(&["usd", "eur", "USD"])),
        Kind::Id(objects) => json!(format!("@{}", objects.iter().find(|it| setups.makes(it))?)),
        Kind::Text { max_length } => {
            let limit = usize::try_from(*max_length).unwrap();
            let mut texts = vec!["a", "Grüezi", "true", "10", "https://example.com/a"];
            texts.retain(|text| limit == 0 || text.chars().count() <= limit);
            json!(dice.of(&texts))
        }
        Kind::Integer => json!(dice.of(&[0, 1, 7, 100])),
        Kind::Decimal => json!(dice.of(&["0", "1.5", "10"])),
        Kind::Number => json!(dice.of(&[0.5, 1.0, 12.5])),
        Kind::Boolean => json!(dice.one_in(2)),
        Kind::Time | Kind::Range => json!(1_924_992_000),
        Kind::DateTime => json!("2030-01-01T00:00:00Z"),
        Kind::Object(members) => object(dice, setups, members)?,
        Kind::List(item) | Kind::Set(item) => {
            let items = (0..=dice.roll(2)).map(|_| value(dice, setups, item));
            let mut items: Vec<Json> = items.collect::<Option<_>>()?;
            items.dedup();
            Json::Array(items)
        }
        Kind::Map(inner) => json!({ "a key": value(dice, setups, inner)? }),
        Kind::Union(shapes) => {
            let shape = dice.of(shapes).clone();
            value(dice, setups, &shape)?
        }
        Kind::Any | Kind::File | Kind::Page(_) | Kind::Whole(_) => return None,
    })
}

/// What Stripe demands of an object, what its type names, and some of the rest.
fn object(dice: &mut Dice, setups: &Setups, members: &[Member]) -> Option<Json> {
    let mut object = Map::new();
    for member in members {
        if member.shape.is_required() {
            object.insert(member.name.clone(), value_of(dice, setups, member)?);
        } else if dice.one_in(3)
            && other_spelling(members, &member.name).is_none_or(|twin| !object.contains_key(&twin.name))
            && let Some(value) = value_of(dice, setups, member)
        {
            object.insert(member.name.clone(), value);
        }
    }
    let named = object.get("type").and_then(Json::as_str).and_then(|name| find(members, name));
    if let Some(named) = named.filter(|named| !object.contains_key(&named.name)) {
        object.insert(named.name.clone(), value_of(dice, setups, named)?);
    }
    (!object.is_empty()).then_some(Json::Object(object))
}

/// A value in one of the ways of writing it.
pub fn written(dice: &mut Dice, shape: Option<&Shape>, json: &Json) -> (Type, Value) {
    match json {
        Json::Null => (Type::Dynamic, Value::Null),
        Json::Bool(truth) if dice.one_in(4) => (Type::String, truth.to_string().as_str().into()),
        Json::Bool(truth) => (Type::Bool, (*truth).into()),
        Json::Number(number) if dice.one_in(4) => (Type::String, number.to_string().as_str().into()),
        Json::Number(number) => (Type::Number, Value::Number(Number::parse(&number.to_string()).unwrap())),
        // A word may stand beside a number: `inf`, `now`.
        Json::String(text) if shape.is_some_and(Shape::is_numeric) && dice.one_in(3) => Number::parse(text)
            .map_or_else(
                || (Type::String, text.as_str().into()),
                |number| (Type::Number, Value::Number(number)),
            ),
        Json::String(text) => (Type::String, text.as_str().into()),
        Json::Array(items) => list(dice, shape.and_then(Shape::item), items),
        Json::Object(members) => members_of(dice, shape, members),
    }
}

/// A tuple, as a literal or a `for` makes it; or a list, as a variable's type or `tolist` does.
fn list(dice: &mut Dice, item: Option<&Shape>, items: &[Json]) -> (Type, Value) {
    let (types, values): (Vec<Type>, Vec<Value>) = items.iter().map(|it| written(dice, item, it)).unzip();
    match types.first() {
        Some(first) if types.iter().all(|ty| ty == first) && dice.one_in(2) => {
            (Type::list(first.clone()), Value::List(values))
        }
        _ => (Type::Tuple(types), Value::List(values)),
    }
}

/// An object, maybe with null members, as conditionals and optional attributes leave them; or a map.
fn members_of(dice: &mut Dice, shape: Option<&Shape>, members: &Map<String, Json>) -> (Type, Value) {
    let inside = |name: &str| {
        let shape = shape?;
        shape.member(name).map(|it| &it.shape).or_else(|| shape.map_value())
    };
    let mut all: Vec<(String, (Type, Value))> =
        members.iter().map(|(name, it)| (name.clone(), written(dice, inside(name), it))).collect();
    for absent in shape.and_then(Shape::members).unwrap_or_default() {
        if !members.contains_key(&absent.name) && dice.one_in(3) {
            let ty = dice.of(&[Type::Dynamic, Type::String, Type::Number]).clone();
            all.push((absent.name.clone(), (ty, Value::Null)));
        }
    }
    let value = Value::map(all.iter().map(|(name, (_, value))| (name.clone(), value.clone())));
    let first = &all[0].1.0;
    if *first != Type::Dynamic && all.iter().all(|(_, (ty, _))| ty == first) && dice.one_in(2) {
        return (Type::map(first.clone()), value);
    }
    (Type::object(all.into_iter().map(|(name, (ty, _))| (name, ty))), value)
}

/// The value with one of its parts not known yet.
pub fn unknown(dice: &mut Dice, value: &Value) -> Value {
    match value {
        Value::List(items) if !items.is_empty() => {
            let at = dice.roll(items.len());
            let part = |(place, item): (usize, &Value)| {
                if place == at { unknown(dice, item) } else { item.clone() }
            };
            Value::List(items.iter().enumerate().map(part).collect())
        }
        Value::Map(members) => {
            let known = members.iter().filter(|(_, it)| !it.is_null());
            let known: Vec<&str> = known.map(|(name, _)| name.as_str()).collect();
            let name = *dice.of(&known);
            let part = |(key, item)| (key, if key == name { unknown(dice, item) } else { item.clone() });
            let members = members.iter().map(|(key, item)| (key.as_str(), item));
            Value::map(members.map(part).collect::<Vec<_>>())
        }
        _ => Value::Unknown,
    }
}
