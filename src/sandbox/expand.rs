//! Which fields a call may expand: what is or holds an object, as the catalog has it. It is asked
//! before the call is run, so that a wrong path is refused whatever the answer holds.

use crate::catalog::{Called, Entity, Kind, Member, OperationKind, Shape, catalog, find};
use crate::sandbox::error::{ApiError, ApiResult};

/// Deepest path that may be expanded.
const DEEPEST: usize = 4;

/// Expanded by a search it tells how many objects were found.
pub(super) const COUNT: &str = "total_count";

/// Refuses what the answer to a call cannot expand.
pub(super) fn check(entity: &Entity, called: Called, expand: &[String]) -> ApiResult<()> {
    let (is_list, is_search, answers) = match called {
        Called::Operation(operation) => {
            let searches = operation.kind == OperationKind::Search;
            (searches || operation.kind == OperationKind::List, searches, "")
        }
        Called::Action(action) => (false, false, action.returns.as_str()),
    };
    let tops = tops(entity, answers);
    for path in expand.iter().filter(|path| !is_search || *path != COUNT) {
        let segments: Vec<&str> = path.split('.').collect();
        if segments.len() > DEEPEST {
            return Err(ApiError::of("expanded_too_deep", &[("most", &DEEPEST), ("path", path)]));
        }
        let rest = if is_list { segments.strip_prefix(&["data"]) } else { Some(segments.as_slice()) };
        if rest.is_none() && leads(&tops, &segments) {
            return Err(ApiError::of("cannot_expand_outside_data", &[("path", path)]));
        }
        if !rest.is_some_and(|rest| rest.is_empty() || leads(&tops, rest)) {
            return Err(ApiError::of("cannot_expand", &[("path", path)]));
        }
    }
    Ok(())
}

/// The types of object that an answer may be of.
fn tops<'e>(entity: &'e Entity, answers: &str) -> Vec<&'e Entity> {
    let returned = catalog().by_object(answers).filter(|_| !answers.is_empty() && answers != entity.object);
    let others = entity.others.iter().filter_map(|object| catalog().by_object(object));
    let namesake = catalog().by_object(&entity.object);
    returned.map_or_else(
        || [Some(entity), namesake].into_iter().flatten().chain(others).collect(),
        |one| vec![one],
    )
}

/// Whether a path leads to something that can be expanded, in one of the types of object.
fn leads(tops: &[&Entity], path: &[&str]) -> bool {
    tops.iter().any(|entity| member_leads(&entity.fields, &entity.omitted, path))
}

fn member_leads(fields: &[Member], omitted: &[String], path: &[&str]) -> bool {
    let Some((name, rest)) = path.split_first() else { return false };
    let Some(field) = find(fields, name) else { return false };
    if rest.is_empty() && omitted.iter().any(|omitted| omitted.rsplit('.').next() == Some(*name)) {
        return true;
    }
    shape_leads(&field.shape, omitted, rest)
}

fn shape_leads(shape: &Shape, omitted: &[String], path: &[&str]) -> bool {
    match &shape.kind {
        Kind::Id(_) | Kind::Whole(_) => {
            path.is_empty()
                || objects(shape).any(|entity| member_leads(&entity.fields, &entity.omitted, path))
        }
        Kind::Page(_) => match path.split_first() {
            None | Some((&"data", [])) => true,
            Some((&"data", rest)) => objects(shape).any(|one| member_leads(&one.fields, &one.omitted, rest)),
            Some(_) => false,
        },
        Kind::Object(members) => path.is_empty() || member_leads(members, omitted, path),
        Kind::List(item) | Kind::Set(item) => shape_leads(item, omitted, path),
        Kind::Union(shapes) => shapes.iter().any(|shape| shape_leads(shape, omitted, path)),
        _ => false,
    }
}

fn objects(shape: &Shape) -> impl Iterator<Item = &'static Entity> {
    shape.objects().iter().filter_map(|object| catalog().by_object(object))
}
