//! Types, and their JSON spelling on the wire (`"string"`, `["list","string"]`, …).

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

/// The type of an attribute, a block or a function parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// A boolean.
    Bool,
    /// A decimal number of any size.
    Number,
    /// Unicode text.
    String,
    /// Any type; each value carries its own.
    Dynamic,
    /// Ordered elements of one type.
    List(Box<Type>),
    /// Unordered, distinct elements of one type.
    Set(Box<Type>),
    /// Elements of one type, by string key.
    Map(Box<Type>),
    /// Named attributes, each with its type.
    Object(BTreeMap<String, Type>),
    /// A fixed number of elements, each with its type.
    Tuple(Vec<Type>),
}

impl Type {
    /// The type of lists whose elements are of type `element`.
    pub fn list(element: Self) -> Self {
        Self::List(Box::new(element))
    }

    /// The type of sets whose elements are of type `element`.
    pub fn set(element: Self) -> Self {
        Self::Set(Box::new(element))
    }

    /// The type of maps whose elements are of type `element`.
    pub fn map(element: Self) -> Self {
        Self::Map(Box::new(element))
    }

    /// The type of objects with these attributes.
    pub fn object<K: Into<String>>(attributes: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Object(attributes.into_iter().map(|(name, ty)| (name.into(), ty)).collect())
    }

    /// The JSON spelling that schemas and dynamic values contain.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Bool => json!("bool"),
            Self::Number => json!("number"),
            Self::String => json!("string"),
            Self::Dynamic => json!("dynamic"),
            Self::List(element) => json!(["list", element.to_json()]),
            Self::Set(element) => json!(["set", element.to_json()]),
            Self::Map(element) => json!(["map", element.to_json()]),
            Self::Object(attributes) => {
                let named: serde_json::Map<String, Json> =
                    attributes.iter().map(|(name, ty)| (name.clone(), ty.to_json())).collect();
                json!(["object", named])
            }
            Self::Tuple(elements) => {
                json!(["tuple", elements.iter().map(Self::to_json).collect::<Vec<_>>()])
            }
        }
    }

    /// Parses the spelling of [`Self::to_json`]; returns `None` if it is not one.
    pub fn from_json(spelling: &Json) -> Option<Self> {
        if let Some(name) = spelling.as_str() {
            return match name {
                "bool" => Some(Self::Bool),
                "number" => Some(Self::Number),
                "string" => Some(Self::String),
                "dynamic" => Some(Self::Dynamic),
                _ => None,
            };
        }
        let [kind, rest, ..] = spelling.as_array()?.as_slice() else { return None };
        match kind.as_str()? {
            "list" => Self::from_json(rest).map(Self::list),
            "set" => Self::from_json(rest).map(Self::set),
            "map" => Self::from_json(rest).map(Self::map),
            "object" => {
                let named = rest.as_object()?.iter();
                named
                    .map(|(name, ty)| Some((name.clone(), Self::from_json(ty)?)))
                    .collect::<Option<_>>()
                    .map(Self::Object)
            }
            "tuple" => rest.as_array()?.iter().map(Self::from_json).collect::<Option<_>>().map(Self::Tuple),
            _ => None,
        }
    }
}
