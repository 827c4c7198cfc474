use super::*;

#[test]
fn the_table_names_objects_that_there_are() {
    let Table { unmade } = &*TABLE;
    assert!(!unmade.is_empty());
    for object in unmade.keys() {
        let known = catalog().by_key(object).unwrap_or_else(|| panic!("there is no object {object}"));
        assert!(!known.creates(), "{object} can be made");
    }
}
