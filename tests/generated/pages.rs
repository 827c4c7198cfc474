//! The committed pages of the registry are what the schema and the examples say.

use std::path::Path;

use stripe_provider::env::Env;
use stripe_provider::provider::{StripeProvider, packed_schemas};
use stripe_provider::registry_docs;
use stripe_provider::terraform::Provider as _;
use stripe_provider::terraform::protocol::{encoded_identity_schemas, encoded_schemas};
use stripe_provider::terraform::provider::{Family, Schemas};
use stripe_provider::terraform::schema::MemberDoc;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn schemas() -> Schemas {
    Schemas::of(&StripeProvider::new(Env::from_pairs::<String, String>([])))
}

/// Every member's description is a sentence, too.
fn check_members(name: &str, members: &[MemberDoc]) {
    for member in members {
        let name = format!("{name}.{}", member.name);
        assert!(member.description.ends_with('.'), "{name}: {}", member.description);
        check_members(&name, &member.members);
    }
}

#[test]
fn the_committed_pages_are_the_generated_ones() {
    for (path, text) in registry_docs::pages(root(), &schemas()).unwrap() {
        let committed = std::fs::read_to_string(root().join(&path)).unwrap_or_default();
        assert!(committed == text, "{} is old; run `cargo run -- docs`", path.display());
    }
}

#[test]
fn every_page_and_every_example_is_of_a_type() {
    let schemas = schemas();
    let stale = registry_docs::stale(root(), &schemas).unwrap();
    assert!(stale.is_empty(), "run `cargo run -- docs`: {stale:?}");
    let families = [
        ("actions", &schemas[Family::Action]),
        ("data-sources", &schemas[Family::DataSource]),
        ("ephemeral-resources", &schemas[Family::EphemeralResource]),
        ("resources", &schemas[Family::Resource]),
    ];
    for (folder, types) in families {
        for entry in std::fs::read_dir(root().join("examples").join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(types.contains_key(&name), "examples/{folder}/{name} is of no type: remove it");
        }
    }
}

#[test]
fn the_committed_schemas_are_those_that_are_made_anew() {
    let provider = StripeProvider::new(Env::from_pairs::<String, String>([]));
    let sent = provider.encoded_schemas().unwrap();
    assert!(sent == encoded_schemas(&schemas()), "{} is old; run `cargo run -- docs`", packed_schemas::FILE);
    let (sent, file) = (provider.encoded_identity_schemas().unwrap(), packed_schemas::IDENTITIES_FILE);
    assert!(sent == encoded_identity_schemas(&schemas()), "{file} is old; run `cargo run -- docs`");
}

#[test]
fn every_description_is_a_sentence() {
    let schemas = schemas();
    let provider = ("stripe", &schemas.provider);
    for (name, schema) in schemas.all().map(|(_, name, schema)| (name, schema)).chain([provider]) {
        let mut blocks = vec![&schema.block];
        while let Some(block) = blocks.pop() {
            assert!(block.description.ends_with('.'), "{name}: {}", block.description);
            for attribute in &block.attributes {
                assert!(
                    attribute.description.ends_with('.'),
                    "{name}.{}: {}",
                    attribute.name,
                    attribute.description
                );
                check_members(&format!("{name}.{}", attribute.name), &attribute.members);
            }
            blocks.extend(block.blocks.iter().map(|nested| &nested.block));
        }
    }
}
