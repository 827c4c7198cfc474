//! The Terraform surface: the provider block, its resources and data sources, and who
//! serves which type name. Everything here speaks [`Value`]s; the wire is `protocol`'s.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostics;
use crate::schema::Schema;
use crate::value::{Path, Value};

/// Every schema the provider has, by type name.
#[derive(Debug, Clone)]
pub struct Schemas {
    /// The provider block.
    pub provider: Schema,
    /// Managed resources.
    pub resources: BTreeMap<&'static str, Schema>,
    /// Data sources.
    pub data_sources: BTreeMap<&'static str, Schema>,
}

/// What a plan starts from. `prior` is null for a create, `proposed` and `config` for a destroy.
#[derive(Debug, Clone, Default)]
pub struct PlanRequest {
    /// The state as last read.
    pub prior: Value,
    /// The config merged with the prior state's computed values.
    pub proposed: Value,
    /// The configuration.
    pub config: Value,
    /// What the provider stored beside the state.
    pub private: Vec<u8>,
}

/// What a plan came to.
#[derive(Debug, Clone, Default)]
pub struct Planned {
    /// The planned state; null for a destroy.
    pub state: Value,
    /// Changes at these paths need a new object.
    pub requires_replace: Vec<Path>,
    /// Handed to the apply.
    pub private: Vec<u8>,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

/// What an apply starts from. `planned` is null for a destroy.
#[derive(Debug, Clone, Default)]
pub struct ApplyRequest {
    /// The state before.
    pub prior: Value,
    /// The state as planned.
    pub planned: Value,
    /// The configuration; null for a destroy.
    pub config: Value,
    /// What the plan handed over.
    pub private: Vec<u8>,
}

/// A state as an apply, a read or an import left it, whatever else went wrong.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The new state; null when the object is gone or was never made.
    pub state: Value,
    /// What to store beside the state.
    pub private: Vec<u8>,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}
