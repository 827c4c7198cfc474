//! Turns an API description into one [`Entity`] for each object, and one for each service that belongs to no
//! object.
//!
//! Nothing here knows an object by name. Names, prefixes and everything else that the description does not
//! say are rules, which `build.rs` combines with the facts.

use std::collections::BTreeMap;

use serde_json::Value;

use stripe_provider::catalog::{Entity, Member, Presence, find};

use crate::calls::{self, Endpoint};
use crate::services::{Services, is_stub};
use crate::shapes;

/// Why a description cannot be turned into facts.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum GenerateError {
    /// Something is missing that every description of this form has.
    #[error("{place}: {what}")]
    Malformed {
        /// The place, as a path into the description.
        place: String,
        /// What is wrong.
        what: String,
    },
}

impl GenerateError {
    pub(crate) fn malformed(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Malformed { place: place.into(), what: what.into() }
    }
}

/// An API description in the form that Stripe publishes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Description<'s> {
    root: &'s Value,
}

impl<'s> Description<'s> {
    /// Reads a parsed description.
    pub(crate) fn new(root: &'s Value) -> Self {
        Self { root }
    }

    /// The version of the described API.
    pub(crate) fn version(self) -> Result<&'s str, GenerateError> {
        self.root
            .pointer("/info/version")
            .and_then(Value::as_str)
            .ok_or_else(|| GenerateError::malformed("info.version", "is missing"))
    }

    /// Returns the facts of every object and of every service that belongs to no object, by key.
    pub(crate) fn entities(self) -> Result<BTreeMap<String, Entity>, GenerateError> {
        let services = Services::of(self);
        let mut entities = BTreeMap::new();
        let mut owned = Vec::new();
        for object in self.objects() {
            let own = services.own(object);
            let calls = own.as_deref().map_or(&[][..], |service| services.calls(service));
            entities.insert(object.to_owned(), self.entity(object, &[object], calls)?);
            owned.extend(own);
        }
        for service in services.names().filter(|name| !owned.iter().any(|owned| owned == name)) {
            let objects = services.answers(service);
            // A stream of events answers with nothing that could be kept.
            if !objects.is_empty() {
                let key = service.strip_prefix("v1.").unwrap_or(service);
                entities.insert(key.to_owned(), self.entity(key, &objects, services.calls(service))?);
            }
        }
        Ok(entities)
    }

    fn entity(self, key: &str, objects: &[&str], calls: &[Endpoint<'_>]) -> Result<Entity, GenerateError> {
        let mut fields: Vec<Member> = Vec::new();
        for (at, object) in objects.iter().enumerate() {
            let schema =
                self.schema(object).ok_or_else(|| GenerateError::malformed(*object, "has no schema"))?;
            fields = if at == 0 {
                shapes::fields(schema, object)?
            } else {
                merged(fields, shapes::fields(schema, object)?)
            };
        }
        let (operations, actions) = calls::calls(calls)?;
        let [object, others @ ..] = objects else {
            return Err(GenerateError::malformed(key, "answers with no object"));
        };
        let others = others.iter().map(|&other| other.to_owned()).collect();
        let mut entity = Entity::default();
        (entity.others, entity.fields) = (others, fields);
        (entity.operations, entity.actions) = (operations, actions);
        (entity.key, entity.object) = (key.to_owned(), (*object).to_owned());
        Ok(entity)
    }

    /// Returns every object, sorted.
    fn objects(self) -> Vec<&'s str> {
        let schemas = self.root.pointer("/components/schemas").and_then(Value::as_object);
        let resources =
            schemas.into_iter().flatten().filter(|(_, schema)| schema.get("x-resourceId").is_some());
        let mut objects: Vec<&str> =
            resources.map(|(name, _)| name.as_str()).filter(|name| !is_stub(name)).collect();
        objects.sort_unstable();
        objects
    }

    fn schema(self, name: &str) -> Option<&'s Value> {
        self.root.get("components")?.get("schemas")?.get(name)
    }

    /// Returns every call with its service, in the order of the description.
    pub(crate) fn endpoints(self) -> impl Iterator<Item = (&'s str, Endpoint<'s>)> {
        let paths = self.root.get("paths").and_then(Value::as_object);
        paths.into_iter().flatten().flat_map(|(path, methods)| {
            let methods = methods.as_object().into_iter().flatten();
            methods.filter_map(move |(method, call)| {
                let service = call.get("x-service").and_then(Value::as_str)?;
                Some((service, Endpoint { path, method, call, test_helper: false }))
            })
        })
    }
}

/// Returns the fields of either of two objects: those that only one of them has may be missing.
fn merged(one: Vec<Member>, other: Vec<Member>) -> Vec<Member> {
    let in_both: Vec<String> = one
        .iter()
        .filter(|field| find(&other, &field.name).is_some())
        .map(|field| field.name.clone())
        .collect();
    let mut fields: BTreeMap<String, Member> = BTreeMap::new();
    for mut field in one.into_iter().chain(other) {
        if field.shape.is_required() && !in_both.contains(&field.name) {
            field.shape.presence = Presence::Optional;
        }
        fields.entry(field.name.clone()).or_insert(field);
    }
    fields.into_values().collect()
}
