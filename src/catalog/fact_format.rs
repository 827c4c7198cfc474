//! How params and fields are written in the facts, and in the packed catalog.
//!
//! ```text
//! "amount!": "integer"              a param that Stripe requires
//! "name?": "string 256"             a param that the empty text unsets; at most 256 characters
//! "name^": "string"                 a param that null unsets
//! "mode": "|payment|setup"          one of these
//! "items": ["string"]               a list
//! "events": {"#": "string"}         a set
//! "metadata": {"*": "string"}       a map
//! "address": {"city": "string"}     an object
//! "rate": {"|": ["integer", …]}     a union
//! "created?": "time"                a field that may be null; "created~": one that may be missing
//! "secret$": "string"               a secret
//! "customer": "id customer"         an id; in a response the object if it is expanded
//! "lines": "page line_item"         a page of objects; "card": "whole card": an object
//! ```
//!
//! Params and fields differ in two marks only: without a mark, a param is optional and a field is always
//! present; and `?` means the empty text for params and null for fields.

use std::fmt;

use serde::Serialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap as _, SerializeSeq as _, Serializer};

use super::shape::{Clearing, Kind, Member, Presence, Shape};

/// The only key of a map with any keys.
const MAP: &str = "*";
/// The only key of a set.
const SET: &str = "#";
/// The only key of a union of several shapes.
const UNION: &str = "|";
/// The only key of a nameless shape that the empty text unsets.
const UNSET_BY_EMPTY: &str = "?";
/// The only key of a nameless shape that null unsets.
const UNSET_BY_NULL: &str = "^";
/// All marks that may follow a name.
const MARKS: [char; 5] = ['!', '?', '^', '~', '$'];

/// The side of a call on which a shape is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Params,
    Fields,
}

impl Side {
    /// The name and its marks.
    fn key(self, member: &Member) -> String {
        let Shape { presence, clearing, sensitive, .. } = member.shape;
        let presence = match (self, presence) {
            (Self::Params, Presence::Required) => "!",
            (Self::Fields, Presence::Nullable) => "?",
            (Self::Fields, Presence::Optional) => "~",
            _ => "",
        };
        let clearing = match clearing {
            Clearing::Empty => "?",
            Clearing::Never => "",
            Clearing::Null => "^",
        };
        format!("{}{presence}{clearing}{}", member.name, if sensitive { "$" } else { "" })
    }

    /// Makes a member from a key and its shape.
    fn member(self, key: &str, shape: Shape) -> Member {
        let name = key.trim_end_matches(MARKS);
        let marked = |mark: char| key.get(name.len()..).is_some_and(|marks| marks.contains(mark));
        let presence = match self {
            Self::Params if marked('!') => Presence::Required,
            Self::Params => Presence::Optional,
            Self::Fields if marked('?') => Presence::Nullable,
            Self::Fields if marked('~') => Presence::Optional,
            Self::Fields => Presence::Required,
        };
        let clearing = match self {
            Self::Params if marked('?') => Clearing::Empty,
            Self::Params if marked('^') => Clearing::Null,
            _ => Clearing::Never,
        };
        Member::new(name, Shape { presence, clearing, sensitive: marked('$'), ..shape })
    }
}

/// The params of a call, for `#[serde(with)]`.
pub(super) mod params {
    use super::{Deserializer, Member, Serializer, Side, read_members, write_members};

    pub(in super::super) fn serialize<S: Serializer>(all: &[Member], to: S) -> Result<S::Ok, S::Error> {
        write_members(all, Side::Params, to)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Member>, D::Error> {
        read_members(Side::Params, from)
    }
}

/// The fields of an object, for `#[serde(with)]`.
pub(super) mod fields {
    use super::{Deserializer, Member, Serializer, Side, read_members, write_members};

    pub(in super::super) fn serialize<S: Serializer>(all: &[Member], to: S) -> Result<S::Ok, S::Error> {
        write_members(all, Side::Fields, to)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Member>, D::Error> {
        read_members(Side::Fields, from)
    }
}

fn write_members<S: Serializer>(all: &[Member], side: Side, to: S) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(Some(all.len()))?;
    for member in all {
        map.serialize_entry(&side.key(member), &Writer(&member.shape, side))?;
    }
    map.end()
}

/// A shape as written, without the marks of its name.
struct Writer<'s>(&'s Shape, Side);

impl Writer<'_> {
    fn entry<S: Serializer>(to: S, key: &str, value: &impl Serialize) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(1))?;
        map.serialize_entry(key, value)?;
        map.end()
    }

    /// Returns a shape inside another one, where no name can carry its marks.
    fn nameless<'s>(&self, shape: &'s Shape) -> Nameless<'s> {
        Nameless(shape, self.1)
    }
}

impl Serialize for Writer<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match &self.0.kind {
            Kind::List(item) => {
                let mut list = to.serialize_seq(Some(1))?;
                list.serialize_element(&self.nameless(item))?;
                list.end()
            }
            Kind::Map(value) => Self::entry(to, MAP, &self.nameless(value)),
            Kind::Set(item) => Self::entry(to, SET, &self.nameless(item)),
            Kind::Union(shapes) => {
                let shapes: Vec<Nameless<'_>> = shapes.iter().map(|shape| self.nameless(shape)).collect();
                Self::entry(to, UNION, &shapes)
            }
            Kind::Object(members) => write_members(members, self.1, to),
            kind => to.serialize_str(&word(kind)),
        }
    }
}

/// A shape in a list, a map or a union.
struct Nameless<'s>(&'s Shape, Side);

impl Serialize for Nameless<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self(shape, side) = self;
        match shape.clearing {
            Clearing::Empty => Writer::entry(to, UNSET_BY_EMPTY, &Writer(shape, *side)),
            Clearing::Null => Writer::entry(to, UNSET_BY_NULL, &Writer(shape, *side)),
            Clearing::Never => Writer(shape, *side).serialize(to),
        }
    }
}

/// Returns the word of a kind without inner shapes.
fn word(kind: &Kind) -> String {
    match kind {
        Kind::Boolean => "boolean".to_owned(),
        Kind::Currency => "currency".to_owned(),
        Kind::DateTime => "datetime".to_owned(),
        Kind::Decimal => "decimal".to_owned(),
        Kind::Enum(values) => values.iter().flat_map(|value| ["|", value]).collect(),
        Kind::File => "file".to_owned(),
        Kind::Id(objects) => format!("id {}", objects.join("|")),
        Kind::Integer => "integer".to_owned(),
        Kind::Number => "number".to_owned(),
        Kind::Page(object) => format!("page {object}"),
        Kind::Range => "range".to_owned(),
        Kind::Text { max_length: 0 } => "string".to_owned(),
        Kind::Text { max_length } => format!("string {max_length}"),
        Kind::Time => "time".to_owned(),
        Kind::Whole(object) => format!("whole {object}"),
        Kind::Any | Kind::List(_) | Kind::Map(_) | Kind::Object(_) | Kind::Set(_) | Kind::Union(_) => {
            "any".to_owned()
        }
    }
}

/// Returns the kind that a word stands for.
fn kind(word: &str) -> Option<Kind> {
    let several = |text: &str| text.split('|').map(str::to_owned).collect();
    if let Some(values) = word.strip_prefix('|') {
        return Some(Kind::Enum(several(values)));
    }
    Some(match word {
        "any" => Kind::Any,
        "boolean" => Kind::Boolean,
        "currency" => Kind::Currency,
        "datetime" => Kind::DateTime,
        "decimal" => Kind::Decimal,
        "file" => Kind::File,
        "integer" => Kind::Integer,
        "number" => Kind::Number,
        "range" => Kind::Range,
        "string" => Kind::Text { max_length: 0 },
        "time" => Kind::Time,
        other => match other.split_once(' ')? {
            ("id", objects) => Kind::Id(several(objects)),
            ("page", object) => Kind::Page(object.to_owned()),
            ("string", length) => Kind::Text { max_length: length.parse().ok()? },
            ("whole", object) => Kind::Whole(object.to_owned()),
            _ => return None,
        },
    })
}

fn read_members<'de, D: Deserializer<'de>>(side: Side, from: D) -> Result<Vec<Member>, D::Error> {
    match Reader(side).deserialize(from)?.kind {
        Kind::Object(members) => Ok(members),
        _ => Err(D::Error::custom("named members should stand here")),
    }
}

/// Reads one shape.
#[derive(Clone, Copy)]
struct Reader(Side);

impl<'de> DeserializeSeed<'de> for Reader {
    type Value = Shape;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Shape, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a shape")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Shape, E> {
        kind(word).map(Shape::new).ok_or_else(|| E::custom(format!("{word:?} is no kind of value")))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Shape, A::Error> {
        let item = list.next_element_seed(self)?.ok_or_else(|| A::Error::custom("a list lacks its item"))?;
        Ok(Shape::new(Kind::List(Box::new(item))))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                MAP => return Ok(Shape::new(Kind::Map(Box::new(map.next_value_seed(self)?)))),
                SET => return Ok(Shape::new(Kind::Set(Box::new(map.next_value_seed(self)?)))),
                UNION => return Ok(Shape::new(Kind::Union(map.next_value_seed(Several(self))?))),
                UNSET_BY_EMPTY => {
                    return Ok(Shape { clearing: Clearing::Empty, ..map.next_value_seed(self)? });
                }
                UNSET_BY_NULL => {
                    return Ok(Shape { clearing: Clearing::Null, ..map.next_value_seed(self)? });
                }
                key => members.push(self.0.member(key, map.next_value_seed(self)?)),
            }
        }
        Ok(Shape::new(Kind::Object(members)))
    }
}

/// Reads the shapes of a union.
struct Several(Reader);

impl<'de> DeserializeSeed<'de> for Several {
    type Value = Vec<Shape>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Vec<Shape>, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Several {
    type Value = Vec<Shape>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the shapes of a union")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Shape>, A::Error> {
        let mut shapes = Vec::new();
        while let Some(shape) = list.next_element_seed(self.0)? {
            shapes.push(shape);
        }
        Ok(shapes)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::model::Entity;
    use super::super::shape::{Clearing, Kind, Presence};

    #[test]
    fn what_is_written_is_read_again() {
        let facts = json!({
            "key": "x", "object": "x",
            "operations": [{"kind": "Create", "method": "POST", "path": "/v1/x", "params": {
                "a!": "integer", "b?": {"c!?": "string 5", "d": ["|p|q"]}, "e": {"*": "string"},
                "f": {"|": ["decimal", {"?": "time"}]}, "g": "range", "h": "file", "i": {},
                "j^$": "currency", "k": {"#": "id customer"}, "l": {"*": {"^": "string"}}
            }}],
            "fields": {
                "a?": "time", "b~": "id customer|account", "c": "page refund", "d": "whole card",
                "e": {"*": "any"}, "f$": [{"g": "datetime"}], "h": {"|": ["string", "boolean"]}
            }
        });
        let entity: Entity = serde_json::from_value(facts.clone()).unwrap();
        assert_eq!(serde_json::to_value(&entity).unwrap(), facts);
    }

    #[test]
    fn a_mark_means_another_thing_behind_a_param_than_behind_a_field() {
        let facts = json!({
            "key": "x", "object": "x", "fields": {"a?": "string", "b": "string"},
            "operations": [{"kind": "Create", "method": "POST", "path": "/v1/x", "params": {
                "a?": "string", "b!": "string 5"
            }}]
        });
        let entity: Entity = serde_json::from_value(facts).unwrap();
        let (a, b) = (&entity.operations[0].params[0].shape, &entity.operations[0].params[1].shape);
        assert_eq!((a.presence, a.clearing), (Presence::Optional, Clearing::Empty));
        assert_eq!((b.presence, &b.kind), (Presence::Required, &Kind::Text { max_length: 5 }));
        let (a, b) = (&entity.fields[0].shape, &entity.fields[1].shape);
        assert_eq!((a.presence, a.clearing), (Presence::Nullable, Clearing::Never));
        assert_eq!(b.presence, Presence::Required);
    }

    #[test]
    fn a_word_that_is_no_kind_is_refused() {
        let facts = json!({"key": "x", "object": "x", "operations": [], "fields": {"a": "strnig"}});
        assert!(serde_json::from_value::<Entity>(facts).unwrap_err().to_string().contains("strnig"));
    }
}
