//! What the documentation and the tests read from the provider's types.

use crate::catalog::Entity;
use crate::provider::{StripeProvider, messages, typed};
use crate::terraform::message::Message;

impl StripeProvider {
    /// The typed resources, each with the key of its entity type.
    pub fn typed_resources() -> Vec<(String, &'static str)> {
        typed::resources().iter().map(|(name, typed)| (name.clone(), typed.key())).collect()
    }

    /// The ephemeral resources, each with the key of the entity type that it creates.
    pub fn ephemeral_resources() -> Vec<(String, &'static str)> {
        typed::ephemeral_resources().iter().map(|(name, momentary)| (name.clone(), momentary.key())).collect()
    }

    /// All messages, by the part of the program that reports them.
    pub fn messages() -> Vec<(&'static str, &'static [Message])> {
        messages::all()
    }

    /// The entity type of a typed resource or data source.
    pub fn entity_of(type_name: &str) -> Option<&'static Entity> {
        typed::entity_of(type_name)
    }

    /// The values that Stripe is known to accept at an attribute path of a typed resource; empty if any
    /// value is accepted.
    pub fn values_at(entity: &'static Entity, path: &[&str]) -> &'static [String] {
        typed::values_at(entity, path)
    }

    /// The entity type of an action.
    pub fn entity_of_action(type_name: &str) -> Option<&'static Entity> {
        Some(typed::actions().get(type_name)?.entity())
    }

    /// The method and path of an action's one call.
    pub fn call_of_action(type_name: &str) -> Option<(&'static str, &'static str)> {
        typed::actions().get(type_name)?.call()
    }

    /// The values that Stripe is known to accept at an argument path of an action; see
    /// [`Self::values_at`].
    pub fn values_of_action(type_name: &str, path: &[&str]) -> &'static [String] {
        typed::actions().get(type_name).map(|action| action.values_at(path)).unwrap_or_default()
    }
}
