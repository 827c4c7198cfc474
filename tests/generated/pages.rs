//! The committed pages of the registry are what the schema and the examples say.

use std::path::Path;

use stripe_provider::env::Env;
use stripe_provider::provider::StripeProvider;
use stripe_provider::registry_docs;
use stripe_provider::terraform::Provider as _;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_committed_pages_are_the_generated_ones() {
    let provider = StripeProvider::new(Env::from_pairs::<String, String>([]));
    for (path, text) in registry_docs::pages(root(), provider.schemas()).unwrap() {
        let committed = std::fs::read_to_string(root().join(&path)).unwrap_or_default();
        assert!(committed == text, "{} is old; run `cargo run -- docs`", path.display());
    }
}

#[test]
fn every_description_is_a_sentence() {
    let provider = StripeProvider::new(Env::from_pairs::<String, String>([]));
    let schemas = provider.schemas();
    let all = schemas.resources.iter().chain(&schemas.data_sources);
    for (name, schema) in all.map(|(name, schema)| (*name, schema)).chain([("stripe", &schemas.provider)]) {
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
            }
            blocks.extend(block.blocks.iter().map(|nested| &nested.block));
        }
    }
}
