use super::*;
use crate::catalog::catalog;

#[test]
fn the_table_names_objects_that_there_are() {
    let Table { labels, paths } = &*TABLE;
    assert!(!paths.is_empty());
    for object in labels.keys().chain(paths.keys()) {
        assert!(catalog().by_key(object).is_some(), "there is no object {object}");
    }
}
