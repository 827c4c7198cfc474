//! Finds objects by the types that a param or a field may name, since an id is unique only within its type.
//! `substitute.toml` says which types can stand in for which.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::catalog::embedded::embedded_table;
use crate::sandbox::error::ApiResult;
use crate::sandbox::store::{ObjectRow, Session};

static TABLE: LazyLock<BTreeMap<String, Vec<String>>> =
    LazyLock::new(|| embedded_table!("sandbox/substitute.toml"));

/// Returns a type and those that can stand in for it.
pub(super) fn accepted(object: &String) -> impl Iterator<Item = &String> {
    std::iter::once(object).chain(TABLE.get(object).into_iter().flatten())
}

/// Returns the object with this id that has one of these types or a type that can stand in for one, live
/// objects first. If no types are given, any type matches.
pub(super) fn found(session: &Session<'_>, objects: &[String], id: &str) -> ApiResult<Option<ObjectRow>> {
    if objects.is_empty() {
        return session.find(id);
    }
    let mut deleted = None;
    for object in objects.iter().flat_map(accepted) {
        match session.get(object, id)? {
            Some(stored) if stored.gone => deleted = deleted.or(Some(stored)),
            Some(stored) => return Ok(Some(stored)),
            None => {}
        }
    }
    Ok(deleted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::catalog;

    #[test]
    fn what_is_taken_in_the_place_of_what_are_types_of_objects() {
        let types = TABLE.iter().flat_map(|(object, others)| std::iter::once(object).chain(others));
        let strange: Vec<&String> = types.filter(|object| catalog().by_key(object).is_none()).collect();
        assert!(!TABLE.is_empty() && strange.is_empty(), "{strange:?}");
    }
}
