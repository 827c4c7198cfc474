//! Plans the change of an existing object: planned values, unknown values, replacements, and warnings.

use serde_json::Value as Json;

use crate::catalog::Restoration;
use crate::engine::{Change, Object, Params, PredictedObject, parse, without};
use crate::provider::messages::{ends, payload};
use crate::provider::metadata_rules::METADATA;
use crate::provider::object::ended_note;
use crate::provider::typed::answered::{METADATA_ALL, OUTPUT, shown_metadata};
use crate::provider::typed::config_params::{ConfigParams, keeps_metadata};
use crate::provider::typed::schema::REPLACE_IN_PLACE;
use crate::provider::typed::secrets::ROTATE_WHEN;
use crate::provider::typed::surface::{Repeats, Slot, SlotSyntax, Surface};
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::provider::PlanRequest;
use crate::terraform::value::{Path, Type, Value};

/// Fields that no call changes.
const FIXED: [&str; 9] = [
    "application",
    "client_secret",
    "created",
    "customer_account",
    "id",
    "livemode",
    "object",
    "type",
    "url",
];

/// A plan for an existing object.
pub(super) struct Planning<'p> {
    pub(super) surface: &'p Surface,
    pub(super) request: &'p PlanRequest,
    pub(super) object: &'p Object,
    /// The params that the resource last wrote.
    pub(super) written: &'p Params,
    pub(super) config_params: &'p ConfigParams,
    pub(super) change: &'p Change,
}

impl Planning<'_> {
    /// Plans the written arguments: the state's form if it means the same, else the configured one.
    pub(super) fn arguments(&self, planned: &mut Value) {
        for slot in self.surface.arguments() {
            let (prior, config) = (self.request.prior.get(&slot.name), self.request.config.get(&slot.name));
            let value = if !slot.is_unset(config) {
                if self.keeps(slot, prior) {
                    prior.clone()
                } else {
                    // No configuration wrote the values of an import.
                    let written = self.written.get(&slot.member).filter(|_| !self.object.imported);
                    slot.beside(config, prior, PriorParam { written, changes: self.touches(&slot.member) })
                }
            } else if self.object.imported || !self.written.contains_key(&slot.member) {
                // It was never written, so it was not removed.
                continue;
            } else if slot.presence.is_computed() {
                // Also for a value that Stripe keeps: otherwise the plan is empty, no apply drops the
                // param, and every plan repeats the warning.
                Value::Unknown
            } else {
                slot.nothing()
            };
            planned.set(&slot.name, value);
        }
    }

    /// Returns whether the state means the same as the configuration.
    fn keeps(&self, slot: &Slot, prior: &Value) -> bool {
        if self.touches(&slot.member) || slot.is_unset(prior) {
            return false;
        }
        if self.object.imported || !self.written.contains_key(&slot.member) {
            return self.says_the_same(slot, prior);
        }
        // A newly written value that Stripe already has is no change, but the state does not have it as
        // written.
        let only =
            |params: &Params| params.get_key_value(&slot.member).map(|(name, it)| (name.clone(), it.clone()));
        without(only(&self.config_params.own).into_iter().collect(), self.written).is_empty()
    }

    /// Returns whether an imported value, which no configuration wrote, is the wanted one.
    fn says_the_same(&self, slot: &Slot, prior: &Value) -> bool {
        let only = Value::map([(slot.name.clone(), prior.clone())]);
        let shown = parse(&self.surface.written(&only), self.surface.entity.params());
        shown.is_ok_and(|shown| shown.params.get(&slot.member) == self.config_params.own.get(&slot.member))
    }

    /// Returns whether the change concerns this param.
    fn touches(&self, param: &str) -> bool {
        let within = |path: &String| {
            path == param || path.strip_prefix(param).is_some_and(|rest| rest.starts_with('.'))
        };
        self.change.update.contains_key(param)
            || self.change.replaces.iter().any(within)
            || self.change.uncleared.iter().any(within)
            || self.change.at_creation.iter().any(within)
            || self
                .config_params
                .desired
                .unknown
                .iter()
                .any(|path| path.first().is_some_and(|first| first == param))
    }

    /// Plans the values that Stripe returns: unchanged, unless the change can affect them.
    pub(super) fn answers(&self, planned: &mut Value) {
        if self.change.is_nothing() {
            return;
        }
        let foreseen = self.object.predict(self.change);
        for slot in self.surface.slots.iter().filter(|slot| self.is_answered(slot)) {
            let value = self.foreseen(slot, foreseen.as_ref());
            planned.set(&slot.name, value);
        }
        if self.surface.has_output() {
            planned.set(OUTPUT, self.output());
        }
        if keeps_metadata(self.surface.entity) {
            planned.set(METADATA_ALL, self.all_metadata(foreseen.as_ref()));
        }
    }

    /// Returns all metadata after the change.
    fn all_metadata(&self, foreseen: Option<&PredictedObject>) -> Value {
        match foreseen {
            _ if !self.touches(METADATA) && !self.change.needs_new() => {
                self.request.prior.get(METADATA_ALL).clone()
            }
            Some(foreseen) if !self.change.needs_new() => shown_metadata(&foreseen.body),
            _ => Value::Unknown,
        }
    }

    /// Returns whether Stripe alone now decides the value.
    fn is_answered(&self, slot: &Slot) -> bool {
        let written = !slot.is_unset(self.request.config.get(&slot.name));
        let removed = self.written.contains_key(&slot.member) && !self.object.imported;
        slot.presence.is_computed() && !written && !removed && matches!(slot.form, SlotSyntax::Attribute(_))
    }

    /// Predicts a computed value. A change leaves every other argument as it is; a value that Stripe alone
    /// decides may change with it.
    fn foreseen(&self, slot: &Slot, foreseen: Option<&PredictedObject>) -> Value {
        let prior = self.request.prior.get(&slot.name);
        let replaced = self.change.needs_new();
        let restoring = self.restoring(slot).filter(|_| !replaced);
        match foreseen {
            _ if restoring.is_some() => slot.of_param(prior, restoring),
            // An import first shows only what a configuration would write; the rest is shown from now on.
            _ if self.is_left_unset(slot, prior) && !replaced => {
                let shown = self.surface.shown_body(&self.object.body);
                slot.answer(shown.get(&slot.member).unwrap_or(&Json::Null))
            }
            _ if self.is_fixed(slot) && !replaced => prior.clone(),
            Some(foreseen) if !foreseen.unknown.contains(&slot.member.as_str()) => prior.clone(),
            _ => Value::Unknown,
        }
    }

    fn is_left_unset(&self, slot: &Slot, prior: &Value) -> bool {
        let is_hidden = self.object.imported && slot.is_argument() && prior.is_null();
        is_hidden && slot.member != METADATA && !self.follows(slot)
    }

    /// Returns the value that the update sends for an unwritten slot to bring back an ended object.
    fn restoring(&self, slot: &Slot) -> Option<&Json> {
        match &self.surface.entity.restoration {
            Restoration::Update { param, .. } if *param == slot.member => self.change.update.get(param),
            _ => None,
        }
    }

    /// Returns whether no update changes the value that Stripe returns, unless the update has an argument
    /// of that name.
    fn is_fixed(&self, slot: &Slot) -> bool {
        let Slot { member, .. } = slot;
        let once = self.surface.entity.answered_once.iter().any(|path| path == member);
        once || FIXED.contains(&member.as_str()) || slot.is_argument() && !self.follows(slot)
    }

    /// Returns whether Stripe changes the value along with another changed one.
    fn follows(&self, slot: &Slot) -> bool {
        let leaders = self.surface.entity.follows.get(&slot.member);
        self.touches_twin(slot)
            || leaders.is_some_and(|params| params.iter().any(|param| self.touches(param)))
    }

    /// Returns whether the change concerns the other spelling of the same number: `x` beside `x_decimal`.
    fn touches_twin(&self, slot: &Slot) -> bool {
        let twin = slot
            .member
            .strip_suffix("_decimal")
            .map_or_else(|| format!("{}_decimal", slot.member), str::to_owned);
        self.touches(&twin)
    }

    /// Returns the values inside arguments: unknown below those that change.
    fn output(&self) -> Value {
        let Value::Dynamic(prior) = self.request.prior.get(OUTPUT) else { return Value::Unknown };
        let (Type::Object(types), Some(members)) = (&prior.0, prior.1.as_map()) else {
            return Value::Unknown;
        };
        let known = members.iter().map(|(name, value)| {
            let (ty, value) = match types.get(name.as_str()) {
                Some(ty) if !self.touches(name) => (ty.clone(), value.clone()),
                _ => (Type::Dynamic, Value::Unknown),
            };
            (name.clone(), ty, value)
        });
        let known: Vec<_> = known.collect();
        let ty = Type::object(known.iter().map(|(name, ty, _)| (name.clone(), ty.clone())));
        Value::Dynamic(Box::new((ty, Value::map(known.into_iter().map(|(name, _, value)| (name, value))))))
    }

    /// The warning for an object with a unique name that is destroyed before its replacement is created.
    pub(super) fn gap(&self) -> Option<Diagnostic> {
        let Object { entity, locator, body, .. } = self.object;
        let is_named = |name: &str| body.get(name).is_some_and(|it| !it.is_null());
        let named: Vec<&String> =
            entity.transfers.iter().filter(|(name, _)| is_named(name)).map(|(_, by)| by).collect();
        // A configuration that already transfers the names needs no warning.
        let passes_on = |by: &&String| self.request.config.get(by).as_bool() == Some(true);
        let is_said = !named.is_empty() && named.iter().all(passes_on);
        let transfers = named.into_iter().fold(String::new(), |text, by| text + "  " + by + " = true\n\n");
        let has_gap = !entity.transfers.is_empty() && !is_said;
        has_gap.then(|| ends::gap(&entity.name, locator, REPLACE_IN_PLACE, &transfers))
    }

    /// Returns the arguments whose change requires a new object.
    pub(super) fn replaces(&self) -> Vec<Path> {
        let mut names: Vec<&str> =
            self.change.replaces.iter().filter_map(|path| path.split('.').next()).collect();
        names.dedup();
        let slots = names.into_iter().filter_map(|name| self.surface.argument(name));
        let PlanRequest { config, prior, .. } = self.request;
        let places = slots.map(|slot| Path::attribute(&Surface::place_of(slot, config, prior)));
        places.chain(self.rotates().then(|| Path::attribute(ROTATE_WHEN))).collect()
    }

    /// Returns whether the configuration asks for a new secret, which requires a new object.
    fn rotates(&self) -> bool {
        let PlanRequest { prior, config, .. } = self.request;
        self.surface.answers_secret_once()
            && !self.object.imported
            && prior.get(ROTATE_WHEN) != config.get(ROTATE_WHEN)
    }

    /// Warnings about a change.
    pub(super) fn notes(&self) -> Diagnostics {
        let uncleared = self.change.uncleared.iter().filter(|_| !self.change.needs_new());
        let uncleared =
            uncleared.map(|param| self.surface.at(payload::value_stays(&self.surface.spelled(param)), param));
        let at_creation = self.change.at_creation.iter().filter(|_| !self.change.needs_new());
        let at_creation = at_creation.map(|param| {
            let (argument, entity) = (self.surface.spelled(param), &self.surface.entity.name);
            self.surface.at(ends::argument_acts_at_creation(&argument, entity), param)
        });
        let notes = uncleared.chain(at_creation).chain(self.unmarked_replacement());
        notes.chain(ended_note(self.object, self.change)).collect()
    }

    /// Says which values of dynamic arguments require a new object: Terraform cannot mark a place inside
    /// such an argument.
    fn unmarked_replacement(&self) -> Option<Diagnostic> {
        let is_dynamic = |param: &&String| {
            let member = param.split('.').next().unwrap_or_default();
            let mut slots = self.surface.arguments().filter(|slot| slot.member == member);
            slots.any(|slot| matches!(slot.form, SlotSyntax::Attribute(Type::Dynamic)))
        };
        let params: Vec<&String> = self.change.replaces.iter().filter(is_dynamic).collect();
        let names = params.iter().map(|param| format!("`{}`", self.surface.spelled(param)));
        let names = names.collect::<Vec<_>>().join(", ");
        let first = params.first()?;
        Some(self.surface.at(ends::is_replaced(&names, &self.surface.entity.name), first))
    }
}

/// The written value of a param or of one of its members, and whether the param changes.
#[derive(Clone, Copy)]
struct PriorParam<'w> {
    written: Option<&'w Json>,
    changes: bool,
}

impl Slot {
    /// Returns a planned value: unwritten parts of its blocks stay as Stripe returned them, unless they
    /// were written before, or the value changes and Stripe alone decides what follows.
    fn beside(&self, config: &Value, prior: &Value, was: PriorParam<'_>) -> Value {
        match &self.form {
            SlotSyntax::Attribute(_) if !config.is_null() || !self.presence.is_computed() => config.clone(),
            SlotSyntax::Attribute(_) if was.written.is_none() && (self.is_argument() || !was.changes) => {
                prior.clone()
            }
            SlotSyntax::Block(Repeats::Once, members)
                if config.items().len() == 1 && prior.items().len() == 1 =>
            {
                let block = |value: &Value| value.items().first().cloned().unwrap_or_default();
                let (config, prior) = (block(config), block(prior));
                let members = members.iter().map(|slot| {
                    let written = was.written.and_then(|written| written.get(&slot.member));
                    let was = PriorParam { written, ..was };
                    (slot.name.clone(), slot.beside(config.get(&slot.name), prior.get(&slot.name), was))
                });
                Value::List(vec![Value::map(members)])
            }
            _ => self.unanswered(config),
        }
    }
}
