//! All schemas of a provider, by type name.

use std::collections::BTreeMap;
use std::ops::Index;

use super::{Family, Provider};
use crate::terraform::schema::{IdentitySchema, Schema};

/// Every schema of a provider, by type name, for documentation and tests. Serving builds a schema only when
/// its type is used.
#[derive(Debug, Clone)]
pub struct Schemas {
    /// The schema of the provider block.
    pub provider: Schema,
    /// The schemas of the types of each family.
    families: BTreeMap<Family, BTreeMap<String, Schema>>,
    /// The identity schemas of the managed resources.
    pub identities: BTreeMap<String, IdentitySchema>,
    /// [`Provider::can_move`].
    pub can_move: bool,
}

impl Schemas {
    /// Builds every schema of `provider`. A type that is listed but has no schema is left out.
    pub fn of(provider: &impl Provider) -> Self {
        let all = |family| {
            let types = provider.types(family).into_iter();
            types.filter_map(|name| Some((name.to_owned(), provider.schema(family, name)?))).collect()
        };
        Self {
            provider: provider.provider_schema(),
            families: Family::ALL.into_iter().map(|family| (family, all(family))).collect(),
            identities: identities_of(provider),
            can_move: provider.can_move(),
        }
    }

    /// Iterates over the schemas of all types, with their families and names.
    pub fn all(&self) -> impl Iterator<Item = (Family, &str, &Schema)> {
        let families = self.families.iter();
        families.flat_map(|(family, types)| types.iter().map(|(name, it)| (*family, name.as_str(), it)))
    }
}

impl Index<Family> for Schemas {
    type Output = BTreeMap<String, Schema>;

    #[expect(clippy::indexing_slicing, reason = "there is one for each family")]
    fn index(&self, family: Family) -> &Self::Output {
        &self.families[&family]
    }
}

/// Returns every identity schema of a provider, by type name.
pub(crate) fn identities_of(provider: &impl Provider) -> BTreeMap<String, IdentitySchema> {
    let names = provider.types(Family::Resource).into_iter();
    names.filter_map(|name| Some((name.to_owned(), provider.identity_schema(name)?))).collect()
}
