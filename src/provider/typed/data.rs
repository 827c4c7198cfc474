//! Reads `surfaces.toml`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::catalog::embedded::embedded_table;

/// Data about typed resources that the catalog lacks.
#[derive(Debug, Default, Deserialize)]
pub(super) struct SurfaceData {
    /// Keys of entity types that give something to use at once: ephemeral resources.
    pub(super) momentary: Vec<String>,
    /// Keys of entity types that move money, or ask somebody outside for something.
    pub(super) moving: Vec<String>,
    /// Exceptions of a resource type, by its name.
    #[serde(flatten)]
    pub(super) types: BTreeMap<String, TypeData>,
}

impl SurfaceData {
    /// Whether a resource may keep the objects of this key.
    pub(super) fn is_lasting(&self, key: &str) -> bool {
        !self.momentary.iter().chain(&self.moving).any(|it| it == key)
    }

    /// Whether a type keeps the objects of this key beside others, where they belong to another one.
    pub(super) fn is_belonging(&self, key: &str) -> bool {
        self.types.values().any(|it| it.belonging.as_deref() == Some(key))
    }
}

/// Exceptions of one resource type.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TypeData {
    /// The catalog's key, where the type is not called after it.
    pub(super) entity: Option<String>,
    /// The catalog's key of the same objects where they belong to another one, whose id is then written.
    pub(super) belonging: Option<String>,
    /// Whether no other type is called after the entity type.
    #[serde(default)]
    pub(super) instead: bool,
    /// What an action calls a param, where that is not its name.
    #[serde(default)]
    pub(super) names: BTreeMap<String, String>,
    /// Paths of params and fields that are written as nested blocks.
    #[serde(default)]
    pub(super) blocks: Vec<String>,
    /// Paths inside repeated blocks that Stripe fills in where nothing is written.
    #[serde(default)]
    pub(super) computed: Vec<String>,
    /// Arguments that Stripe no longer takes, and what to write in their place.
    #[serde(default)]
    pub(super) retired: BTreeMap<String, String>,
    /// Terraform types of attributes that are not typed as usual: `string`, `number`, `bool`.
    #[serde(default)]
    pub(super) types: BTreeMap<String, String>,
}

impl TypeData {
    /// The paths inside an argument that Stripe no longer takes, with what to write in their place.
    pub(super) fn retired_inside(&self, argument: &str) -> Vec<(Vec<String>, String)> {
        let inside = self.retired.iter().filter_map(|(path, instead)| {
            let rest = path.strip_prefix(argument)?.strip_prefix('.')?;
            Some((rest.split('.').map(str::to_owned).collect(), instead.clone()))
        });
        inside.collect()
    }
}

/// Of a type that is as usual.
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
