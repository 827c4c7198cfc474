use super::*;
use crate::catalog::{Shape, catalog};

fn read() -> Table {
    toml::from_str(include_str!("../lifecycle.toml")).unwrap()
}

#[test]
fn what_is_new_has_fields_that_take_its_values() {
    let mut wrong = Vec::new();
    let table = read();
    let conditional = table
        .new_if
        .into_iter()
        .flat_map(|(key, rows)| rows.into_iter().map(move |row| (key.clone(), row.set)));
    for (key, new) in table.new.into_iter().chain(conditional) {
        let entity = catalog().by_key(&key).unwrap_or_else(|| panic!("there is no {key}"));
        let strange = new.iter().filter(|(path, value)| !takes(&entity.fields, path, value));
        wrong.extend(strange.map(|(path, value)| format!("{key} does not take {path} = {value}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_new_object_is_judged_by_is_a_field_of_it() {
    for (key, rows) in read().new_if {
        let entity = catalog().by_key(&key).unwrap_or_else(|| panic!("there is no {key}"));
        for path in rows.iter().flat_map(|row| row.when.keys().chain(row.unless.keys())) {
            assert!(entity.field_at(path).is_some(), "{key} has no {path}");
        }
    }
}

#[test]
fn every_action_is_there_and_sets_what_its_object_has() {
    for (name, transition) in read().actions {
        let (entity, action) = catalog().action(&name).unwrap_or_else(|| panic!("there is no {name}"));
        let returned = transition.of.clone().unwrap_or_else(|| action.returns.clone());
        let target = catalog().by_key(&returned).unwrap_or(entity);
        for (path, value) in &transition.set {
            assert!(
                takes(&target.fields, path, value),
                "{name}: {} does not take {path} = {value}",
                target.key
            );
        }
        let states = entity.field("status").map(Shape::values).unwrap_or_default();
        let strange = transition.when.iter().find(|state| !states.is_empty() && !states.contains(state));
        assert_eq!(strange, None, "{name}");
    }
}

#[test]
fn every_verb_is_one_of_some_action() {
    let paths: Vec<String> =
        catalog().actions().filter_map(|(name, _)| Some(catalog().action(name)?.1.path.clone())).collect();
    for verb in read().verbs.keys() {
        assert!(paths.iter().any(|path| path.ends_with(&format!("/{verb}"))), "no action is called {verb}");
    }
}

#[test]
fn what_stands_apart_is_a_param() {
    for (key, params) in read().apart {
        let entity = catalog().by_key(&key).unwrap_or_else(|| panic!("there is no {key}"));
        let calls = [OperationKind::Create, OperationKind::Update].map(|kind| entity.operation(kind));
        let takes = |name: &&String| calls.iter().flatten().any(|call| call.param(name).is_some());
        let strange = params.iter().find(|name| !takes(name));
        assert_eq!(strange, None, "{key}");
    }
}
