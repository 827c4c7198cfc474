//! The generator of the facts: an API description goes in, one [`Entity`] per object comes out.
//!
//! Nothing here knows an object by name. An object's *own service* is the one of Stripe's
//! services that answers with it on the shortest path; its calls are the five operations and,
//! where Stripe says `custom`, actions. Names, prefixes and everything else the description
//! does not say are rules and are added by [`super::join`].

mod calls;
mod kinds;
mod layout;

use serde_json::Value;

use super::model::Entity;
pub use layout::lay_out;

/// Why a description cannot be turned into facts.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum GenerateError {
    /// The rules name an object that the description lacks.
    #[error("the description has no object {0:?}")]
    UnknownObject(String),
    /// Something every description of this shape has is not there.
    #[error("{place}: {what}")]
    Malformed {
        /// Where, as a path into the description.
        place: String,
        /// What is wrong.
        what: String,
    },
}

impl GenerateError {
    fn malformed(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Malformed { place: place.into(), what: what.into() }
    }
}

/// An API description in the shape Stripe publishes.
#[derive(Debug, Clone, Copy)]
pub struct Description<'s> {
    root: &'s Value,
}

impl<'s> Description<'s> {
    /// Reads a parsed description.
    pub fn new(root: &'s Value) -> Self {
        Self { root }
    }

    /// The version of the API that is described.
    pub fn version(&self) -> Result<&'s str, GenerateError> {
        self.root
            .pointer("/info/version")
            .and_then(Value::as_str)
            .ok_or_else(|| GenerateError::malformed("info.version", "is missing"))
    }

    /// Every object of version 1 of the API that has calls of its own, sorted.
    pub fn objects(&self) -> Vec<&'s str> {
        let mut objects: Vec<&str> = self
            .schemas()
            .filter(|(name, schema)| schema.get("x-resourceId").is_some() && !name.starts_with("v2."))
            .map(|(name, _)| name)
            .filter(|name| !name.starts_with("deleted_") && calls::has_service(*self, name))
            .collect();
        objects.sort_unstable();
        objects
    }

    /// The facts of one object.
    pub fn entity(&self, object: &str) -> Result<Entity, GenerateError> {
        let schema = self.schema(object).ok_or_else(|| GenerateError::UnknownObject(object.to_owned()))?;
        let fields = kinds::fields(schema, object)?;
        let (operations, actions) = calls::calls(*self, object)?;
        Ok(Entity { object: object.to_owned(), operations, fields, actions, ..Entity::default() })
    }

    fn schemas(self) -> impl Iterator<Item = (&'s str, &'s Value)> {
        let schemas = self.root.pointer("/components/schemas").and_then(Value::as_object);
        schemas.into_iter().flatten().map(|(name, schema)| (name.as_str(), schema))
    }

    fn schema(self, name: &str) -> Option<&'s Value> {
        self.root.get("components")?.get("schemas")?.get(name)
    }

    /// Every call of version 1, in the order of the description.
    fn endpoints(self) -> impl Iterator<Item = calls::Endpoint<'s>> {
        let paths = self.root.get("paths").and_then(Value::as_object);
        paths.into_iter().flatten().filter(|(path, _)| path.starts_with("/v1/")).flat_map(
            |(path, methods)| {
                let methods = methods.as_object().into_iter().flatten();
                methods.map(move |(method, call)| calls::Endpoint { path, method, call })
            },
        )
    }
}
