//! Compares two sets of params: which changes an update sends, which need a new object, and which removals no
//! call can make.

use serde_json::{Map, Value as Json};

use crate::catalog::names::join_path;
use crate::catalog::{Clearing, Entity, Kind, Member, OperationKind, Shape, find, other_spelling};
use crate::engine::compare::{equal, fits, inside, is_respelled};
use crate::engine::items::ItemKeys;
use crate::engine::{DesiredParams, Params};

use unknown::remove;

mod unknown;

/// What is needed to change an object from one set of params to another.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// The params that an update sends: changed ones, and the values that clear removed ones.
    pub update: Params,
    /// The paths of changed params that only a new object can have: `currency`, `fixed_amount.amount`.
    pub replaces: Vec<String>,
    /// The paths of removed params that no call clears: Stripe keeps their values.
    pub uncleared: Vec<String>,
    /// The paths of changed params that have an effect only at creation: nothing is sent for them.
    pub at_creation: Vec<String>,
    /// Whether a param that an update takes is still unknown.
    pub unknown: bool,
    /// How the object is restored, in addition to the update, because it has ended in Stripe.
    pub restores: Option<Restores>,
}

/// How an object that has ended in Stripe is restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restores {
    /// The update brings it back.
    Update,
    /// This action brings it back.
    Call(&'static str),
    /// A new object takes its place.
    Replace,
}

impl Change {
    /// Whether nothing has changed.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Whether only a new object can meet the configuration.
    pub fn needs_new(&self) -> bool {
        !self.replaces.is_empty() || self.restores == Some(Restores::Replace)
    }
}

/// The change from `before` to `desired`. A value that is still unknown counts as changed. If any
/// part of it may need a new object, a replacement is planned, because an apply cannot turn a
/// planned update into a replacement.
pub(super) fn between(entity: &Entity, before: &Params, desired: &DesiredParams) -> Change {
    let update = entity.operation(OperationKind::Update).map(|update| update.params.as_slice());
    let mut differ = ParamDiff { entity, unknown: &desired.unknown, change: Change::default() };
    let params = ParamSets { known: entity.params(), updatable: update.unwrap_or_default() };
    let mut before = before.clone();
    for path in &desired.unknown {
        let at = path.join(".");
        if !entity.is_modifier(&at) {
            differ.unknown(&at, path, &before, params);
        }
        remove(&mut before, path);
    }
    let update = differ.object("", &before, &desired.params, params);
    differ.change.update = with_modifiers(entity, update, &desired.params, params.updatable);
    differ.change
}

/// Adds to an update the params that say how it is done. An empty update stays empty.
fn with_modifiers(entity: &Entity, mut update: Params, desired: &Params, updatable: &[Member]) -> Params {
    if !update.is_empty() {
        let modifiers = desired.iter().filter(|(name, _)| entity.is_modifier(name));
        let taken = modifiers.filter(|(name, _)| find(updatable, name).is_some());
        update.extend(taken.map(|(name, value)| (name.clone(), value.clone())));
    }
    update
}

/// The members of one object: all that a create or an update takes, and those that an update takes.
#[derive(Clone, Copy)]
struct ParamSets<'m> {
    known: &'m [Member],
    updatable: &'m [Member],
}

/// What happens to a param that was removed.
enum RemovedParam {
    /// This value unsets it, or sets it to Stripe's default.
    Sent(Json),
    /// Nothing needs to be sent: the value is the same as without the param.
    Nothing,
    /// No call unsets it.
    Stays,
}

struct ParamDiff<'e> {
    entity: &'e Entity,
    unknown: &'e [Vec<String>],
    change: Change,
}

impl ParamDiff<'_> {
    /// The params of an update of one object: those that differ and can be updated.
    fn object(&mut self, place: &str, before: &Params, after: &Params, members: ParamSets<'_>) -> Params {
        let ParamSets { known, updatable } = members;
        let mut sent = Params::new();
        for (name, desired) in after {
            let shape = find(known, name).map(|param| &param.shape);
            let (at, old) = (join_path(place, name), before.get(name));
            if old.is_some_and(|old| equal(shape, old, desired))
                || self.says_nothing(desired, find(updatable, name))
                || old.is_none() && is_respelled(known, (name, desired), after, before)
                || self.entity.is_modifier(&at)
            {
                continue;
            }
            match find(updatable, name) {
                Some(param) if self.is_settled(&at, old) || !fits(desired, &param.shape) => self.fixed(at),
                Some(param) => {
                    if let Some(value) = self.value(&at, old, desired, (shape, &param.shape)) {
                        sent.insert(name.clone(), value);
                    }
                }
                None => self.fixed(at),
            }
        }
        sent.extend(self.gone(place, before, after, members));
        sent
    }

    /// Notes a changed value that no update takes: it needs a new object, unless the param has an effect only
    /// at creation and is never shown.
    fn fixed(&mut self, at: String) {
        if self.entity.acts_at_creation(&at) {
            self.change.at_creation.push(at);
        } else {
            self.change.replaces.push(at);
        }
    }

    /// Whether a param has a value that no update can change any more.
    fn is_settled(&self, at: &str, old: Option<&Json>) -> bool {
        let open = self.entity.settled.get(at);
        open.zip(old).is_some_and(|(open, old)| *old != "" && *old != open.as_str())
    }

    /// The values that unset removed params.
    fn gone(&mut self, place: &str, before: &Params, after: &Params, members: ParamSets<'_>) -> Params {
        let mut sent = Params::new();
        for (name, old) in before {
            let (at, param) = (join_path(place, name), find(members.updatable, name));
            let is_gone = after.get(name).is_none_or(|desired| self.says_nothing(desired, param));
            if !is_gone || self.says_nothing(old, param) {
                continue;
            }
            if self.is_set_otherwise(place, name, after, members.known) || self.entity.is_modifier(&at) {
                continue;
            }
            let removed = match param {
                Some(param) => self.removed(&at, old, &param.shape),
                None => RemovedParam::Stays,
            };
            match removed {
                RemovedParam::Sent(value) => drop(sent.insert(name.clone(), value)),
                RemovedParam::Nothing => {}
                RemovedParam::Stays if self.keeps_inside(&at) => {}
                RemovedParam::Stays => self.change.uncleared.push(at),
            }
        }
        sent
    }

    /// Whether a value is an empty list or map that unsets nothing, because a form cannot express it.
    fn says_nothing(&self, value: &Json, param: Option<&Member>) -> bool {
        let is_empty = match value {
            Json::Array(items) => items.is_empty(),
            Json::Object(members) => members.is_empty(),
            _ => false,
        };
        let unsets = param.is_none_or(|param| param.shape.clearing != Clearing::Never);
        is_empty && !unsets && !self.entity.is_v2()
    }

    /// Whether the other spelling of a removed param now sets its value.
    fn is_set_otherwise(&self, place: &str, name: &str, after: &Params, known: &[Member]) -> bool {
        other_spelling(known, name).is_some_and(|other| {
            let path = join_path(place, &other.name);
            after.contains_key(&other.name) || self.unknown.iter().any(|unknown| unknown.join(".") == path)
        })
    }

    /// A changed value as an update sends it: whole, without members that an update does not take, and with
    /// the values that clear removed members. Returns `None` if nothing is left to send.
    fn value(
        &mut self,
        at: &str,
        old: Option<&Json>,
        desired: &Json,
        (known, updatable): (Option<&Shape>, &Shape),
    ) -> Option<Json> {
        let (Json::Object(new), Some(members)) = (desired, updatable.members()) else {
            return Some(match (old, desired, updatable.map_value()) {
                (Some(Json::Object(old)), Json::Object(new), Some(value)) => {
                    let merged = self.merged(at, old, new, value);
                    return merged.as_object().is_some_and(|it| !it.is_empty()).then_some(merged);
                }
                (Some(Json::Array(old)), Json::Array(new), _) => self.items(at, old, new, (known, updatable)),
                _ => desired.clone(),
            });
        };
        let empty = Map::new();
        let old = old.and_then(Json::as_object).unwrap_or(&empty);
        let known = known.and_then(Shape::members).unwrap_or(members);
        let changed = self.object(at, old, new, ParamSets { known, updatable: members });
        if changed.is_empty() {
            return None;
        }
        let unchanged = new.iter().filter(|(name, _)| find(members, name).is_some());
        let mut whole: Params = unchanged.map(|(name, value)| (name.clone(), value.clone())).collect();
        whole.extend(changed);
        Some(Json::Object(whole))
    }

    /// The items of a list. Stripe replaces a list as a whole, unless its items have ids: then the members
    /// that were removed from an existing item are unset.
    fn items(
        &mut self,
        at: &str,
        old: &[Json],
        new: &[Json],
        (known, updatable): (Option<&Shape>, &Shape),
    ) -> Json {
        let keys = ItemKeys::of(self.entity, at);
        let (Some(keys), Some(members)) = (keys, item_members(updatable)) else {
            return Json::Array(new.to_vec());
        };
        let known = known.and_then(item_members).unwrap_or(members);
        if find(members, keys.by).is_none() {
            self.fixed_items(at, old, new, (&keys, known));
        }
        let items = new.iter().enumerate().map(|(place, item)| {
            let was = old.iter().find(|old| keys.is_told(item) && keys.are_same(old, item, known));
            match (was, item) {
                (Some(Json::Object(old)), Json::Object(new)) => {
                    let place = join_path(at, &place.to_string());
                    let members = ParamSets { known: members, updatable: members };
                    let changed = self.object(&place, old, new, members);
                    Json::Object(new.clone().into_iter().chain(changed).collect())
                }
                _ => item.clone(),
            }
        });
        Json::Array(items.collect())
    }

    /// Notes that a new object is needed if a list whose items cannot be updated gains or loses an item. An
    /// item whose key is still unknown may be any of the old ones.
    fn fixed_items(
        &mut self,
        at: &str,
        old: &[Json],
        new: &[Json],
        (keys, known): (&ItemKeys<'_>, &[Member]),
    ) {
        let mut left: Vec<&Json> = old.iter().collect();
        let mut take = |fits: &dyn Fn(&Json) -> bool| {
            left.iter().position(|item| fits(item)).map(|at| left.remove(at)).is_some()
        };
        let told = new.iter().enumerate().filter(|(_, item)| keys.is_told(item));
        let others: Vec<(usize, &Json)> =
            told.filter(|(_, item)| !take(&|old| keys.are_same(old, item, known))).collect();
        let added = others.into_iter().find(|_| !take(&|old| !keys.is_told(old)));
        let open = new.iter().filter(|item| !keys.is_told(item)).count();
        match added {
            Some((place, item)) => {
                let item_at = join_path(at, &place.to_string());
                self.change.replaces.push(join_path(&item_at, keys.place(item)));
            }
            None if left.len() > open => self.change.replaces.push(at.to_owned()),
            None => {}
        }
    }

    /// What happens to a removed value. If an object cannot be unset as a whole,
    /// its members are unset one by one.
    fn removed(&mut self, at: &str, old: &Json, shape: &Shape) -> RemovedParam {
        let unset = Json::String(String::new());
        let default = self.entity.defaults.get(at);
        match (&shape.clearing, default, old, &shape.kind) {
            (Clearing::Empty, ..) if *old == unset => RemovedParam::Nothing,
            (Clearing::Empty, ..) => RemovedParam::Sent(unset),
            (Clearing::Null, ..) => RemovedParam::Sent(Json::Null),
            (Clearing::Never, Some(default), ..) if equal(Some(shape), old, default) => RemovedParam::Nothing,
            (Clearing::Never, Some(default), ..) => RemovedParam::Sent(default.clone()),
            (Clearing::Never, None, Json::Object(old), Kind::Map(_)) if old.is_empty() => {
                RemovedParam::Nothing
            }
            (Clearing::Never, None, Json::Object(old), Kind::Map(value)) => {
                match self.merged(at, old, &Map::new(), value) {
                    Json::Object(sent) if sent.is_empty() => RemovedParam::Stays,
                    sent => RemovedParam::Sent(sent),
                }
            }
            (Clearing::Never, None, Json::Object(old), Kind::Object(members)) => {
                self.removed_members(at, old, members)
            }
            _ => RemovedParam::Stays,
        }
    }

    /// Unsets the members of an object one by one, and sends along those that Stripe requires.
    fn removed_members(&mut self, at: &str, old: &Params, members: &[Member]) -> RemovedParam {
        let both = ParamSets { known: members, updatable: members };
        let mut sent = self.object(at, old, &Map::new(), both);
        if sent.is_empty() {
            return if self.keeps_inside(at) { RemovedParam::Stays } else { RemovedParam::Nothing };
        }
        for member in members.iter().filter(|member| member.shape.is_required()) {
            match old.get(&member.name) {
                _ if sent.contains_key(&member.name) => {}
                Some(value) => drop(sent.insert(member.name.clone(), value.clone())),
                None => return RemovedParam::Stays,
            }
        }
        RemovedParam::Sent(Json::Object(sent))
    }

    /// A map in which removed keys are cleared, because Stripe merges maps key by key. Keys whose values are
    /// objects stay.
    fn merged(&mut self, at: &str, old: &Params, new: &Params, value: &Shape) -> Json {
        let unset = if value.clearing == Clearing::Null { Json::Null } else { Json::String(String::new()) };
        let (gone, uncleared): (Vec<&String>, Vec<&String>) =
            old.keys().filter(|key| !new.contains_key(*key)).partition(|_| is_key_removable(value));
        self.change.uncleared.extend(uncleared.into_iter().map(|key| join_path(at, key)));
        let gone = gone.into_iter().map(|key| (key.clone(), unset.clone()));
        let changed = new.iter().filter(|(key, desired)| {
            old.get(*key).is_none_or(|old| !equal(inside(None, key).or(Some(value)), old, desired))
        });
        changed.map(|(key, value)| (key.clone(), value.clone())).chain(gone).collect()
    }

    /// Whether the members inside `at` that stay have already been noted.
    fn keeps_inside(&self, at: &str) -> bool {
        let inside = format!("{at}.");
        self.change.uncleared.iter().any(|path| path.starts_with(&inside))
    }
}

/// The members of each item of a list.
fn item_members(list: &Shape) -> Option<&[Member]> {
    list.item().and_then(Shape::members)
}

/// Whether a call can remove a key from a map with values of this shape: texts, and values that can be unset.
fn is_key_removable(value: &Shape) -> bool {
    value.clearing != Clearing::Never || value.members().is_none()
}

#[cfg(test)]
mod tests;
