use super::*;
use crate::catalog::{OperationKind, catalog};

#[test]
fn every_row_is_about_a_param_of_a_list() {
    let table: Table = toml::from_str(include_str!("../filter.toml")).unwrap();
    for (key, params) in table {
        let list = catalog().by_object(&key).unwrap().operation(OperationKind::List).unwrap();
        assert!(params.keys().all(|param| list.param(param).is_some()), "{key}");
    }
}
