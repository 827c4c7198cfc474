//! Checks the rules of an entity type against its facts: every name must exist, and every rule must have
//! an effect.

use super::join::EntityJoin;
use super::model::{PLAIN, Removal};
use super::operation::OperationKind;
use super::rules::EntityRule;
use super::shape::{Kind, Member, Shape, at, find};

impl EntityJoin {
    /// Checks the rules about Stripe's responses.
    pub fn check_fields(&mut self, rule: &EntityRule) {
        let v2 = self.entity.is_v2();
        let named = rule.omitted.iter().chain(&rule.sensitive).chain(&rule.public).chain(&rule.answered_once);
        // Version 2 has its own words for what a call may include.
        for field in named.chain(rule.expand.iter().filter(|_| !v2)) {
            let known = self.entity.field_at(field).is_some();
            self.require(known, || format!("there is no field {field:?}"));
        }
        // A field that a call sets must be read, otherwise its drift would not be seen.
        let open = rule.omitted.iter().filter(|field| !rule.sensitive.contains(field));
        for field in open {
            let calls =
                [OperationKind::Create, OperationKind::Update].map(|kind| self.entity.operation(kind));
            let is_set = calls.into_iter().flatten().any(|call| call.param(field).is_some());
            let asked = rule.expand.contains(field);
            self.require(asked || !is_set, || {
                format!("omitted: {field:?} is set by a call, and not in `expand`")
            });
        }
        let naming = rule.ends_with.iter().map(|rule| &rule.field).chain(&rule.takes_along);
        for field in naming.chain(&rule.keeps) {
            let known = self.entity.field(field).is_some();
            self.require(known, || format!("there is no field {field:?}"));
        }
        for param in &rule.natural_keys {
            let create = self.entity.operation(OperationKind::Create);
            let known = create.is_some_and(|create| create.param(param).is_some());
            self.require(known && self.entity.field(param).is_some(), || {
                format!("natural_keys: {param:?} is no param of a create and field of an answer")
            });
        }
        for path in rule.words.null.keys().chain(&rule.words.implied) {
            let first = path.split('.').next().unwrap_or_default();
            self.require(self.entity.field(first).is_some(), || format!("there is no field {path:?}"));
        }
        for param in rule.list_with.keys().chain(&rule.list_by) {
            let list = self.entity.operation(OperationKind::List);
            let known = list.is_some_and(|list| list.param(param).is_some());
            self.require(known, || format!("a list takes no param {param:?}"));
        }
        let deletes = self.entity.operation(OperationKind::Delete).is_some();
        self.require(rule.keeps.is_empty() || !deletes, || "keeps: it can be deleted itself".to_owned());
        for param in &rule.list_by {
            let known = self.entity.field(param).is_some();
            self.require(known, || format!("list_by: there is no field {param:?}"));
        }
        for list in rule.items.keys() {
            let update = self.entity.operation(OperationKind::Update);
            let known = update.is_some_and(|update| update.param(list).is_some());
            self.require(known && self.entity.field(list).is_some(), || {
                format!("items: {list:?} is no list that an update takes and an answer has")
            });
        }
        let can_preexist = !self.entity.creates() && self.entity.operation(OperationKind::Update).is_some();
        self.require(!rule.preexisting || can_preexist, || {
            "preexisting: it is created, or cannot be changed".to_owned()
        });
    }

    /// Checks the rules about params that Stripe accepts and never returns.
    pub fn check_params(&mut self, rule: &EntityRule) {
        let params =
            |kind| self.entity.operation(kind).map(|operation| operation.params.clone()).unwrap_or_default();
        let (create, update) = (params(OperationKind::Create), params(OperationKind::Update));
        let is_param = |path: &str| at(&create, path).or_else(|| at(&update, path)).is_some();
        for path in rule.modifiers.iter().chain(rule.transfers.values()).chain(&rule.recreates) {
            let known = is_param(path) && self.entity.field_at(path).is_none();
            self.require(known, || format!("{path:?} is no param, or Stripe answers it"));
        }
        for param in &rule.plain {
            let known = find(&update, param).is_some() && self.entity.field(param).is_some();
            self.require(known, || {
                format!("plain: {param:?} is no param of an update and field of an answer")
            });
            let idle = PLAIN.contains(&param.as_str());
            self.require(!idle, || format!("plain: {param:?} is such by itself"));
        }
        for path in rule.words.usual.keys() {
            let steps: Vec<&str> = path.split('.').collect();
            let (name, above) = steps.split_last().unwrap_or((&"", &[]));
            let is_taken = inside(&create, above).is_some_and(|members| find(members, name).is_some());
            self.require(is_taken && !rule.defaults.contains_key(path), || {
                format!("words: {path:?} is no param of a create, or a default")
            });
        }
        for (param, tells) in &rule.words.told_by {
            let known = is_param(param) && self.entity.field(param).is_none();
            self.require(known && self.entity.field(&tells.field).is_some(), || {
                format!("words: {param:?} is no param, or Stripe answers it, or has no {:?}", tells.field)
            });
        }
        for path in &rule.recreates {
            let needed = !update.is_empty() && at(&update, path).is_none();
            self.require(needed, || format!("recreates: {path:?} makes a new entity without the rule"));
        }
        for (field, params) in &rule.follows {
            let known = is_param(field) && self.entity.field(field).is_some();
            let updated = params.iter().all(|param| at(&update, param).is_some());
            self.require(known && updated, || {
                format!("follows: {field:?} is no param and field, or follows none")
            });
        }
        for name in rule.transfers.keys().chain(&rule.drifting).chain(&rule.advancing) {
            let named = is_param(name) && self.entity.field(name).is_some();
            self.require(named, || format!("transfers, drifting, advancing: {name:?} is no param and field"));
        }
    }

    /// Checks that a removal names what Stripe has.
    pub fn check_removal(&mut self, removal: &Removal) {
        match removal {
            Removal::Delete => self.require_delete(),
            Removal::Archive { param, .. } => self.require_update_param(param),
            Removal::DeleteOrArchive { param, .. } => {
                self.require_delete();
                self.require_update_param(param);
            }
            Removal::Call { action, otherwise, with, when, ended, .. } => {
                self.require_action(action);
                if let Some(action) = otherwise {
                    self.require_action(action);
                }
                for field in with {
                    let known = self.entity.field(field).is_some();
                    self.require(known, || format!("removal: there is no field {field:?}"));
                }
                self.require_states([when, ended]);
            }
            Removal::CallWhileSet { action, field } => {
                self.require_action(action);
                let known = self.entity.field_at(field).is_some();
                self.require(known, || format!("removal: there is no field {field:?}"));
            }
            Removal::DeleteOrCall { delete_when, action, when, ended } => {
                self.require_delete();
                self.require_action(action);
                self.require_states([delete_when, when, ended]);
            }
            Removal::Forget => {}
        }
    }

    fn require_delete(&mut self) {
        let known = self.entity.operation(OperationKind::Delete).is_some();
        self.require(known, || "removal: Stripe has no DELETE for it".to_owned());
    }

    pub fn require_update_param(&mut self, param: &str) {
        let update = self.entity.operation(OperationKind::Update);
        let known = update.is_some_and(|update| update.param(param).is_some());
        self.require(known, || format!("removal: an update takes no param {param:?}"));
    }

    pub fn require_action(&mut self, name: &str) {
        let known = self.entity.actions.iter().any(|action| action.name == name);
        self.require(known, || format!("removal: there is no action {name:?}"));
    }

    fn require_states<const N: usize>(&mut self, lists: [&Vec<String>; N]) {
        let known = self.entity.field("status").map(Shape::values).unwrap_or_default().to_vec();
        for state in lists.into_iter().flatten() {
            self.require(known.contains(state), || format!("removal: no status is {state:?}"));
        }
    }
}

/// Returns the members below these steps, also in the items of lists and the values of maps.
pub fn inside<'m>(members: &'m [Member], steps: &[&str]) -> Option<&'m [Member]> {
    let Some((first, rest)) = steps.split_first() else { return Some(members) };
    let shape = &find(members, first)?.shape;
    let shape = match &shape.kind {
        Kind::List(inner) | Kind::Set(inner) | Kind::Map(inner) => inner,
        _ => shape,
    };
    inside(shape.members()?, rest)
}
