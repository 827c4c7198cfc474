//! Bugs of schemas, versions and documents: 22, 23, 25, 26, 27.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value as Json, json};
use stripe_provider::terraform::value::Value;
use stripe_provider::terraform::wire::tfplugin5::schema::Block;

use super::params;
use crate::support::terraform::Object;
use crate::world::World;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The write-only attributes of a block and of those in it.
fn write_only(block: &Block, found: &mut Vec<String>) {
    found.extend(block.attributes.iter().filter(|it| it.write_only).map(|it| it.name.clone()));
    block.block_types.iter().for_each(|nested| write_only(nested.block.as_ref().unwrap(), found));
}

#[test]
fn bug_22_ordinary_params_are_write_only() {
    let world = World::new();
    let mut found = Vec::new();
    for schema in world.terraform.schema.resource_schemas.values() {
        write_only(schema.block.as_ref().unwrap(), &mut found);
    }
    found.retain(|name| !name.ends_with("_wo") && name != "secret_payload_wo");
    assert!(found.is_empty(), "only twins of secrets are: {found:?}");
}

#[test]
fn bug_23_ephemeral_resources_create() {
    // Terraform has no other way to make what it does not keep: where it is so, it is said.
    let world = World::new();
    for (name, schema) in &world.terraform.schema.ephemeral_resource_schemas {
        let description = &schema.block.as_ref().unwrap().description;
        assert!(description.contains("A plan creates one, and its apply another one."), "{name}");
    }
}

#[test]
fn bug_25_an_unknown_key_at_plan_is_fatal() {
    let (mut world, tap, _sandbox) = World::served(&[("api_key", Value::Unknown)]);
    let wanted = params(&json!({"name": "Gold"}));
    world.plan("stripe_product", &Object::default(), Some(&wanted)).unwrap();
    assert!(tap.writes().is_empty());
}

#[test]
fn bug_26_a_minor_version_drops_types() {
    let official: Json = serde_json::from_str(&read("tests/typed/peers/official.json")).unwrap();
    let world = World::new();
    for name in official["resource_schemas"].as_object().unwrap().keys() {
        assert!(world.terraform.schema.resource_schemas.contains_key(name), "{name}");
        read(&format!("tests/typed/golden/{name}.txt"));
        read(&format!("docs/resources/{}.md", name.trim_start_matches("stripe_")));
    }
}

#[test]
fn bug_27_the_documents_state_another_version_than_the_wire() {
    let (mut world, tap, _sandbox) = World::served(&[]);
    world.made("stripe_product", &params(&json!({"name": "Gold"}))).unwrap();
    let versions: BTreeSet<String> = tap.calls().into_iter().map(|it| it.version).collect();
    let [version] = versions.iter().collect::<Vec<_>>()[..] else { panic!("{versions:?}") };
    assert!(read("docs/index.md").contains(&format!("Default `{version}`")), "{version}");
}
