use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use stripe_provider::catalog::Entity;

use crate::description::Description;
use crate::layout::lay_out;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the facts in a folder, by key, with their text.
fn facts(folder: &Path) -> BTreeMap<String, (Entity, String)> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| !path.ends_with("version.json"));
    files
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let entity: Entity =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (entity.key.clone(), (entity, text))
        })
        .collect()
}

#[test]
fn a_description_becomes_the_facts_of_its_objects_and_services() {
    let text = fs::read_to_string(root().join("tests/generated/description.json")).unwrap();
    let description: Json = serde_json::from_str(&text).unwrap();
    let entities = Description::new(&description).entities().unwrap();
    let known = facts(&root().join("tests/generated/facts"));
    assert_eq!(entities.keys().collect::<Vec<_>>(), known.keys().collect::<Vec<_>>());
    for (key, entity) in &entities {
        assert_eq!(lay_out(&serde_json::to_value(entity).unwrap()), known[key].1, "{key}");
    }
}

#[test]
fn the_committed_facts_are_written_as_the_generator_writes_them() {
    let all = facts(&root().join("src/catalog/facts"));
    assert!(all.len() > 180);
    for (key, (entity, text)) in &all {
        assert!(lay_out(&serde_json::to_value(entity).unwrap()) == *text, "{key}: generate the facts anew");
        assert!(entity.fields.is_sorted_by_key(|field| &field.name), "{key}");
        let params = entity.operations.iter().map(|operation| &operation.params);
        for params in params.chain(entity.actions.iter().map(|action| &action.params)) {
            assert!(params.is_sorted_by_key(|param| &param.name), "{key}");
        }
    }
}
