//! The requests and responses of managed resources.

use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::value::{Path, Value};

/// What a plan starts from. All three values are objects of the resource's schema or null.
#[derive(Debug, Clone, Default)]
pub struct PlanRequest {
    /// The state as last read; null for a create.
    pub prior: Value,
    /// The configuration, with the prior value of every computed attribute that it leaves
    /// null; null for a destroy. Write-only attributes are null in it.
    pub proposed: Value,
    /// The configuration; null for a destroy. What is unknown in it stays unknown in the plan.
    pub config: Value,
    /// What the last apply, read or import stored beside the state; empty for a create.
    pub private: Vec<u8>,
}

/// What an apply would come to.
#[derive(Debug, Clone, Default)]
pub struct PlanResponse {
    /// The planned state; null for a destroy. What the configuration sets must stand in it as
    /// it is set, or as the prior state has it where both mean the same. What is computed may
    /// be unknown: it must be, where the apply may change it.
    pub state: Value,
    /// A change at one of these paths needs a new object. A path whose value does not change
    /// has no effect; one that leads nowhere is an error.
    pub requires_replace: Vec<Path>,
    /// What the apply gets as its private data.
    pub private: Vec<u8>,
    /// Errors and warnings. With an error, nothing is planned.
    pub diagnostics: Diagnostics,
}

/// What an apply starts from. All three values are objects of the resource's schema or null.
#[derive(Debug, Clone, Default)]
pub struct ApplyRequest {
    /// The state before; null for a create.
    pub prior: Value,
    /// The state as planned; null for a destroy.
    pub planned: Value,
    /// The configuration, wholly known; null for a destroy. The values of write-only
    /// attributes are here only.
    pub config: Value,
    /// What the plan handed over.
    pub private: Vec<u8>,
}

/// A state as an apply, a read or an import left it, whatever else went wrong.
#[derive(Debug, Clone, Default)]
pub struct StateResponse {
    /// The new state, wholly known; null when the object is gone or was never made. After an
    /// apply, everything that the plan knew must be in it as it was planned.
    pub state: Value,
    /// What to store beside the state.
    pub private: Vec<u8>,
    /// Errors and warnings, in the order they arose.
    pub diagnostics: Diagnostics,
}

/// An object that leaves its resource type for another one.
#[derive(Debug, Clone, Default)]
pub struct MoveRequest {
    /// The full address of the provider that it is of: `registry.terraform.io/hashicorp/toys`.
    pub provider: String,
    /// Its type so far.
    pub type_name: String,
    /// Its state, by the schema that this provider has for the type; null where it has none.
    pub state: Value,
    /// What its provider stored beside the state.
    pub private: Vec<u8>,
}

impl PlanRequest {
    /// True when there is no object yet.
    pub fn is_create(&self) -> bool {
        self.prior.is_null()
    }

    /// True when the object is to be deleted.
    pub fn is_destroy(&self) -> bool {
        self.config.is_null()
    }
}

impl ApplyRequest {
    /// True when there is no object yet.
    pub fn is_create(&self) -> bool {
        self.prior.is_null()
    }

    /// True when the object is to be deleted.
    pub fn is_destroy(&self) -> bool {
        self.planned.is_null()
    }
}

impl From<Diagnostic> for PlanResponse {
    /// A plan that comes to nothing but this message.
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic], ..Self::default() }
    }
}

impl From<Diagnostic> for StateResponse {
    /// No state, and the reason.
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic], ..Self::default() }
    }
}
