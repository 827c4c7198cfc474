//! Stripe's services: the calls of each, and which of them belongs to which object.
//!
//! A service that only helps testing (`v1.test_helpers.issuing.cards`) adds its calls to the service that it
//! helps (`v1.issuing.cards`). A service that answers with a single kind of object may be that object's *own*
//! service. One that belongs to no object (`v1.customers.tax_ids`, line items of quotes) is an entity type by
//! itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use stripe_provider::catalog::spelling::singular;

use crate::calls::Endpoint;
use crate::description::Description;
use crate::shapes::referenced;

/// The part of service names and paths that marks test helpers.
const TESTING: &str = "test_helpers";

/// Every service by name, with its calls in the order of the description.
#[derive(Debug)]
pub(crate) struct Services<'s>(BTreeMap<String, Vec<Endpoint<'s>>>);

impl<'s> Services<'s> {
    pub(crate) fn of(description: Description<'s>) -> Self {
        let endpoints: Vec<(&str, Endpoint<'s>)> = description.endpoints().collect();
        let names: BTreeSet<&str> = endpoints.iter().map(|(service, _)| *service).collect();
        let mut services: BTreeMap<String, Vec<Endpoint<'s>>> = BTreeMap::new();
        for (service, endpoint) in endpoints {
            let helped = service.replace(&format!(".{TESTING}"), "");
            let test_helper = helped != service && names.contains(helped.as_str());
            let home = if test_helper { helped } else { service.to_owned() };
            services.entry(home).or_default().push(Endpoint { test_helper, ..endpoint });
        }
        Self(services).without_strays()
    }

    /// Merges services that consist only of custom calls answering with another service's object into that
    /// other service.
    fn without_strays(mut self) -> Self {
        let stray = |name: &&String| self.own_of_customs(name).is_some_and(|own| own != **name);
        for name in self.0.keys().filter(stray).cloned().collect::<Vec<_>>() {
            let Some(own) = self.own_of_customs(&name) else { continue };
            let calls = self.0.remove(&name).unwrap_or_default();
            let test_helper = calls.into_iter().map(|endpoint| Endpoint { test_helper: true, ..endpoint });
            self.0.entry(own).or_default().extend(test_helper);
        }
        self
    }

    fn own_of_customs(&self, name: &str) -> Option<String> {
        let calls = self.0.get(name).filter(|calls| calls.iter().all(|call| call.kind().is_none()))?;
        let object = calls.first()?.answers().into_iter().next()?;
        self.own(object)
    }

    /// Returns the object's own service: the one with its name, else the only one that answers with nothing
    /// else, else the only one on the shortest path.
    pub(crate) fn own(&self, object: &str) -> Option<String> {
        let sole = |(name, _): &(&String, &Vec<Endpoint<'s>>)| self.answers(name) == [object];
        let candidates: Vec<(&String, &Vec<Endpoint<'s>>)> = self.0.iter().filter(sole).collect();
        let namesake = candidates.iter().find(|(name, _)| spelled_alike(name, object));
        let depth = |calls: &[Endpoint<'_>]| calls.iter().map(Endpoint::placeholders).min();
        let shortest = candidates.iter().map(|(_, calls)| depth(calls)).min()?;
        let mut short = candidates.iter().filter(|(_, calls)| depth(calls) == shortest);
        let found = namesake.or_else(|| short.next().filter(|_| short.next().is_none()))?;
        Some(found.0.clone())
    }

    /// Returns the objects that a service answers with, as far as the five operations tell.
    pub(crate) fn answers(&self, service: &str) -> Vec<&'s str> {
        let calls = self.calls(service);
        let operations = || calls.iter().filter(|call| call.kind().is_some());
        let told: BTreeSet<&str> = if operations().next().is_some() {
            operations().flat_map(Endpoint::answers).collect()
        } else {
            calls.iter().flat_map(Endpoint::answers).collect()
        };
        told.into_iter().filter(|object| !is_stub(object)).collect()
    }

    pub(crate) fn calls(&self, service: &str) -> &[Endpoint<'s>] {
        self.0.get(service).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// Whether an object is the remainder of a deleted one.
pub(crate) fn is_stub(object: &str) -> bool {
    object.starts_with("deleted_") || object == "v2.deleted_object"
}

/// Compares names like `v1.customers.balance_transactions` and `customer_balance_transaction`.
fn spelled_alike(service: &str, object: &str) -> bool {
    let service = service.strip_prefix("v1.").unwrap_or(service);
    let words: Vec<String> = service.split('.').map(singular).collect();
    words.join("_") == object.replace('.', "_")
}

/// Returns every reference in an answer: to an object, to one of several, or to a list of either.
pub(crate) fn objects_of(answer: &Value) -> Vec<&str> {
    let item = answer.pointer("/properties/data/items").unwrap_or(answer);
    let several = item.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    several.chain([item]).filter_map(referenced).collect()
}
