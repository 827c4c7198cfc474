//! Diagnostics at the faulty argument, with its whole path in the text.

use crate::connector;
use crate::engine::{self, ParamError, ParamErrors, UnlistedValue};
use crate::provider::explain::explain_connector;
use crate::provider::messages::payload;
use crate::provider::sentence::sentence;
use crate::provider::typed::surface::{Repeats, Slot, SlotSyntax, Surface, has_key};
use crate::stripe;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::value::{Path, Step, Value};

impl Slot {
    /// Refuses an argument that is set both directly and through its write-only twin.
    pub(super) fn refuse_twice(&self) -> Diagnostic {
        payload::set_twice(&self.name, &self.twin()).at_attribute(&self.name)
    }

    /// Returns where the param of a path below this argument is written: in a nested block, at its own
    /// attribute. A block of a map is at its key, until [`Surface::with_paths_in`] finds it. Terraform
    /// cannot point inside an attribute of dynamic type.
    fn place<'p>(&self, around: &Path, mut below: impl Iterator<Item = &'p str>) -> Path {
        let place = around.name(&self.name);
        let SlotSyntax::Block(repeats, members) = &self.form else { return place };
        let block = match repeats {
            Repeats::Once => Some(place.index(0)),
            Repeats::List => below.next().and_then(|step| step.parse().ok()).map(|index| place.index(index)),
            Repeats::Keyed => below.next().map(|key| place.key(key)),
        };
        let Some(block) = block else { return place };
        let written = below.next().and_then(|param| members.iter().find(|slot| slot.member == param));
        written.map_or_else(|| block.clone(), |slot| slot.place(&block, below))
    }
}

impl Surface {
    /// Turns an engine error into diagnostics.
    pub(super) fn explain(&self, error: &engine::Error) -> Diagnostics {
        match error {
            engine::Error::Params(faults) => self.explain_faults(faults),
            engine::Error::Connector(error) => vec![explain_connector(error, "id")],
            engine::Error::NotCreatable { .. } => {
                vec![payload::not_creatable(&sentence(&error.to_string()))]
            }
        }
    }

    /// Reports every fault at its argument.
    pub(super) fn explain_faults(&self, faults: &ParamErrors) -> Diagnostics {
        faults.iter().map(|fault| self.explain_fault(fault)).collect()
    }

    fn explain_fault(&self, fault: &ParamError) -> Diagnostic {
        let spelled = |param: &str| self.spelled(param);
        let diagnostic = match fault {
            ParamError::Unknown { key, .. } | ParamError::Answered { key }
                if self.is_barred_by_parent(key) =>
            {
                let parents: Vec<String> = self.places().map(|place| format!("`{place}`")).collect();
                let why = format!("cannot be set beside {}", parents.join(" and "));
                payload::argument_refused(&spelled(key), &why)
            }
            ParamError::Unknown { key, suggestion } => {
                let hint = suggestion.as_deref().map(|meant| format!("; did you mean `{meant}`?"));
                let hint = hint.unwrap_or_else(|| ".".to_owned());
                payload::unknown_argument(&spelled(key), &self.type_name, &hint)
            }
            ParamError::Answered { key } => payload::unknown_argument(&spelled(key), &self.type_name, "."),
            ParamError::Twice { key, param } if key == param => {
                payload::argument_twice(&spelled(key), "is written twice")
            }
            ParamError::Twice { key, param } => {
                let how = format!("sets `{}`, which is already set", spelled(param));
                payload::argument_twice(&spelled(key), &how)
            }
            ParamError::Missing { param } => payload::argument_missing(&spelled(param)),
            ParamError::Refused { param, why } => payload::argument_refused(&spelled(param), why),
            ParamError::Value { param, expected, found } => {
                payload::argument_of_wrong_kind(&spelled(param), expected, found)
            }
        };
        self.at(diagnostic, fault.param())
    }

    /// Returns whether a key is an argument of these objects only if they have no parent.
    fn is_barred_by_parent(&self, key: &str) -> bool {
        self.is_foreign(key.split('.').next().unwrap_or_default())
    }

    /// Warns about values that Stripe's lists of known values lack. They are sent.
    pub(super) fn explain_unlisted(&self, values: &[UnlistedValue]) -> Diagnostics {
        let explain = |value: &UnlistedValue| {
            let meant = value.suggestion.as_deref().map(|meant| format!("Did you mean `{meant}`? "));
            let diagnostic = payload::argument_not_known(
                &meant.unwrap_or_default(),
                &self.spelled(&value.param),
                &format!("{:?}", value.value),
                &value.reason(&format!("the page of {}", self.type_name)),
            );
            self.at(diagnostic, &value.param)
        };
        values.iter().map(explain).collect()
    }

    /// Warns about parts of arguments that Stripe no longer accepts; they are not sent.
    pub(super) fn retired_inside(&self, config: &Value) -> Diagnostics {
        let written = self.arguments().filter(|slot| !config.get(&slot.name).is_null());
        let retired = written.flat_map(|slot| slot.retired_inside.iter().map(move |it| (slot, it)));
        let found = retired.filter(|(slot, (path, _))| slot.writes(config.get(&slot.name), path));
        found
            .map(|(slot, (path, instead))| {
                payload::retired_inside(&path.join("."), &slot.name, instead).at_attribute(&slot.name)
            })
            .collect()
    }

    /// Points the diagnostics at the matching place in the configuration: a block cannot be found by its
    /// key, and a value may be in a write-only twin, for which its version is named.
    pub(super) fn with_paths_in(&self, config: &Value, diagnostics: Diagnostics) -> Diagnostics {
        diagnostics
            .into_iter()
            .map(|it| {
                let path = self.path_in(config, &it.path);
                it.at(path)
            })
            .collect()
    }

    fn path_in(&self, config: &Value, path: &Path) -> Path {
        let Some(Step::Attribute(first)) = path.steps().first() else { return path.clone() };
        let is_twin = |slot: &&Slot| slot.name == *first && slot.takes_secret() && slot.has_twin(config);
        if let Some(slot) = self.arguments().find(is_twin).filter(|_| config.get(first).is_null()) {
            // Terraform prints the line of an attribute, which would show its value.
            return Path::attribute(&slot.twin_version());
        }
        let (mut within, mut found) = (config, Path::root());
        for step in path.steps() {
            let blocks = within.items();
            let index = match step {
                Step::Attribute(name) => {
                    (within, found) = (within.get(name), found.name(name));
                    continue;
                }
                Step::Key(key) => blocks.iter().rposition(|it| has_key(it, key)),
                Step::Index(index) => usize::try_from(*index).ok(),
            };
            let Some((index, block)) = index.and_then(|at| Some((at, blocks.get(at)?))) else { break };
            (within, found) = (block, found.index(index));
        }
        found
    }

    /// Points a diagnostic at the argument that a dotted path leads to.
    pub(super) fn at(&self, diagnostic: Diagnostic, param: &str) -> Diagnostic {
        let mut steps = param.split('.');
        match self.argument(steps.next().unwrap_or_default()) {
            Some(slot) => diagnostic.at(slot.place(&Path::root(), steps)),
            None => diagnostic,
        }
    }

    /// Reports a refusal by Stripe, at the argument that it names.
    pub(super) fn refused(&self, error: &connector::Error) -> Diagnostic {
        let diagnostic = explain_connector(error, "id");
        let param = error.stripe().map(stripe::Error::param).unwrap_or_default();
        if param.is_empty() { diagnostic } else { self.at(diagnostic, &param.join(".")) }
    }

    /// Spells a dotted path as in a configuration: `line_items[0].quantity`.
    pub(super) fn spelled(&self, param: &str) -> String {
        let step = |(at, step): (usize, &str)| match at {
            0 => self.argument(step).map_or(step, |slot| slot.name.as_str()).to_owned(),
            _ if step.bytes().all(|letter| letter.is_ascii_digit()) => format!("[{step}]"),
            _ => format!(".{step}"),
        };
        param.split('.').enumerate().map(step).collect()
    }
}
