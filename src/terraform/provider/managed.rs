//! The requests and responses of managed resources.

use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::value::{Path, Value};

/// The input of a plan. All three values are objects of the resource's schema or null.
#[derive(Debug, Clone, Default)]
pub struct PlanRequest {
    /// The state as last read; null for a create.
    pub prior: Value,
    /// The configuration, with prior values filled in for computed attributes that it leaves null; null for a
    /// destroy. Write-only attributes are null.
    pub proposed: Value,
    /// The configuration; null for a destroy. Unknown values in it stay unknown in the plan.
    pub config: Value,
    /// Stored beside the state by the last apply, read or import; empty for a create.
    pub private: Vec<u8>,
}

/// The planned result of an apply.
#[derive(Debug, Clone, Default)]
pub struct PlanResponse {
    /// The planned state; null for a destroy. Configured values must appear unchanged, or as in the prior
    /// state if both mean the same. Computed values may be unknown, and must be if the apply may change them.
    pub state: Value,
    /// The paths at which a change requires a new object. A path whose value does not change has no effect; a
    /// path that does not exist is an error.
    pub requires_replace: Vec<Path>,
    /// Passed to the apply as its private data.
    pub private: Vec<u8>,
    /// Errors and warnings. With an error, nothing is planned.
    pub diagnostics: Diagnostics,
}

/// The input of an apply. All three values are objects of the resource's schema or null.
#[derive(Debug, Clone, Default)]
pub struct ApplyRequest {
    /// The state before; null for a create.
    pub prior: Value,
    /// The state as planned; null for a destroy.
    pub planned: Value,
    /// The configuration, fully known; null for a destroy. Only here do write-only attributes have their
    /// values.
    pub config: Value,
    /// The private data that the plan returned.
    pub private: Vec<u8>,
}

/// The state that an apply, a read or an import left behind, whatever else went wrong.
#[derive(Debug, Clone, Default)]
pub struct StateResponse {
    /// The new state, fully known; null if the object is gone or was never created. After an apply, it must
    /// contain every value that the plan knew as it was planned.
    pub state: Value,
    /// The data to store beside the state.
    pub private: Vec<u8>,
    /// Errors and warnings, in the order in which they arose.
    pub diagnostics: Diagnostics,
}

/// An object that moves to another resource type.
#[derive(Debug, Clone, Default)]
pub struct MoveRequest {
    /// The full address of its provider: `registry.terraform.io/hashicorp/toys`.
    pub provider: String,
    /// Its current type.
    pub type_name: String,
    /// Its state, decoded with this provider's schema for the type; null if there is none.
    pub state: Value,
    /// The data that its provider stored beside the state.
    pub private: Vec<u8>,
}

impl PlanRequest {
    /// Returns true if there is no object yet.
    pub fn is_create(&self) -> bool {
        self.prior.is_null()
    }

    /// Returns true if the object is to be deleted.
    pub fn is_destroy(&self) -> bool {
        self.config.is_null()
    }
}

impl ApplyRequest {
    /// Returns true if there is no object yet.
    pub fn is_create(&self) -> bool {
        self.prior.is_null()
    }

    /// Returns true if the object is to be deleted.
    pub fn is_destroy(&self) -> bool {
        self.planned.is_null()
    }
}

impl From<Diagnostic> for PlanResponse {
    /// A plan with nothing but this message.
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic], ..Self::default() }
    }
}

impl From<Diagnostic> for StateResponse {
    /// No state, for this reason.
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic], ..Self::default() }
    }
}
