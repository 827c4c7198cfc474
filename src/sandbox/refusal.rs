//! The messages with which the sandbox's code refuses requests: reads `refusal.toml` and fills in values.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::catalog::embedded::embedded_table;
use crate::sandbox::error::ApiError;
use crate::sandbox::message::message;

/// The refusals of one kind, by name.
type Rows = BTreeMap<String, Row>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    invalid: Rows,
    state: Rows,
    card: Rows,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Row {
    message: String,
    code: Option<String>,
    param: Option<String>,
    status: Option<u16>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| embedded_table!("sandbox/refusal.toml"));

/// Values for the names in the braces of a message.
pub(super) type Values<'v> = &'v [(&'v str, &'v dyn Display)];

impl ApiError {
    /// Returns the refusal with this name; a test ensures that it exists.
    pub fn of(name: &str, values: Values<'_>) -> Self {
        let made = TABLE.invalid.get(name).map(|row| row.made(Self::invalid, values));
        let made = made.or_else(|| Some(TABLE.state.get(name)?.made(Self::state, values)));
        let made = made.or_else(|| Some(TABLE.card.get(name)?.made(Self::card, values)));
        made.unwrap_or_else(|| Self::internal(format!("There is no refusal {name}.")))
    }
}

impl Row {
    fn made(&self, kind: fn(String) -> ApiError, values: Values<'_>) -> ApiError {
        let told =
            |name: &str| values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string());
        let mut failure = kind(message(&self.message, told));
        failure.status = self.status.unwrap_or(failure.status);
        let failure = self.kind.iter().fold(failure, |failure, kind| failure.with("type", kind.as_str()));
        let failure = self.code.iter().fold(failure, |failure, code| failure.code(code));
        self.param.iter().fold(failure, |failure, param| failure.param(param.as_str()))
    }
}

#[cfg(test)]
mod tests;
