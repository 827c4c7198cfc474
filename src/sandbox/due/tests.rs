use super::*;
use crate::catalog::catalog;

#[test]
fn what_is_due_is_about_fields_of_its_object() {
    let table: BTreeMap<String, Vec<Due>> = toml::from_str(include_str!("../due.toml")).unwrap();
    for (object, due) in
        table.into_iter().flat_map(|(object, all)| all.into_iter().map(move |due| (object.clone(), due)))
    {
        let entity = catalog().by_key(&object).unwrap();
        for name in due.set.keys().chain([&due.at]) {
            assert!(entity.field(name).is_some(), "{object} has no {name}");
        }
    }
}
