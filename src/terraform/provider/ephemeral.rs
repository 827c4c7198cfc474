//! The responses of a provider about an ephemeral resource.

use std::time::SystemTime;

use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::value::Value;

/// What was opened for the length of a walk.
#[derive(Debug, Clone, Default)]
pub struct Opened {
    /// An object of the schema, wholly known. What the configuration sets must stand in it as it is set.
    pub result: Value,
    /// What a renewal and the end get. Nothing of it is stored.
    pub private: Vec<u8>,
    /// When it must be renewed; none where it lasts as long as it is needed.
    pub renew_at: Option<SystemTime>,
    /// Errors and warnings. With an error, nothing is open.
    pub diagnostics: Diagnostics,
}

/// What was renewed.
#[derive(Debug, Clone, Default)]
pub struct Renewed {
    /// What the next renewal gets. Terraform 1.11 gives the end what the opening answered.
    pub private: Vec<u8>,
    /// When it must be renewed again, if ever.
    pub renew_at: Option<SystemTime>,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

impl From<Diagnostic> for Opened {
    /// Nothing is open, and the reason.
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic], ..Self::default() }
    }
}
