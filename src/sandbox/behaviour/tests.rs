use super::*;

#[test]
fn every_behaviour_is_one_of_the_catalog() {
    for behaviour in behaviours() {
        for key in behaviour.keys {
            assert!(catalog().by_key(key).is_some(), "the catalog has no {key}");
        }
        for (name, _) in behaviour.actions {
            assert!(catalog().action(name).is_some(), "the catalog has no action {name}");
        }
    }
}

#[test]
fn nothing_is_answered_twice() {
    let mut keys: Vec<_> = behaviours().flat_map(|behaviour| behaviour.keys).collect();
    let mut actions: Vec<_> =
        behaviours().flat_map(|behaviour| behaviour.actions).map(|(name, _)| name).collect();
    let counts = (keys.len(), actions.len());
    keys.sort();
    keys.dedup();
    actions.sort();
    actions.dedup();
    assert_eq!((keys.len(), actions.len()), counts);
}
