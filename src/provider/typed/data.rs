//! Reads `surfaces.toml`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::catalog::embedded::embedded_table;

/// Data about typed resources that the catalog lacks.
#[derive(Debug, Default, Deserialize)]
pub(super) struct SurfaceData {
    /// Keys of entity types whose objects are for immediate use: ephemeral resources.
    pub(super) momentary: Vec<String>,
    /// Keys of entity types that move money, or request something from outsiders.
    pub(super) moving: Vec<String>,
    /// The exceptions of each resource type, by its name.
    #[serde(flatten)]
    pub(super) types: BTreeMap<String, TypeData>,
}

impl SurfaceData {
    /// Returns whether a resource may keep the objects of this key.
    pub(super) fn is_lasting(&self, key: &str) -> bool {
        !self.momentary.iter().chain(&self.moving).any(|it| it == key)
    }

    /// Returns whether a type also keeps the objects of this key, which have a parent.
    pub(super) fn is_belonging(&self, key: &str) -> bool {
        self.types.values().any(|it| it.belonging.as_deref() == Some(key))
    }
}

/// The exceptions of one resource type.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TypeData {
    /// The catalog's key, if the type is not named after it.
    pub(super) entity: Option<String>,
    /// The catalog's key of the same objects when they have a parent, whose id is then written.
    pub(super) belonging: Option<String>,
    /// Whether this type is the only one for its entity type, instead of the one with the usual name.
    #[serde(default)]
    pub(super) instead: bool,
    /// What an action calls a param, if it differs from the param's name.
    #[serde(default)]
    pub(super) names: BTreeMap<String, String>,
    /// Paths of params and fields that are written as nested blocks.
    #[serde(default)]
    pub(super) blocks: Vec<String>,
    /// Paths inside repeated blocks that Stripe fills in if nothing is written.
    #[serde(default)]
    pub(super) computed: Vec<String>,
    /// Arguments that Stripe no longer accepts, and what to write instead.
    #[serde(default)]
    pub(super) retired: BTreeMap<String, String>,
    /// Terraform types of attributes that are typed unusually: `string`, `number`, `bool`.
    #[serde(default)]
    pub(super) types: BTreeMap<String, String>,
}

impl TypeData {
    /// Returns the paths inside an argument that Stripe no longer accepts, with what to write instead.
    pub(super) fn retired_inside(&self, argument: &str) -> Vec<(Vec<String>, String)> {
        let inside = self.retired.iter().filter_map(|(path, instead)| {
            let rest = path.strip_prefix(argument)?.strip_prefix('.')?;
            Some((rest.split('.').map(str::to_owned).collect(), instead.clone()))
        });
        inside.collect()
    }
}

/// The data of a type without exceptions.
pub(super) static NOTHING_UNUSUAL: TypeData = TypeData {
    entity: None,
    belonging: None,
    instead: false,
    names: BTreeMap::new(),
    blocks: Vec::new(),
    computed: Vec::new(),
    retired: BTreeMap::new(),
    types: BTreeMap::new(),
};

/// The data of this build.
pub(super) fn surface_data() -> &'static SurfaceData {
    static DATA: OnceLock<SurfaceData> = OnceLock::new();
    DATA.get_or_init(|| embedded_table!("provider/typed/surfaces.toml"))
}

#[cfg(test)]
mod tests {
    use super::{SurfaceData, surface_data};
    use crate::catalog::catalog;

    #[test]
    fn the_data_is_read_and_names_only_what_the_catalog_has() {
        let data: SurfaceData = toml::from_str(include_str!("surfaces.toml")).unwrap();
        let known = |key: &str| catalog().summaries().any(|it| it.key == key);
        for key in data.momentary.iter().chain(&data.moving) {
            assert!(known(key), "{key}");
        }
        assert!(!data.momentary.iter().any(|key| data.moving.contains(key)), "each stands in one list");
        for (name, table) in &surface_data().types {
            let keys = table.entity.iter().chain(&table.belonging);
            assert!(keys.into_iter().all(|key| known(key)), "{name}");
        }
    }
}
