use super::*;

#[test]
fn the_table_names_objects_that_there_are() {
    let Table { accepts, unmade } = &*TABLE;
    assert!(!accepts.is_empty());
    let named = accepts.iter().flat_map(|(object, others)| std::iter::once(object).chain(others));
    for object in named.chain(unmade.keys()) {
        assert!(catalog().by_object(object).is_some(), "there is no object {object}");
    }
    for object in unmade.keys() {
        assert!(!catalog().by_object(object).unwrap().creates(), "{object} can be made");
    }
}
