//! `surfaces.toml`, read.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// What the catalog does not say of typed resources.
#[derive(Debug, Default, Deserialize)]
pub(super) struct SurfaceData {
    /// Keys of entity types that no resource keeps.
    pub(super) momentary: Vec<String>,
    /// What is unusual of a resource type, by its name.
    #[serde(flatten)]
    pub(super) types: BTreeMap<String, TypeData>,
}

/// What is unusual of one resource type.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TypeData {
    /// The catalog's key, where the type is not called after it.
    pub(super) entity: Option<String>,
    /// Whether no other type is called after the entity type.
    #[serde(default)]
    pub(super) instead: bool,
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

/// Of a type that is as usual.
pub(super) static NOTHING_UNUSUAL: TypeData = TypeData {
    entity: None,
    instead: false,
    blocks: Vec::new(),
    computed: Vec::new(),
    retired: BTreeMap::new(),
    types: BTreeMap::new(),
};

/// The data of this build.
pub(super) fn surface_data() -> &'static SurfaceData {
    static DATA: OnceLock<SurfaceData> = OnceLock::new();
    // That the file can be read is tested.
    DATA.get_or_init(|| toml::from_str(include_str!("surfaces.toml")).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{SurfaceData, surface_data};
    use crate::catalog::catalog;

    #[test]
    fn the_data_is_read_and_names_only_what_the_catalog_has() {
        let data: SurfaceData = toml::from_str(include_str!("surfaces.toml")).unwrap();
        let known = |key: &str| catalog().summaries().any(|it| it.key == key);
        for key in &data.momentary {
            assert!(known(key), "momentary {key}");
        }
        for (name, table) in &surface_data().types {
            assert!(table.entity.as_deref().is_none_or(known), "{name}");
        }
    }
}
