//! No name at the root of a schema is one that Terraform keeps for itself, now or when
//! attributes are made from params.

use std::collections::BTreeSet;

use stripe_provider::catalog::{Entity, OperationKind, catalog};
use stripe_provider::env::Env;
use stripe_provider::provider::StripeProvider;
use stripe_provider::terraform::provider::{Family, Schemas};
use stripe_provider::terraform::schema::BlockKind;

use crate::support::toy::Toy;

/// `provider.name` and the like for every reserved name at the root of a schema.
fn reserved(schemas: &Schemas) -> Vec<String> {
    let resources =
        schemas[Family::Resource].iter().map(|(name, schema)| (BlockKind::Resource, name.as_str(), schema));
    let sources = schemas[Family::DataSource]
        .iter()
        .map(|(name, schema)| (BlockKind::DataSource, name.as_str(), schema));
    // Terraform keeps fewer names of an ephemeral resource; written alike they stay so.
    let ephemeral = schemas[Family::EphemeralResource]
        .iter()
        .map(|(name, schema)| (BlockKind::Resource, name.as_str(), schema));
    let provider = (BlockKind::Provider, "provider", &schemas.provider);
    let all = resources.chain(sources).chain(ephemeral).chain([provider]);
    all.flat_map(|(kind, name, schema)| {
        kind.reserved_in(&schema.block).into_iter().map(move |reserved| format!("{name}.{reserved}"))
    })
    .collect()
}

#[test]
fn no_schema_has_a_reserved_name_at_its_root() {
    let stripe = Schemas::of(&StripeProvider::new(Env::from_pairs::<String, String>([])));
    assert!(stripe[Family::Resource].len() >= 3 && stripe[Family::DataSource].len() >= 4);
    for schemas in [stripe, Schemas::of(&Toy::default())] {
        assert_eq!(reserved(&schemas), Vec::<String>::new());
    }
}

/// The first step of every param that creates or updates an entity.
fn root_params(entity: &Entity) -> BTreeSet<&str> {
    let operations = [OperationKind::Create, OperationKind::Update];
    let operations = operations.into_iter().filter_map(|kind| entity.operation(kind));
    operations.flat_map(|operation| &operation.params).map(|param| param.name.as_str()).collect()
}

#[test]
fn no_param_of_a_create_or_an_update_has_a_reserved_name() {
    let entities = catalog().entities().map(|name| catalog().entity(name).unwrap());
    let (mut params, mut reserved) = (0, Vec::new());
    for entity in entities {
        for param in root_params(entity) {
            params += 1;
            if BlockKind::Resource.reserves(param) || BlockKind::DataSource.reserves(param) {
                let name = BlockKind::Resource.usable_name(param.to_owned(), "stripe");
                reserved.push(format!("{}.{param}, which would have to be written as {name}", entity.name));
            }
        }
    }
    assert!(params > 1000, "{params} params");
    assert_eq!(reserved, Vec::<String>::new());
}

#[test]
fn a_param_with_a_reserved_name_is_written_under_another() {
    assert_eq!(BlockKind::Resource.usable_name("connection", "stripe"), "stripe_connection");
    assert_eq!(BlockKind::DataSource.usable_name("connection", "stripe"), "connection");
    assert_eq!(BlockKind::Resource.usable_name("currency", "stripe"), "currency");
}
