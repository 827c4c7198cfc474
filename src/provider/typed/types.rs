//! The catalog's typed resources and data sources, by type name.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::catalog::spelling::plural;
use crate::catalog::{Offer, Summary, catalog};
use crate::provider::data_source::DataSource;
use crate::provider::typed::data::surface_data;
use crate::provider::typed::data_list::PluralDataSource;
use crate::provider::typed::data_source::SingularDataSource;
use crate::provider::typed::names::name_of;
use crate::provider::typed::resource::TypedResource;

/// All typed resources, by type name.
pub(in crate::provider) fn resources() -> &'static BTreeMap<String, TypedResource> {
    static RESOURCES: OnceLock<BTreeMap<String, TypedResource>> = OnceLock::new();
    RESOURCES.get_or_init(|| {
        let data = surface_data();
        let lasting = catalog().summaries().filter(|it| {
            let is_resource = data.is_lasting(it.key) && !data.is_belonging(it.key);
            it.offers(Offer::Create) && is_shown(*it) && is_resource
        });
        let usual = lasting.map(|it| (name_of(it.key, it.name), it));
        let others = data.types.iter().filter_map(|(name, it)| {
            let key = it.entity.as_deref()?;
            Some((name.clone(), catalog().summaries().find(|it| it.key == key)?))
        });
        usual.chain(others).map(|(name, of)| (name.clone(), TypedResource::new(name, of))).collect()
    })
}

/// Returns the typed resources whose objects can be listed and then imported.
pub(in crate::provider) fn list_types() -> Vec<&'static str> {
    let listed = resources().iter().filter(|(_, typed)| typed.is_listed());
    listed.map(|(name, _)| name.as_str()).collect()
}

/// All typed data sources, by type name: for one object, and for many.
pub(in crate::provider) fn data_sources() -> &'static BTreeMap<String, Box<dyn DataSource>> {
    static DATA_SOURCES: OnceLock<BTreeMap<String, Box<dyn DataSource>>> = OnceLock::new();
    DATA_SOURCES.get_or_init(|| {
        let mut all: BTreeMap<String, Box<dyn DataSource>> = BTreeMap::new();
        for it in catalog().summaries() {
            let name = name_of(it.key, it.name);
            if it.offers(Offer::List) {
                let plural = plural(&name);
                let objects = plural.trim_start_matches("stripe_").to_owned();
                all.insert(
                    plural,
                    Box::new(PluralDataSource { typed: TypedResource::new(name.clone(), it), objects }),
                );
            }
            if it.offers(Offer::Read) {
                all.insert(name.clone(), Box::new(SingularDataSource(TypedResource::new(name, it))));
            }
        }
        all
    })
}

/// Returns whether there is a call that shows what Stripe holds.
fn is_shown(it: Summary) -> bool {
    it.offers(Offer::Read) || it.offers(Offer::List)
}
