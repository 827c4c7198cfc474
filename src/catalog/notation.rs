//! How params and fields are written in the facts, and in the packed catalog.
//!
//! ```text
//! "amount!": "integer"              a param that Stripe demands
//! "name?": "string 256"             a param that the empty text unsets; at most 256 characters
//! "mode": "|payment|setup"          one of these
//! "items": ["string"]               many
//! "metadata": {"*": "string"}       a map
//! "address": {"city": "string"}     an object
//! "rate": {"|": ["integer", …]}     either
//! "created?": "time"                a field that may be null; "created~": one that may be missing
//! "customer": "id customer"         an id, or the object where it is expanded
//! "lines": "page line_item"         a page of objects; "card": "whole card": an object
//! ```

use std::fmt;

use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap as _, SerializeSeq as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::model::{Field, FieldKind, Kind, Param};

/// The only key of a map of anything.
const MAP: &str = "*";
/// The only key of one of several kinds.
const EITHER: &str = "|";
/// The only key of a kind that the empty text unsets, where it is no param's.
const UNSETTABLE: &str = "?";

/// A kind as it is written.
enum Written<K, N> {
    Word(String),
    List(Box<K>),
    Map(Box<K>),
    Either(Vec<K>),
    Unsettable(Box<K>),
    Members(Vec<N>),
}

/// What is written with its name as a key: a param or a field.
pub(super) trait Named: Sized {
    type Kind: Serialize + for<'de> Deserialize<'de>;
    fn key(&self) -> String;
    fn kind(&self) -> &Self::Kind;
    fn of(key: &str, kind: Self::Kind) -> Self;
}

impl Named for Param {
    type Kind = Kind;

    fn key(&self) -> String {
        let unsets = matches!(self.kind, Kind::Unsettable(_));
        format!("{}{}{}", self.name, if self.required { "!" } else { "" }, if unsets { "?" } else { "" })
    }

    fn kind(&self) -> &Kind {
        if let Kind::Unsettable(kind) = &self.kind { kind } else { &self.kind }
    }

    fn of(key: &str, kind: Kind) -> Self {
        let (key, unsets) = key.strip_suffix('?').map_or((key, false), |key| (key, true));
        let (name, required) = key.strip_suffix('!').map_or((key, false), |name| (name, true));
        let kind = if unsets { Kind::Unsettable(Box::new(kind)) } else { kind };
        Self { name: name.to_owned(), kind, required }
    }
}

impl Named for Field {
    type Kind = FieldKind;

    fn key(&self) -> String {
        let mark = if self.nullable { "?" } else { "" };
        format!("{}{mark}{}", self.name, if self.optional { "~" } else { "" })
    }

    fn kind(&self) -> &FieldKind {
        &self.kind
    }

    fn of(key: &str, kind: FieldKind) -> Self {
        let (key, optional) = key.strip_suffix('~').map_or((key, false), |key| (key, true));
        let (name, nullable) = key.strip_suffix('?').map_or((key, false), |name| (name, true));
        Self { name: name.to_owned(), kind, nullable, optional }
    }
}

/// Params or fields as one object, in their order.
pub(super) mod members {
    use super::{Deserialize, Deserializer, Named, Serialize as _, Serializer, Written, WrittenVisitor};
    use serde::de::Error as _;

    pub(in super::super) fn serialize<N: Named, S: Serializer>(all: &[N], to: S) -> Result<S::Ok, S::Error> {
        super::Members(all).serialize(to)
    }

    pub(in super::super) fn deserialize<'de, N: Named, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<N>, D::Error>
    where
        N::Kind: Deserialize<'de>,
    {
        match from.deserialize_map(WrittenVisitor::<N>::default())? {
            Written::Members(members) => Ok(members),
            _ => Err(D::Error::custom("named members should stand here")),
        }
    }
}

struct Members<'a, N>(&'a [N]);

impl<N: Named> Serialize for Members<'_, N> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for member in self.0 {
            map.serialize_entry(&member.key(), member.kind())?;
        }
        map.end()
    }
}

fn one_entry<S: Serializer>(to: S, key: &str, value: &impl Serialize) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

fn one_item<S: Serializer>(to: S, item: &impl Serialize) -> Result<S::Ok, S::Error> {
    let mut list = to.serialize_seq(Some(1))?;
    list.serialize_element(item)?;
    list.end()
}

/// `|a|b`, or nothing where there are no values.
fn listed(values: &[String]) -> String {
    values.iter().flat_map(|value| ["|", value]).collect()
}

fn values_of(word: &str) -> Option<Vec<String>> {
    Some(word.strip_prefix('|')?.split('|').map(str::to_owned).collect())
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::String { values, .. } if !values.is_empty() => to.serialize_str(&listed(values)),
            Self::String { max_length: 0, .. } => to.serialize_str("string"),
            Self::String { max_length, .. } => to.serialize_str(&format!("string {max_length}")),
            Self::Integer => to.serialize_str("integer"),
            Self::Decimal => to.serialize_str("decimal"),
            Self::Number => to.serialize_str("number"),
            Self::Boolean => to.serialize_str("boolean"),
            Self::Time => to.serialize_str("time"),
            Self::DateTime => to.serialize_str("datetime"),
            Self::Range => to.serialize_str("range"),
            Self::Binary => to.serialize_str("file"),
            Self::Object(params) => Members(params).serialize(to),
            Self::List(kind) => one_item(to, kind),
            Self::Map(kind) => one_entry(to, MAP, kind),
            Self::Either(kinds) => one_entry(to, EITHER, kinds),
            Self::Unsettable(kind) => one_entry(to, UNSETTABLE, kind),
        }
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(match from.deserialize_any(WrittenVisitor::<Param>::default())? {
            Written::Word(word) => kind_of(&word).ok_or_else(|| unknown(&word))?,
            Written::List(kind) => Self::List(kind),
            Written::Map(kind) => Self::Map(kind),
            Written::Either(kinds) => Self::Either(kinds),
            Written::Unsettable(kind) => Self::Unsettable(kind),
            Written::Members(params) => Self::Object(params),
        })
    }
}

fn kind_of(word: &str) -> Option<Kind> {
    if let Some(values) = values_of(word) {
        return Some(Kind::String { values, max_length: 0 });
    }
    Some(match word {
        "string" => Kind::String { values: Vec::new(), max_length: 0 },
        "integer" => Kind::Integer,
        "decimal" => Kind::Decimal,
        "number" => Kind::Number,
        "boolean" => Kind::Boolean,
        "time" => Kind::Time,
        "datetime" => Kind::DateTime,
        "range" => Kind::Range,
        "file" => Kind::Binary,
        other => {
            let max_length = other.strip_prefix("string ")?.parse().ok()?;
            Kind::String { values: Vec::new(), max_length }
        }
    })
}

impl Serialize for FieldKind {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::String { values } if values.is_empty() => to.serialize_str("string"),
            Self::String { values } => to.serialize_str(&listed(values)),
            Self::Integer => to.serialize_str("integer"),
            Self::Decimal => to.serialize_str("decimal"),
            Self::Number => to.serialize_str("number"),
            Self::Boolean => to.serialize_str("boolean"),
            Self::Time => to.serialize_str("time"),
            Self::DateTime => to.serialize_str("datetime"),
            Self::Any => to.serialize_str("any"),
            Self::Page(object) => to.serialize_str(&format!("page {object}")),
            Self::Reference(object) => to.serialize_str(&format!("whole {object}")),
            Self::Expandable(objects) => to.serialize_str(&format!("id {}", objects.join("|"))),
            Self::Object(fields) => Members(fields).serialize(to),
            Self::List(kind) => one_item(to, kind),
            Self::Map(kind) => one_entry(to, MAP, kind),
            Self::Either(kinds) => one_entry(to, EITHER, kinds),
        }
    }
}

impl<'de> Deserialize<'de> for FieldKind {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(match from.deserialize_any(WrittenVisitor::<Field>::default())? {
            Written::Word(word) => field_kind_of(&word).ok_or_else(|| unknown(&word))?,
            Written::List(kind) => Self::List(kind),
            Written::Map(kind) => Self::Map(kind),
            Written::Either(kinds) => Self::Either(kinds),
            Written::Unsettable(_) => return Err(D::Error::custom("nothing unsets a field")),
            Written::Members(fields) => Self::Object(fields),
        })
    }
}

fn field_kind_of(word: &str) -> Option<FieldKind> {
    if let Some(values) = values_of(word) {
        return Some(FieldKind::String { values });
    }
    Some(match word {
        "string" => FieldKind::String { values: Vec::new() },
        "integer" => FieldKind::Integer,
        "decimal" => FieldKind::Decimal,
        "number" => FieldKind::Number,
        "boolean" => FieldKind::Boolean,
        "time" => FieldKind::Time,
        "datetime" => FieldKind::DateTime,
        "any" => FieldKind::Any,
        other => match other.split_once(' ')? {
            ("page", object) => FieldKind::Page(object.to_owned()),
            ("whole", object) => FieldKind::Reference(object.to_owned()),
            ("id", objects) => FieldKind::Expandable(objects.split('|').map(str::to_owned).collect()),
            _ => return None,
        },
    })
}

fn unknown<E: Error>(word: &str) -> E {
    E::custom(format!("{word:?} is no kind"))
}

/// Reads one kind, or the members of an object.
struct WrittenVisitor<N>(std::marker::PhantomData<N>);

impl<N> Default for WrittenVisitor<N> {
    fn default() -> Self {
        Self(std::marker::PhantomData)
    }
}

impl<'de, N: Named> Visitor<'de> for WrittenVisitor<N>
where
    N::Kind: Deserialize<'de>,
{
    type Value = Written<N::Kind, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a kind")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Self::Value, E> {
        Ok(Written::Word(word.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let kind = list.next_element()?.ok_or_else(|| A::Error::custom("a list of what?"))?;
        Ok(Written::List(Box::new(kind)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                MAP => return Ok(Written::Map(Box::new(map.next_value()?))),
                EITHER => return Ok(Written::Either(map.next_value()?)),
                UNSETTABLE => return Ok(Written::Unsettable(Box::new(map.next_value()?))),
                key => members.push(N::of(key, map.next_value()?)),
            }
        }
        Ok(Written::Members(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::model::{Entity, Kind, Param};

    #[test]
    fn what_is_written_is_read_again() {
        let facts = json!({
            "key": "x", "object": "x",
            "operations": [{"kind": "Create", "method": "POST", "path": "/v1/x", "params": {
                "a!": "integer", "b?": {"c!?": "string 5", "d": ["|p|q"]}, "e": {"*": "string"},
                "f": {"|": ["decimal", {"?": "time"}]}, "g": "range", "h": "file", "i": {}
            }}],
            "fields": {
                "a?": "time", "b~": "id customer|account", "c": "page refund", "d": "whole card",
                "e": {"*": "any"}, "f": [{"g": "datetime"}], "h": {"|": ["string", "boolean"]}
            }
        });
        let entity: Entity = serde_json::from_value(facts.clone()).unwrap();
        assert_eq!(serde_json::to_value(&entity).unwrap(), facts);
        let b = &entity.operations[0].params[1];
        let text = Kind::Unsettable(Box::new(Kind::String { values: Vec::new(), max_length: 5 }));
        let Kind::Unsettable(inner) = &b.kind else { panic!("{b:?}") };
        let Kind::Object(params) = &**inner else { panic!("{inner:?}") };
        assert_eq!(params[0], Param { name: "c".to_owned(), kind: text, required: true });
        assert!(serde_json::from_value::<Kind>(json!("strnig")).is_err());
    }
}
