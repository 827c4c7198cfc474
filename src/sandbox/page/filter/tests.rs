use super::*;
use crate::catalog::{Entity, OperationKind, catalog};

/// Whether there is a field at a path, which may lead into a page of other objects or through an id.
fn is_field(entity: &Entity, path: &str) -> bool {
    let leads = |(at, _): (usize, &str)| {
        let (way, rest) = (path.get(..at)?, path.get(at + 1..)?);
        let named = catalog().by_key(entity.field_at(way)?.objects().first()?)?;
        Some(is_field(named, rest.strip_prefix("data.").unwrap_or(rest)))
    };
    entity.field_at(path).is_some() || path.match_indices('.').filter_map(leads).any(|it| it)
}

#[test]
fn every_row_is_about_a_param_of_a_list() {
    let table: Table = toml::from_str(include_str!("../filter.toml")).unwrap();
    for (key, params) in table {
        let entity = catalog().by_key(&key).unwrap();
        let list = entity.operation(OperationKind::List).unwrap();
        assert!(params.keys().all(|param| list.param(param).is_some()), "{key}");
        for path in params.values().map(|path| path.trim_start_matches(['!', '~', '*'])) {
            assert!(path.starts_with('_') || is_field(entity, path), "{key} has no {path}");
        }
    }
}
