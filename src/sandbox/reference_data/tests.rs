use super::*;
use crate::catalog::catalog;

#[test]
fn what_is_held_is_of_known_types_and_fields() {
    assert!(!all().is_empty());
    for (object, bodies) in all() {
        let entity = catalog().by_key(object).unwrap();
        for name in bodies.iter().flat_map(Body::keys) {
            assert!(entity.field(name).is_some(), "{object} has no field {name}");
        }
    }
}
