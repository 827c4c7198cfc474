//! The values that Terraform exchanges with a provider, and their types.
//!
//! A [`Value`] is the content of an attribute, a block or a whole object; a [`Type`] says which shapes are
//! legal where. Neither knows anything about gRPC. The codecs ([`msgpack`], [`json`]) are guided by a type,
//! because the wire form alone cannot tell a list from a set or a map from an object.

use compact_str::CompactString;
use litemap::LiteMap;

pub mod json;
pub mod msgpack;
mod number;
mod path;
mod types;

pub use number::Number;
pub use path::{Path, Step};
pub use types::Type;

/// Values sorted by name. An object has dozens of short names and is rebuilt for every message; a flat list
/// that contains the names takes one allocation, whereas a tree takes one for each entry.
pub type Entries = LiteMap<CompactString, Value>;

/// One value of Terraform's type system.
#[derive(Debug, Clone, Default)]
pub enum Value {
    /// No value; legal for every type.
    #[default]
    Null,
    /// A value that will only be known after apply. Refinements are parsed and dropped: Terraform ignores
    /// them when it compares a plan with its config.
    Unknown,
    /// A boolean.
    Bool(bool),
    /// A decimal number, never rounded.
    Number(Number),
    /// Text. Terraform sends text in Unicode normal form C.
    String(String),
    /// The elements of a list or of a tuple, in order.
    List(Vec<Value>),
    /// The elements of a set; their order does not matter for equality.
    Set(Vec<Value>),
    /// The elements of a map, or the attributes and blocks of an object.
    Map(Entries),
    /// The content of a position of type `dynamic`: a value together with its own type.
    Dynamic(Box<(Type, Value)>),
}

impl Value {
    /// Builds an object or a map from its pairs.
    pub fn map<K: Into<CompactString>>(pairs: impl IntoIterator<Item = (K, Value)>) -> Self {
        Self::Map(pairs.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// Returns true for null, including a typed null in a dynamic position.
    pub fn is_null(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Dynamic(inner) => inner.1.is_null(),
            _ => false,
        }
    }

    /// Returns true if the value itself is unknown, regardless of what it contains.
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Unknown => true,
            Self::Dynamic(inner) => inner.1.is_unknown(),
            _ => false,
        }
    }

    /// Returns true if a value is surely set: it is neither null nor unknown, which may turn out to be null. Ask this
    /// to refuse what is set, and [`Value::is_null`] to find what is missing.
    pub fn is_set(&self) -> bool {
        !self.is_null() && !self.is_unknown()
    }

    /// Returns true if neither the value nor anything inside it is unknown.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::List(items) | Self::Set(items) => items.iter().all(Self::is_wholly_known),
            Self::Map(entries) => entries.values().all(Self::is_wholly_known),
            Self::Dynamic(inner) => inner.1.is_wholly_known(),
            _ => true,
        }
    }

    /// The text of a string value.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::Dynamic(inner) => inner.1.as_str(),
            _ => None,
        }
    }

    /// The boolean of a boolean value.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    /// The number as a 64-bit integer, if it is exactly one.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// The elements of a list, tuple or set.
    pub fn items(&self) -> &[Value] {
        match self {
            Self::List(items) | Self::Set(items) => items,
            _ => &[],
        }
    }

    /// The entries of a map or object.
    pub fn as_map(&self) -> Option<&Entries> {
        match self {
            Self::Map(entries) => Some(entries),
            Self::Dynamic(inner) => inner.1.as_map(),
            _ => None,
        }
    }

    /// Returns the attribute with this name, or null if there is none.
    pub fn get(&self, name: &str) -> &Value {
        self.as_map().and_then(|entries| entries.get(name)).unwrap_or(&NULL)
    }

    /// Sets an attribute of an object. Does nothing to any other value.
    pub fn set(&mut self, name: &str, value: Value) {
        if let Self::Map(entries) = self {
            entries.insert(name.into(), value);
        }
    }

    /// Makes attributes of an object unknown, to be decided by an apply.
    pub fn set_unknown(&mut self, names: &[&str]) {
        for name in names {
            self.set(name, Self::Unknown);
        }
    }
}

static NULL: Value = Value::Null;

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) | (Self::Unknown, Self::Unknown) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::String(a), Self::String(b)) => a == b,
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Set(a), Self::Set(b)) => same_elements(a, b),
            (Self::Map(a), Self::Map(b)) => a == b,
            (Self::Dynamic(a), Self::Dynamic(b)) => a == b,
            _ => false,
        }
    }
}

/// Multiset equality: each element of one side matches exactly one element of the other.
fn same_elements(a: &[Value], b: &[Value]) -> bool {
    let mut rest: Vec<&Value> = b.iter().collect();
    a.len() == b.len()
        && a.iter().all(|value| match rest.iter().position(|other| *other == value) {
            Some(index) => {
                rest.swap_remove(index);
                true
            }
            None => false,
        })
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(Number::from(number))
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
