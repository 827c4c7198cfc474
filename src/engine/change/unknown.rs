//! Compares params that are still unknown. An apply cannot turn a planned update into a replacement, so a
//! change that may need a new object is planned as a replacement.

use serde_json::Value as Json;

use super::{ParamDiff, ParamSets};
use crate::catalog::names::join_path;
use crate::catalog::{Entity, Member, Shape, at, find};
use crate::engine::Params;

impl ParamDiff<'_> {
    /// Notes the change of a value that is still unknown.
    pub(super) fn unknown(&mut self, at: &str, path: &[String], before: &Params, members: ParamSets<'_>) {
        let inside = |param: &String| param == at || param.starts_with(&format!("{at}."));
        let mut settled = self.entity.settled.keys().filter(|param| inside(param));
        if !updates(members.updatable, path) {
            self.fixed(at.to_owned());
        } else if may_need_new(self.entity, members, at)
            || settled.any(|param| self.is_settled(param, value_at(before, param)))
        {
            self.change.replaces.push(at.to_owned());
        } else {
            self.change.unknown = true;
        }
    }
}

/// Whether an update takes the value at a path.
fn updates(members: &[Member], path: &[String]) -> bool {
    let Some((name, rest)) = path.split_first() else { return true };
    find(members, name).is_some_and(|member| match (member.shape.members(), member.shape.item()) {
        (Some(members), _) => updates(members, rest),
        // After a list, the next step of the path is the position of an item.
        (None, Some(item)) => {
            item.members().is_none_or(|members| updates(members, rest.get(1..).unwrap_or_default()))
        }
        (None, None) => true,
    })
}

/// Whether an unknown value at a path may turn out to contain something that no update takes.
fn may_need_new(entity: &Entity, params: ParamSets<'_>, path: &str) -> bool {
    let (known, updatable) = (at(params.known, path), at(params.updatable, path));
    known.zip(updatable).is_some_and(|(known, updatable)| {
        let named_by = entity.items.get(path).map(|rule| rule.by.as_str());
        let lacks_name = |by| updatable.item().and_then(|item| item.member(by)).is_none();
        !takes_all(entity, path, known, updatable) || named_by.is_some_and(lacks_name)
    })
}

/// The value at a path of params.
fn value_at<'p>(params: &'p Params, path: &str) -> Option<&'p Json> {
    let mut names = path.split('.');
    let first = params.get(names.next()?);
    names.fold(first, |value, name| value?.get(name))
}

/// Whether an update takes everything, at any depth, that a create takes, except params that have an effect
/// only at creation.
fn takes_all(entity: &Entity, path: &str, known: &Shape, updatable: &Shape) -> bool {
    let members = known.members().unwrap_or_default();
    members.iter().all(|member| {
        let path = join_path(path, &member.name);
        let takes = |there: &Member| takes_all(entity, &path, &member.shape, &there.shape);
        entity.acts_at_creation(&path) || updatable.member(&member.name).is_some_and(takes)
    })
}

/// Removes the value at a path.
pub(super) fn remove(params: &mut Params, path: &[String]) {
    match path.split_first() {
        Some((name, [])) => drop(params.shift_remove(name)),
        Some((name, rest)) => match params.get_mut(name) {
            Some(Json::Object(inside)) => remove(inside, rest),
            // A list that contains something unknown is unknown as a whole.
            _ => drop(params.shift_remove(name)),
        },
        None => {}
    }
}
