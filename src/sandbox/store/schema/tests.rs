use super::*;
use crate::catalog::{OperationKind, catalog};

#[test]
fn what_can_be_searched_for_has_texts() {
    let all = catalog().entities().filter_map(|name| catalog().entity(name));
    let mut found: Vec<&str> = all
        .filter(|entity| entity.operation(OperationKind::Search).is_some())
        .map(|entity| entity.object.as_str())
        .collect();
    found.sort_unstable();
    assert_eq!(found, SEARCHED);
}
