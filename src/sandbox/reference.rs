//! References: a param that contains an id must name an existing object of the right type. The catalog knows
//! most of these params; `reference.toml` adds what the catalog does not say.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::catalog::embedded::embedded_table;
use crate::catalog::{Kind, Member, Shape, catalog, find};
use crate::sandbox::call::Call;
use crate::sandbox::check::child;
use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::store::Body;
use crate::sandbox::{auth_context, behaviour, substitute};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    unmade: BTreeMap<String, String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| embedded_table!("sandbox/reference.toml"));

/// Checks the ids in the params of a call; a call that only reads may name deleted objects.
pub(super) fn check(call: &Call<'_>, known: &[Member], reads: bool) -> ApiResult<()> {
    Check { call, reads }.members(known, &call.params, "")
}

struct Check<'c> {
    call: &'c Call<'c>,
    reads: bool,
}

impl Check<'_> {
    fn members(&self, known: &[Member], given: &Body, path: &str) -> ApiResult<()> {
        for (name, value) in given {
            if let Some(member) = find(known, name) {
                self.value(&member.shape, value, &child(path, name))?;
            }
        }
        Ok(())
    }

    fn value(&self, shape: &Shape, value: &Json, path: &str) -> ApiResult<()> {
        match value {
            Json::String(id) if !id.is_empty() => match ids(shape) {
                Some(objects) => self.id(objects, id, path),
                None => Ok(()),
            },
            Json::Object(given) => match (object(shape, given), shape.map_value()) {
                (Some(known), _) => self.members(known, given, path),
                (None, Some(inner)) => {
                    given.iter().try_for_each(|(name, value)| self.value(inner, value, &child(path, name)))
                }
                (None, None) => Ok(()),
            },
            Json::Array(items) => shape.item().map_or(Ok(()), |inner| {
                let mut numbered = items.iter().enumerate();
                numbered.try_for_each(|(at, item)| self.value(inner, item, &format!("{path}[{at}]")))
            }),
            _ => Ok(()),
        }
    }

    fn id(&self, objects: &[String], id: &str, path: &str) -> ApiResult<()> {
        for object in objects.iter().flat_map(substitute::accepted) {
            if self.is_one(object, id)? {
                return Ok(());
            }
        }
        let first = objects.first().map_or("", String::as_str);
        Err(ApiError::unknown_reference(first, id, path))
    }

    /// Whether an id belongs to an object of the type.
    fn is_one(&self, object: &str, id: &str) -> ApiResult<bool> {
        if behaviour::is_test_token(object, id)
            || behaviour::is_unmade(self.call, object, id)
            || self.call.caller.is_own_account(object, id)
        {
            return Ok(true);
        }
        let found = self.call.session.get(object, id)?;
        if found.is_some_and(|found| !found.gone || self.reads) {
            return Ok(true);
        }
        // A platform may filter by objects of its connected accounts.
        if self.reads && auth_context::is_connected(self.call.session, object, id)? {
            return Ok(true);
        }
        Ok(TABLE.unmade.contains_key(object) && self.looks_like_one(object, id)?)
    }

    /// Whether an id has the prefix of its type, or at least belongs to no other object.
    fn looks_like_one(&self, object: &str, id: &str) -> ApiResult<bool> {
        match catalog().by_key(object).map(|entity| entity.id_prefix.as_str()) {
            Some(prefix) if !prefix.is_empty() => Ok(id.starts_with(prefix)),
            _ => Ok(self.call.session.find(id)?.is_none()),
        }
    }
}

/// Returns the members of an object shape, or in a union, of the shape that has all the given members.
fn object<'s>(shape: &'s Shape, given: &Body) -> Option<&'s [Member]> {
    match &shape.kind {
        Kind::Object(members) => given.keys().all(|name| find(members, name).is_some()).then_some(members),
        Kind::Union(shapes) => shapes.iter().find_map(|shape| object(shape, given)),
        _ => None,
    }
}

/// Returns the types of objects whose id a text must be, or `None` if it may be any text.
fn ids(shape: &Shape) -> Option<&[String]> {
    match &shape.kind {
        Kind::Id(objects) => Some(objects),
        Kind::Union(shapes) if shapes.iter().all(|shape| !takes_any_text(shape)) => {
            shapes.iter().find_map(ids)
        }
        _ => None,
    }
}

fn takes_any_text(shape: &Shape) -> bool {
    shape.is_text() && !matches!(shape.kind, Kind::Id(_))
}

#[cfg(test)]
mod tests;
