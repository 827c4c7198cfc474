//! All that a provider serves, by type name.

use std::collections::BTreeMap;

use super::Provider;
use crate::terraform::schema::{IdentitySchema, Schema};

/// Every schema a provider has, by type name: for documentation and for tests. Serving
/// builds a schema only when its type is used.
#[derive(Debug, Clone)]
pub struct Schemas {
    /// The schema of the provider block.
    pub provider: Schema,
    /// The schemas of the managed resources.
    pub resources: BTreeMap<String, Schema>,
    /// The schemas of the data sources.
    pub data_sources: BTreeMap<String, Schema>,
    /// The schemas of the ephemeral resources.
    pub ephemeral_resources: BTreeMap<String, Schema>,
    /// The schemas of the actions.
    pub actions: BTreeMap<String, Schema>,
    /// What chooses the objects of lists, by the names of the resource types.
    pub lists: BTreeMap<String, Schema>,
    /// What the identities of the managed resources consist of.
    pub identities: BTreeMap<String, IdentitySchema>,
    /// [`Provider::can_move`].
    pub can_move: bool,
}

impl Schemas {
    /// Builds every schema of `provider`. A type that is named but has no schema is left out.
    pub fn of(provider: &impl Provider) -> Self {
        let all = |names: Vec<&str>, schema: &dyn Fn(&str) -> Option<Schema>| {
            names.into_iter().filter_map(|name| Some((name.to_owned(), schema(name)?))).collect()
        };
        Self {
            provider: provider.provider_schema(),
            resources: all(provider.resource_types(), &|name| provider.resource_schema(name)),
            data_sources: all(provider.data_source_types(), &|name| provider.data_source_schema(name)),
            ephemeral_resources: all(provider.ephemeral_resource_types(), &|name| {
                provider.ephemeral_resource_schema(name)
            }),
            actions: all(provider.action_types(), &|name| provider.action_schema(name)),
            lists: all(provider.list_types(), &|name| provider.list_schema(name)),
            identities: identities_of(provider),
            can_move: provider.can_move(),
        }
    }
}

/// Every identity schema of a provider, by type name.
pub(crate) fn identities_of(provider: &impl Provider) -> BTreeMap<String, IdentitySchema> {
    let names = provider.resource_types().into_iter();
    names.filter_map(|name| Some((name.to_owned(), provider.identity_schema(name)?))).collect()
}
