//! What a change of params means: what an update sends, what needs a new object, what stays.

use serde_json::{Map, Value as Json};

use crate::catalog::{Clearing, Entity, Kind, Member, OperationKind, Shape, find};
use crate::engine::compare::{equal, inside};
use crate::engine::params::dotted;
use crate::engine::{Params, Wanted};

/// What it takes to bring an object made from one set of params to another.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// What an update sends: changed params, and what clears removed ones.
    pub update: Params,
    /// Paths of params that only a new object can have: `currency`, `fixed_amount.amount`.
    pub replaces: Vec<String>,
    /// Paths of removed params that no call clears: Stripe keeps their values.
    pub stays: Vec<String>,
    /// Something that an update takes is not known yet.
    pub unknown: bool,
}

impl Change {
    /// Whether nothing has changed.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// The change from params to what is wanted. What is not known yet counts as changed.
pub(super) fn between(entity: &Entity, before: &Params, wanted: &Wanted) -> Change {
    let update = entity.operation(OperationKind::Update).map(|update| update.params.as_slice());
    let mut differ = Differ::default();
    let params = Members { known: entity.params(), updatable: update.unwrap_or_default() };
    let mut before = before.clone();
    for path in &wanted.unknown {
        remove(&mut before, path);
        if updates(params.updatable, path) {
            differ.change.unknown = true;
        } else {
            differ.change.replaces.push(path.join("."));
        }
    }
    differ.change.update = differ.object("", &before, &wanted.params, params);
    differ.change
}

/// Whether an update takes what stands at a path.
fn updates(members: &[Member], path: &[String]) -> bool {
    let Some((name, rest)) = path.split_first() else { return true };
    find(members, name).is_some_and(|member| match member.shape.members() {
        Some(members) => updates(members, rest),
        None => true,
    })
}

fn remove(params: &mut Params, path: &[String]) {
    match path.split_first() {
        Some((name, [])) => drop(params.shift_remove(name)),
        Some((name, rest)) => {
            if let Some(Json::Object(inside)) = params.get_mut(name) {
                remove(inside, rest);
            }
        }
        None => {}
    }
}

/// The members of one object: all that a create or an update takes, and those an update takes.
#[derive(Clone, Copy)]
struct Members<'m> {
    known: &'m [Member],
    updatable: &'m [Member],
}

#[derive(Default)]
struct Differ {
    change: Change,
}

impl Differ {
    /// The params of an update of one object: those that differ and can be updated.
    fn object(&mut self, place: &str, before: &Params, after: &Params, members: Members<'_>) -> Params {
        let Members { known, updatable } = members;
        let mut sent = Params::new();
        for (name, wanted) in after {
            let shape = find(known, name).map(|param| &param.shape);
            let old = before.get(name);
            if old.is_some_and(|old| equal(shape, old, wanted)) {
                continue;
            }
            let at = dotted(place, name);
            match find(updatable, name) {
                Some(param) => {
                    if let Some(value) = self.value(&at, old, wanted, (shape, &param.shape)) {
                        sent.insert(name.clone(), value);
                    }
                }
                None => self.change.replaces.push(at),
            }
        }
        for (name, old) in before.iter().filter(|(name, _)| !after.contains_key(*name)) {
            let at = dotted(place, name);
            let param = find(updatable, name).map(|param| &param.shape);
            match param.and_then(|shape| self.cleared(&at, old, shape)) {
                Some(value) => drop(sent.insert(name.clone(), value)),
                None if self.stays_inside(&at) => {}
                None => self.change.stays.push(at),
            }
        }
        sent
    }

    /// A changed value as an update sends it: whole, without what an update does not take, and
    /// with what clears members that were removed. None where nothing is left to send.
    fn value(
        &mut self,
        at: &str,
        old: Option<&Json>,
        wanted: &Json,
        (known, updatable): (Option<&Shape>, &Shape),
    ) -> Option<Json> {
        let (Json::Object(new), Some(members)) = (wanted, updatable.members()) else {
            return Some(match (old, wanted, updatable.map_value()) {
                (Some(Json::Object(old)), Json::Object(new), Some(value)) => merged(old, new, value),
                _ => wanted.clone(),
            });
        };
        let empty = Map::new();
        let old = old.and_then(Json::as_object).unwrap_or(&empty);
        let known = known.and_then(Shape::members).unwrap_or(members);
        let changed = self.object(at, old, new, Members { known, updatable: members });
        if changed.is_empty() {
            return None;
        }
        let unchanged = new.iter().filter(|(name, _)| find(members, name).is_some());
        let mut whole: Params = unchanged.map(|(name, value)| (name.clone(), value.clone())).collect();
        whole.extend(changed);
        Some(Json::Object(whole))
    }

    /// What clears a value that was removed; none where no call does. Members of an object that
    /// cannot be cleared as a whole are cleared one by one.
    fn cleared(&mut self, at: &str, old: &Json, shape: &Shape) -> Option<Json> {
        match (&shape.clearing, old, &shape.kind) {
            (Clearing::Empty, ..) => Some(Json::String(String::new())),
            (Clearing::Null, ..) => Some(Json::Null),
            (Clearing::Never, Json::Object(old), Kind::Map(value)) => Some(merged(old, &Map::new(), value)),
            (Clearing::Never, Json::Object(old), Kind::Object(members)) => {
                let members = Members { known: members, updatable: members };
                let cleared = self.object(at, old, &Map::new(), members);
                (!cleared.is_empty()).then_some(Json::Object(cleared))
            }
            _ => None,
        }
    }

    /// Whether it was said already which of the members at `at` stay.
    fn stays_inside(&self, at: &str) -> bool {
        let inside = format!("{at}.");
        self.change.stays.iter().any(|path| path.starts_with(&inside))
    }
}

/// A map with the keys that are gone cleared: Stripe merges maps key by key.
fn merged(old: &Params, new: &Params, value: &Shape) -> Json {
    let unset = if value.clearing == Clearing::Null { Json::Null } else { Json::String(String::new()) };
    let gone = old.keys().filter(|key| !new.contains_key(*key)).map(|key| (key.clone(), unset.clone()));
    let changed = new.iter().filter(|(key, wanted)| {
        old.get(*key).is_none_or(|old| !equal(inside(None, key).or(Some(value)), old, wanted))
    });
    changed.map(|(key, value)| (key.clone(), value.clone())).chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{Change, Wanted, between};
    use crate::connector::entity;

    fn change(name: &str, before: &Json, after: &Json) -> Change {
        let map = |value: &Json| value.as_object().unwrap().clone();
        let wanted = Wanted { params: map(after), unknown: Vec::new() };
        between(entity(name).unwrap(), &map(before), &wanted)
    }

    #[test]
    fn an_unknown_member_updates_where_an_update_takes_it_and_replaces_where_none_does() {
        let before = json!({"currency": "usd", "nickname": "A", "recurring": {"interval": "month"}});
        let unknown = |path: &[&str], after: Json| {
            let path = path.iter().map(|part| (*part).to_owned()).collect();
            let wanted = Wanted { params: after.as_object().unwrap().clone(), unknown: vec![path] };
            between(entity("Price").unwrap(), before.as_object().unwrap(), &wanted)
        };
        let found = unknown(&["nickname"], json!({"currency": "usd", "recurring": {"interval": "month"}}));
        assert_eq!(found, Change { unknown: true, ..Change::default() });
        let found =
            unknown(&["recurring", "interval"], json!({"currency": "usd", "nickname": "A", "recurring": {}}));
        assert_eq!(found, Change { replaces: vec!["recurring.interval".into()], ..Change::default() });
    }

    #[test]
    fn a_change_sends_what_differs_and_clears_what_is_gone() {
        let before = json!({"name": "A", "email": "a@b.c", "metadata": {"x": "1", "y": "2"}, "phone": "1"});
        let after = json!({"name": "A", "email": "c@b.c", "metadata": {"x": "1", "z": "3"}});
        let found = change("Customer", &before, &after);
        let expected = json!({"email": "c@b.c", "metadata": {"z": "3", "y": ""}, "phone": ""});
        assert_eq!(Json::Object(found.update), expected);
        assert!(found.stays.is_empty() && found.replaces.is_empty());
    }

    #[test]
    fn a_removed_param_that_no_call_clears_stays() {
        let found = change("Product", &json!({"name": "A", "active": true}), &json!({"name": "A"}));
        assert_eq!((found.update.len(), found.stays), (0, vec!["active".to_owned()]));
    }

    #[test]
    fn members_below_the_second_level_are_cleared() {
        let before = json!({"shipping": {"name": "A", "address": {"line1": "x", "line2": "y"}}});
        let after = json!({"shipping": {"name": "A", "address": {"line1": "x"}}});
        let found = change("Customer", &before, &after);
        let expected = json!({"shipping": {"name": "A", "address": {"line1": "x", "line2": ""}}});
        assert_eq!(Json::Object(found.update), expected);
    }

    #[test]
    fn replacement_is_decided_by_path() {
        let rate = |amount: u32, eur: u32| {
            json!({"display_name": "A", "fixed_amount": {"amount": amount, "currency": "usd",
                "currency_options": {"eur": {"amount": eur}}}})
        };
        let found = change("ShippingRate", &rate(5, 4), &rate(6, 4));
        assert_eq!(found.replaces, ["fixed_amount.amount"]);
        let found = change("ShippingRate", &rate(5, 4), &rate(5, 3));
        let expected = json!({"fixed_amount": {"currency_options": {"eur": {"amount": 3}}}});
        assert_eq!((found.replaces.len(), Json::Object(found.update)), (0, expected));
    }

    #[test]
    fn what_is_spelled_otherwise_is_no_change() {
        assert!(change("Price", &json!({"currency": "USD"}), &json!({"currency": "usd"})).is_nothing());
        let decimals = (json!({"unit_amount_decimal": "10.50"}), json!({"unit_amount_decimal": "10.5"}));
        assert!(change("Price", &decimals.0, &decimals.1).is_nothing());
        let renamed = change("Customer", &json!({"name": "acme gmbh"}), &json!({"name": "ACME GmbH"}));
        assert_eq!(Json::Object(renamed.update), json!({"name": "ACME GmbH"}));
    }

    #[test]
    fn version_two_is_unset_by_null() {
        let before = json!({"display_name": "A", "contact_email": "a@b.c"});
        let found = change("v2.core.account", &before, &json!({"display_name": "A"}));
        assert_eq!(Json::Object(found.update), json!({"contact_email": null}));
    }
}
