//! Joins facts and rules into the catalog. A rule that names something the facts lack, or that changes
//! nothing, stops the build.

use std::collections::BTreeMap;

use super::check::inside;
use super::lists::mark_sets;
use super::model::{Entity, Parent, Removal, Restoration, parents};
use super::operation::{Action, Operation, OperationKind, OutputShape};
use super::references::References;
use super::refine::refine;
use super::rules::{ActionRule, EntityRule, Rules};
use super::shape::{Clearing, at, find};
use super::spelling::{pascal_case, plural, usual_name};

/// The result of joining.
#[derive(Debug, Default)]
pub struct Joined {
    /// The entity types, sorted by name.
    pub entities: Vec<Entity>,
    /// All contradictions, as sentences.
    pub problems: Vec<String>,
}

/// Joins the facts, by key, with the rules.
pub fn join(facts: BTreeMap<String, Entity>, rules: &Rules, references: &References) -> Joined {
    let mut joined = Joined::default();
    let missing = rules.keys().filter(|key| !facts.contains_key(*key));
    joined.problems.extend(missing.map(|key| format!("{key}: there is no such object and no such service")));
    let usual = EntityRule::default();
    for (key, entity) in facts {
        let mut join = EntityJoin { entity, problems: Vec::new() };
        join.apply(rules.get(&key).unwrap_or(&usual));
        joined.problems.extend(join.problems.iter().map(|what| format!("{key}: {what}")));
        joined.entities.push(join.entity);
    }
    check_users(&joined.entities, &mut joined.problems);
    find_parents(&mut joined.entities, &mut joined.problems);
    joined.problems.extend(refine(&mut joined.entities, references));
    joined.entities.sort_by(|a, b| a.name.cmp(&b.name));
    check_names(&joined.entities, &mut joined.problems);
    joined
}

/// Notes the parents of each entity type: the objects at the paths that end with their placeholders.
fn find_parents(entities: &mut [Entity], problems: &mut Vec<String>) {
    let at_path = |path: &str| {
        let is_at = |operation: &Operation| operation.path == path;
        entities.iter().find(|entity| entity.operations.iter().any(is_at)).map(|entity| entity.object.clone())
    };
    let mut parent = |path: &str, placeholder: &str| {
        let (before, _) = path.split_once(&format!("{{{placeholder}}}"))?;
        let object = at_path(&format!("{before}{{id}}"));
        if object.is_none() {
            problems.push(format!("{path}: nothing is at the path of {placeholder:?}"));
        }
        Some(Parent { placeholder: placeholder.to_owned(), object: object? })
    };
    let found: Vec<Vec<Parent>> = entities
        .iter()
        .map(|entity| {
            let addressed = entity.operations.iter().find(|it| it.kind != OperationKind::Search);
            let path = addressed.map(|operation| operation.path.as_str()).unwrap_or_default();
            parents(path).filter_map(|placeholder| parent(path, placeholder)).collect()
        })
        .collect();
    for (entity, parents) in entities.iter_mut().zip(found) {
        entity.belongs_to = parents;
    }
}

/// Checks that each name, in any spelling, belongs to only one thing.
fn check_names(entities: &[Entity], problems: &mut Vec<String>) {
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    for entity in entities {
        let spellings = [&entity.name, &entity.key].into_iter().chain(&entity.aliases);
        for spelling in spellings {
            let owner = taken.entry(spelling.to_lowercase()).or_insert(&entity.name);
            if *owner != entity.name {
                problems.push(format!("{}: {spelling:?} is a name of {owner} already", entity.object));
            }
        }
    }
    let mut actions: BTreeMap<String, &str> = BTreeMap::new();
    for entity in entities {
        for action in &entity.actions {
            if let Some(other) = actions.insert(action.name.to_lowercase(), &entity.name) {
                problems.push(format!("{}: {} is an action of {other} already", entity.object, action.name));
            }
        }
    }
}

/// Checks that the users of an entity can be listed by it.
fn check_users(entities: &[Entity], problems: &mut Vec<String>) {
    for entity in entities {
        for (object, param) in &entity.used_by {
            let user = entities.iter().find(|it| it.key == *object);
            let list = user.and_then(|user| user.operation(OperationKind::List));
            if list.is_none_or(|list| list.param(param).is_none()) {
                problems.push(format!("{}: used_by: no {object} is listed by {param:?}", entity.key));
            }
        }
    }
}

/// An entity type whose rule is being applied.
pub struct EntityJoin {
    pub entity: Entity,
    /// The faults of its rule.
    pub problems: Vec<String>,
}

impl EntityJoin {
    fn apply(&mut self, rule: &EntityRule) {
        let usual = usual_name(&self.entity.key, &self.entity.object);
        self.require(rule.name.as_ref() != Some(&usual), || format!("name = {usual:?} is the usual one"));
        self.entity.name = rule.name.clone().unwrap_or(usual);
        self.apply_aliases(rule);
        self.entity.id_prefix.clone_from(&rule.id_prefix);
        self.entity.omitted.clone_from(&rule.omitted);
        self.entity.expand.clone_from(&rule.expand);
        self.entity.sensitive.clone_from(&rule.sensitive);
        self.entity.public.clone_from(&rule.public);
        self.entity.answered_once.clone_from(&rule.answered_once);
        self.entity.list_with.clone_from(&rule.list_with);
        self.entity.list_by.clone_from(&rule.list_by);
        self.entity.keeps.clone_from(&rule.keeps);
        self.entity.items.clone_from(&rule.items);
        self.entity.preexisting = rule.preexisting;
        self.entity.irrevocable = rule.irrevocable;
        self.entity.ends_with.clone_from(&rule.ends_with);
        self.entity.takes_along.clone_from(&rule.takes_along);
        self.entity.natural_keys.clone_from(&rule.natural_keys);
        self.entity.used_by.clone_from(&rule.used_by);
        self.entity.modifiers.clone_from(&rule.modifiers);
        self.entity.recreates.clone_from(&rule.recreates);
        self.entity.drifting.clone_from(&rule.drifting);
        self.entity.advancing.clone_from(&rule.advancing);
        self.entity.follows.clone_from(&rule.follows);
        self.entity.plain.clone_from(&rule.plain);
        self.entity.transfers.clone_from(&rule.transfers);
        self.entity.words.clone_from(&rule.words);
        self.check_fields(rule);
        self.check_params(rule);
        self.apply_actions(&rule.actions);
        self.apply_removal(rule.removal.as_ref());
        self.apply_restoration(rule);
        self.apply_defaults(rule);
        self.apply_settled(rule);
        self.problems.extend(mark_sets(&mut self.entity, rule));
    }

    fn apply_aliases(&mut self, rule: &EntityRule) {
        let usual = plural(&self.entity.name);
        self.require(!rule.aliases.contains(&usual), || format!("alias {usual:?} is a usual one"));
        self.entity.aliases = rule.aliases.iter().cloned().chain([usual]).collect();
    }

    fn apply_actions(&mut self, rules: &BTreeMap<String, ActionRule>) {
        for verb in rules.keys() {
            let known = self.entity.actions.iter().any(|action| action.name == *verb);
            self.require(known, || format!("there is no action {verb:?}"));
        }
        let mut actions = std::mem::take(&mut self.entity.actions);
        for action in &mut actions {
            let rule = rules.get(&action.name);
            let usual = pascal_case(&action.name) + &self.entity.name;
            action.path_inputs = path_inputs(&action.path, &self.entity.name);
            if let Some(rule) = rule {
                self.apply_action(action, rule, &usual);
            }
            action.name = rule.and_then(|rule| rule.name.clone()).unwrap_or(usual);
        }
        actions.sort_by(|a, b| a.name.cmp(&b.name));
        self.entity.actions = actions;
    }

    fn apply_action(&mut self, action: &mut Action, rule: &ActionRule, usual: &str) {
        let verb = &action.name;
        self.require(rule.name.as_deref() != Some(usual), || format!("{verb}: the name is the usual one"));
        let idle = rule.name.is_none() && rule.renames.is_empty() && rule.required.is_empty();
        self.require(!idle || !rule.output.is_record(), || format!("{verb}: the rule changes nothing"));
        for param in rule.renames.keys().chain(&rule.required).chain(rule.stand_ins.values()) {
            let known = action.params.iter().any(|known| known.name == *param);
            self.require(known, || format!("{verb}: there is no param {param:?}"));
        }
        for param in &rule.required {
            let optional =
                action.params.iter().any(|known| known.name == *param && !known.shape.is_required());
            self.require(optional, || format!("{verb}: Stripe requires {param:?} already"));
        }
        for param in rule.stand_ins.keys() {
            self.require(rule.required.contains(param), || format!("{verb}: {param:?} is not required"));
        }
        if let OutputShape::Field { field, .. } = &rule.output {
            let known = action.returns != self.entity.object || self.entity.field_at(field).is_some();
            self.require(known, || format!("{verb}: there is no field {field:?}"));
        }
        action.renames.clone_from(&rule.renames);
        action.required_inputs.clone_from(&rule.required);
        action.stand_ins.clone_from(&rule.stand_ins);
        action.output = rule.output.clone();
    }

    /// Applies the rule, else a DELETE. An object that Terraform can create and Stripe cannot delete needs
    /// a rule.
    fn apply_removal(&mut self, rule: Option<&Removal>) {
        let deletes = self.entity.operation(OperationKind::Delete).is_some();
        self.require(!deletes || rule != Some(&Removal::Delete), || {
            "removal: a DELETE is the usual one".to_owned()
        });
        let needless = !self.entity.creates() && !self.entity.preexisting && rule == Some(&Removal::Forget);
        self.require(!needless, || "removal: nothing creates it".to_owned());
        let undecided = self.entity.creates() && !deletes && rule.is_none();
        self.require(!undecided, || {
            "removal: Stripe has no DELETE for it, so a rule must say what ends it".to_owned()
        });
        let usual = if deletes { Removal::Delete } else { Removal::Forget };
        self.entity.removal = rule.cloned().unwrap_or(usual);
        if let Some(rule) = rule {
            self.check_removal(rule);
        }
    }

    /// Applies the rule, else the usual restoration for the removal.
    fn apply_restoration(&mut self, rule: &EntityRule) {
        let usual = Restoration::of(&self.entity.removal);
        let needless = rule.restoration.as_ref() == Some(&usual);
        self.require(!needless, || "restoration: it follows from the removal".to_owned());
        match &rule.restoration {
            Some(Restoration::Update { param, .. }) => self.require_update_param(param),
            Some(Restoration::Call(action)) => self.require_action(action),
            _ => {}
        }
        for field in rule.ended.keys() {
            let known = self.entity.field(field).is_some();
            self.require(known, || format!("ended: there is no field {field:?}"));
        }
        self.entity.ended.clone_from(&rule.ended);
        self.entity.restoration = rule.restoration.clone().unwrap_or(usual);
    }

    /// Applies the defaults, which must be for params that an update accepts and the empty text does not
    /// unset.
    fn apply_defaults(&mut self, rule: &EntityRule) {
        let update = self.entity.operation(OperationKind::Update);
        let params = update.map(|update| update.params.clone()).unwrap_or_default();
        for path in rule.defaults.keys() {
            let unsettable = at(&params, path).is_some_and(|shape| shape.clearing == Clearing::Never);
            self.require(unsettable, || format!("defaults: an update takes no {path:?}, or unsets it"));
        }
        self.entity.defaults.clone_from(&rule.defaults);
    }

    /// Applies the settled and the superseded params, which must be params of an update.
    fn apply_settled(&mut self, rule: &EntityRule) {
        let update = self.entity.operation(OperationKind::Update);
        let params = update.map(|update| update.params.clone()).unwrap_or_default();
        for path in rule.settled.keys() {
            self.require(at(&params, path).is_some(), || format!("settled: an update takes no {path:?}"));
        }
        self.entity.settled.clone_from(&rule.settled);
        for (path, newer) in &rule.superseded {
            let steps: Vec<&str> = path.split('.').collect();
            let above = steps.split_last().map(|(_, above)| above).unwrap_or_default();
            for name in [steps.last().copied().unwrap_or_default(), newer] {
                let is_taken = inside(&params, above).is_some_and(|members| find(members, name).is_some());
                self.require(is_taken, || format!("superseded: an update takes no {name:?} at {path:?}"));
            }
        }
        self.entity.superseded.clone_from(&rule.superseded);
    }

    /// Notes a problem unless something holds.
    pub fn require(&mut self, holds: bool, problem: impl FnOnce() -> String) {
        if !holds {
            self.problems.push(problem());
        }
    }
}

/// Returns the payload keys of a path: the ids of the entity's parents, then its own.
fn path_inputs(path: &str, entity: &str) -> Vec<String> {
    let own = path.split('/').any(|segment| segment == "{id}").then(|| format!("{entity}Id"));
    parents(path).map(|parent| pascal_case(parent) + "Id").chain(own).collect()
}
