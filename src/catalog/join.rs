//! Facts and rules become the catalog. A rule that names something the facts lack is a
//! problem, and so is a rule that changes nothing: both stop the build.

use std::collections::BTreeMap;

use super::model::{Action, Entity, Field, FieldKind, OperationKind, OutputShape, Removal};
use super::rules::{ActionRule, EntityRule, Rules, pascal_case};

/// What came of joining.
#[derive(Debug, Default)]
pub struct Joined {
    /// The entity types, sorted by name.
    pub entities: Vec<Entity>,
    /// Objects that have rules and no facts: the generator has not been run for them yet.
    pub missing: Vec<String>,
    /// Every other disagreement, as sentences.
    pub problems: Vec<String>,
}

/// Joins the facts, by object, with the rules.
pub fn join(mut facts: BTreeMap<String, Entity>, rules: &Rules) -> Joined {
    let mut joined = Joined::default();
    for (object, rule) in rules {
        match facts.remove(object) {
            Some(entity) => {
                let mut join = EntityJoin { entity, problems: Vec::new() };
                join.apply(rule);
                joined.problems.extend(join.problems.iter().map(|what| format!("{object}: {what}")));
                joined.entities.push(join.entity);
            }
            None => joined.missing.push(object.clone()),
        }
    }
    joined.problems.extend(facts.keys().map(|object| format!("{object}: has facts and no rule")));
    joined.entities.sort_by(|a, b| a.name.cmp(&b.name));
    check_names(&joined.entities, &mut joined.problems);
    joined
}

/// One name leads to one thing, however it is spelled.
fn check_names(entities: &[Entity], problems: &mut Vec<String>) {
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    for entity in entities {
        let spellings = [&entity.name, &entity.object].into_iter().chain(&entity.aliases);
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

struct EntityJoin {
    entity: Entity,
    problems: Vec<String>,
}

impl EntityJoin {
    fn apply(&mut self, rule: &EntityRule) {
        let usual = pascal_case(&self.entity.object);
        self.demand(rule.name.as_ref() != Some(&usual), || format!("name = {usual:?} is the usual one"));
        self.entity.name = rule.name.clone().unwrap_or(usual);
        self.entity.aliases.clone_from(&rule.aliases);
        self.entity.id_prefix.clone_from(&rule.id_prefix);
        self.entity.expand.clone_from(&rule.expand);
        self.entity.sensitive.clone_from(&rule.sensitive);
        self.entity.removal = rule.removal.clone();
        for field in rule.expand.iter().chain(&rule.sensitive) {
            let known = leads_somewhere(&self.entity.fields, field);
            self.demand(known, || format!("there is no field {field:?}"));
        }
        self.apply_actions(&rule.actions);
        self.check_removal(&rule.removal);
    }

    fn apply_actions(&mut self, rules: &BTreeMap<String, ActionRule>) {
        for verb in rules.keys() {
            let known = self.entity.actions.iter().any(|action| action.name == *verb);
            self.demand(known, || format!("there is no action {verb:?}"));
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
        self.demand(rule.name.as_deref() != Some(usual), || format!("{verb}: the name is the usual one"));
        let idle = rule.name.is_none() && rule.renames.is_empty() && rule.required.is_empty();
        self.demand(!idle || !rule.output.is_record(), || format!("{verb}: the rule changes nothing"));
        for param in rule.renames.keys().chain(&rule.required) {
            let known = action.params.iter().any(|known| known.name == *param);
            self.demand(known, || format!("{verb}: there is no param {param:?}"));
        }
        for param in &rule.required {
            let optional = action.params.iter().any(|known| known.name == *param && !known.required);
            self.demand(optional, || format!("{verb}: Stripe demands {param:?} already"));
        }
        if let OutputShape::Field { field, .. } = &rule.output {
            let known = action.returns != self.entity.object || leads_somewhere(&self.entity.fields, field);
            self.demand(known, || format!("{verb}: there is no field {field:?}"));
        }
        action.renames.clone_from(&rule.renames);
        action.required_inputs.clone_from(&rule.required);
        action.output = rule.output.clone();
    }

    fn check_removal(&mut self, removal: &Removal) {
        match removal {
            Removal::Delete => self.demand_delete(),
            Removal::Archive { param, .. } => self.demand_update_param(param),
            Removal::DeleteOrArchive { param, .. } => {
                self.demand_delete();
                self.demand_update_param(param);
            }
            Removal::Call { action, when, ended } => {
                self.demand_action(action);
                self.demand_states([when, ended]);
            }
            Removal::CallWhileSet { action, field } => {
                self.demand_action(action);
                let known = leads_somewhere(&self.entity.fields, field);
                self.demand(known, || format!("removal: there is no field {field:?}"));
            }
            Removal::DeleteOrCall { delete_when, action, when, ended } => {
                self.demand_delete();
                self.demand_action(action);
                self.demand_states([delete_when, when, ended]);
            }
            Removal::Forget => {}
        }
    }

    fn demand_delete(&mut self) {
        let known = self.entity.operation(OperationKind::Delete).is_some();
        self.demand(known, || "removal: Stripe has no DELETE for it".to_owned());
    }

    fn demand_update_param(&mut self, param: &str) {
        let update = self.entity.operation(OperationKind::Update);
        let known = update.is_some_and(|update| update.param(param).is_some());
        self.demand(known, || format!("removal: an update takes no param {param:?}"));
    }

    fn demand_action(&mut self, name: &str) {
        let known = self.entity.actions.iter().any(|action| action.name == name);
        self.demand(known, || format!("removal: there is no action {name:?}"));
    }

    fn demand_states<const N: usize>(&mut self, lists: [&Vec<String>; N]) {
        let known = match self.entity.field("status").map(|field| &field.kind) {
            Some(FieldKind::String { values }) => values.clone(),
            _ => Vec::new(),
        };
        for state in lists.into_iter().flatten() {
            self.demand(known.contains(state), || format!("removal: no status is {state:?}"));
        }
    }

    fn demand(&mut self, holds: bool, problem: impl FnOnce() -> String) {
        if !holds {
            self.problems.push(problem());
        }
    }
}

/// The payload keys of a path: ids of the entity's parents, then its own.
fn path_inputs(path: &str, entity: &str) -> Vec<String> {
    let mut inputs: Vec<String> = Vec::new();
    let mut before = "";
    for segment in path.split('/') {
        if let Some(param) = segment.strip_prefix('{').and_then(|param| param.strip_suffix('}')) {
            let parent = if param == "id" { before.trim_end_matches('s') } else { param };
            inputs.push(pascal_case(parent) + "Id");
        }
        before = segment;
    }
    if let Some(own) = inputs.last_mut() {
        *own = format!("{entity}Id");
    }
    inputs
}

/// Whether a dotted path leads to a field.
fn leads_somewhere(fields: &[Field], path: &str) -> bool {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let Some(field) = fields.iter().find(|field| field.name == name) else { return false };
    match (&field.kind, rest) {
        (_, None) => true,
        (FieldKind::Object(inner), Some(rest)) => leads_somewhere(inner, rest),
        _ => false,
    }
}
