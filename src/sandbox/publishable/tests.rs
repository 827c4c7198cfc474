use super::*;
use crate::catalog::{Called, catalog};

#[test]
fn the_table_names_calls_and_fields_that_there_are() {
    assert!(!TABLE.calls.is_empty());
    for (call, terms) in &TABLE.calls {
        let (method, path) = call.split_once(' ').unwrap();
        let found = catalog().match_path(method, path).unwrap();
        let template = match found.called {
            Called::Operation(operation) => &operation.path,
            Called::Action(action) => &action.path,
        };
        assert_eq!(template, path);
        let shown = terms.shows.as_ref().map(|name| &TABLE.shown[name]);
        for field in shown.into_iter().flatten() {
            assert!(found.entity.field(field).is_some(), "{call}: there is no field {field}");
        }
        assert!(terms.of.is_none() || found.entity.field(SECRET).is_some(), "{call} has no secret");
    }
}
