//! What is wrong with a configuration, at the argument, with the whole path in the text.

use crate::connector;
use crate::engine::{self, Faults, ParamError, UnlistedValue};
use crate::provider::explain::explain_connector;
use crate::provider::typed::surface::{Slot, Surface};
use crate::stripe;
use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::value::Value;

impl Slot {
    /// The refusal of an argument that is set by itself and by its write-only twin.
    pub(super) fn refuse_twice(&self) -> Diagnostic {
        let detail = format!("`{}` and `{}` set one value; set only one of them.", self.name, self.twin());
        Diagnostic::error("Set Twice", detail).at_attribute(&self.name)
    }
}

impl Surface {
    /// An error of the engine as diagnostics.
    pub(super) fn explain(&self, error: &engine::Error) -> Diagnostics {
        match error {
            engine::Error::Params(faults) => self.explain_faults(faults),
            engine::Error::Connector(error) => vec![explain_connector(error, "id")],
            engine::Error::NotCreatable { .. } => {
                vec![Diagnostic::error("Not Creatable", format!("{error}."))]
            }
        }
    }

    /// Every fault at its argument.
    pub(super) fn explain_faults(&self, faults: &Faults) -> Diagnostics {
        faults.iter().map(|fault| self.explain_fault(fault)).collect()
    }

    fn explain_fault(&self, fault: &ParamError) -> Diagnostic {
        let (param, text) = match fault {
            ParamError::Unknown { key, suggestion } => {
                let hint = suggestion
                    .as_deref()
                    .map_or_else(|| ".".to_owned(), |meant| format!("; did you mean `{meant}`?"));
                (key, format!("There is no `{}` in a {}{hint}", self.spelled(key), self.type_name))
            }
            ParamError::Twice { key, param } => {
                (key, format!("`{}` sets `{param}`, which is set already.", self.spelled(key)))
            }
            ParamError::Missing { param } => {
                (param, format!("`{}` is missing: Stripe requires it.", self.spelled(param)))
            }
            ParamError::Value { param, expected, found } => {
                (param, format!("`{}` must be {expected}, not {found}.", self.spelled(param)))
            }
        };
        self.at(Diagnostic::error("Invalid Argument", text), param)
    }

    /// Values that Stripe's lists of known values lack. They are sent.
    pub(super) fn explain_unlisted(&self, values: &[UnlistedValue]) -> Diagnostics {
        let explain = |value: &UnlistedValue| {
            let hint = value
                .suggestion
                .as_deref()
                .map(|meant| format!(" Did you mean `{meant}`?"))
                .unwrap_or_default();
            let text = format!(
                "`{}` is {:?}, which is none of the values that Stripe is known to take. It is sent as it is.{hint}",
                self.spelled(&value.param),
                value.value
            );
            self.at(Diagnostic::warning("Value Not Known", text), &value.param)
        };
        values.iter().map(explain).collect()
    }

    /// Warnings of what Stripe no longer takes inside arguments; it is not sent.
    pub(super) fn retired_inside(&self, config: &Value) -> Diagnostics {
        let written = self.arguments().filter(|slot| !config.get(&slot.name).is_null());
        let retired = written.flat_map(|slot| slot.retired_inside.iter().map(move |it| (slot, it)));
        let found = retired.filter(|(slot, (path, _))| slot.writes(config.get(&slot.name), path));
        found
            .map(|(slot, (path, instead))| {
                let detail = format!(
                    "Stripe no longer takes `{}` in `{}`, so it is not sent. Write {instead}.",
                    path.join("."),
                    slot.name
                );
                Diagnostic::warning("Retired Argument", detail).at_attribute(&slot.name)
            })
            .collect()
    }

    /// The diagnostic at the argument that a dotted path begins with.
    pub(super) fn at(&self, diagnostic: Diagnostic, param: &str) -> Diagnostic {
        let first = param.split('.').next().unwrap_or_default();
        match self.argument(first) {
            Some(slot) => diagnostic.at_attribute(&slot.name),
            None => diagnostic,
        }
    }

    /// A refusal of Stripe's, at the argument that it names.
    pub(super) fn refused(&self, error: &connector::Error) -> Diagnostic {
        let told = explain_connector(error, "id");
        let param = error.stripe().map(stripe::Error::param).unwrap_or_default();
        if param.is_empty() { told } else { self.at(told, &param.join(".")) }
    }

    /// A dotted path as it is written in a configuration: `line_items[0].quantity`.
    pub(super) fn spelled(&self, param: &str) -> String {
        let step = |(at, step): (usize, &str)| match at {
            0 => self.argument(step).map_or(step, |slot| slot.name.as_str()).to_owned(),
            _ if step.bytes().all(|letter| letter.is_ascii_digit()) => format!("[{step}]"),
            _ => format!(".{step}"),
        };
        param.split('.').enumerate().map(step).collect()
    }
}
