//! An object's own call as an action: the values that fill its path are arguments like its params.

use crate::catalog::{ActionSummary, Kind, Member, Presence, Shape, catalog, find};
use crate::connector::ActionRef;
use crate::engine::{ActionInput, ParamError, ParamErrors, Params};
use crate::provider::explain::add_known_faults;
use crate::provider::metadata_rules::{METADATA, with_defaults};
use crate::provider::payload::known_part;
use crate::provider::typed::names::snake_case;
use crate::provider::typed::sentences::does;
use crate::provider::typed::surface::{Slot, Surface};
use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::value::Value;

/// An object's own call.
#[derive(Debug, Clone, Copy)]
pub(super) struct ObjectCall(ActionRef);

impl ObjectCall {
    /// Returns the call of an action.
    pub(super) fn of(summary: ActionSummary) -> Self {
        let (entity, action) = summary.action();
        Self(ActionRef { entity, action })
    }

    /// Describes what it does, without a full stop.
    pub(super) fn described(self) -> String {
        let action = self.0.action;
        let test = if action.path.contains("/test_helpers/") { " in test mode" } else { "" };
        match does(&action.name) {
            Some(does) => format!("{does}{test} (`{}`)", action.name),
            None => format!("Runs `{}`{test}", action.name),
        }
    }

    /// Returns the method and the path with its placeholders.
    pub(super) fn method_and_path(self) -> (&'static str, &'static str) {
        (self.0.action.method.as_str(), &self.0.action.path)
    }

    /// Returns the params of its body.
    pub(super) fn params(self) -> &'static [Member] {
        &self.0.action.params
    }

    /// Returns its arguments. The name of an object in the path loses its `_id`, as params name objects.
    pub(super) fn surface(self, type_name: &str) -> Surface {
        let Self(ActionRef { entity, action }) = self;
        let ids = action.path_inputs.iter().map(|input| Member::new(input.clone(), self.id(input)));
        let required = |param: &Member| {
            let shape = param.shape.clone();
            let is_input = action.required_inputs.contains(&param.name);
            let is_required = shape.is_required() || is_input && !action.stand_ins.contains_key(&param.name);
            let presence = if is_required { Presence::Required } else { shape.presence };
            Member::new(param.name.clone(), shape.with_presence(presence))
        };
        let params: Vec<Member> = ids.chain(action.params.iter().map(required)).collect();
        let mut surface = Surface::of_call(type_name, entity, &params);
        for slot in &mut surface.slots {
            if action.path_inputs.contains(&slot.member) {
                slot.name = snake_case(slot.member.strip_suffix("Id").unwrap_or(&slot.member));
            }
        }
        surface.slots.sort_by(|a, b| a.name.cmp(&b.name));
        surface
    }

    /// Returns the shape of an object id in the path.
    fn id(self, input: &str) -> Shape {
        let entity = input.strip_suffix("Id").and_then(|name| catalog().entity(name));
        Shape::new(Kind::Id(vec![entity.unwrap_or(self.0.entity).key.clone()]))
    }

    /// Returns the faults of a configuration, as far as it is known.
    pub(super) fn check(self, surface: &Surface, config: &Value) -> Diagnostics {
        let input = ActionInput::parse(self.0, &surface.written(config));
        let mut found = match &input {
            Ok(input) => surface.explain_unlisted(&input.unlisted_values()),
            Err(faults) => self.explain(surface, faults),
        };
        // If a value is unknown in part, its known part is checked too.
        let known = ActionInput::parse(self.0, &surface.written(&known_part(config))).err();
        let mut known = known.unwrap_or_default();
        known.retain(|fault| !matches!(fault, ParamError::Missing { .. }));
        add_known_faults(&mut found, self.explain(surface, &known));
        found
    }

    /// Returns what a configuration sends, with the metadata that every object gets.
    pub(super) fn input(
        self,
        surface: &Surface,
        config: &Value,
        defaults: Option<&Params>,
    ) -> Result<ActionInput, Diagnostics> {
        let mut written = surface.written(config);
        if let Some(defaults) = defaults.filter(|_| find(&self.0.action.params, METADATA).is_some()) {
            written.members = with_defaults(written.members, defaults);
        }
        ActionInput::parse(self.0, &written).map_err(|faults| self.explain(surface, &faults))
    }

    fn explain(self, surface: &Surface, faults: &ParamErrors) -> Diagnostics {
        let renames = &self.0.action.renames;
        let by_stripe = |fault: &ParamError| match fault {
            // The connector's payload has its own names.
            ParamError::Missing { param } => {
                let stripes = renames.iter().find(|(_, name)| *name == param);
                ParamError::Missing { param: stripes.map_or(param, |(own, _)| own).clone() }
            }
            other => other.clone(),
        };
        surface.explain_faults(&faults.iter().map(by_stripe).collect())
    }

    /// Returns the argument that names the call's object.
    pub(super) fn place(self, surface: &Surface) -> Option<&str> {
        let first = self.0.action.path_inputs.first()?;
        surface.argument(first).map(|slot: &Slot| slot.name.as_str())
    }

    /// Returns the payload key for one of Stripe's params: if the param is part of the path, the key that
    /// fills it.
    pub(super) fn input_of(self, param: &str) -> &str {
        let action = self.0.action;
        let mut parts = action.path.split('/').filter(|part| part.starts_with('{'));
        let at = parts.position(|part| part.trim_matches(['{', '}']) == param);
        let is_param = find(&action.params, param).is_some();
        at.filter(|_| !is_param).and_then(|at| action.path_inputs.get(at)).map_or(param, String::as_str)
    }
}
