//! A provider's responses for an ephemeral resource.

use std::time::SystemTime;

use crate::terraform::diagnostic::{Diagnostic, Diagnostics};
use crate::terraform::value::Value;

/// An ephemeral resource that was opened for one walk.
#[derive(Debug, Clone, Default)]
pub struct Opened {
    /// An object of the schema, fully known. It must contain the configured values unchanged.
    pub result: Value,
    /// Passed to renewals and to the close. It is never stored.
    pub private: Vec<u8>,
    /// When it must be renewed; `None` if it lasts for as long as it is needed.
    pub renew_at: Option<SystemTime>,
    /// Errors and warnings. With an error, nothing is open.
    pub diagnostics: Diagnostics,
}

/// The result of a renewal.
#[derive(Debug, Clone, Default)]
pub struct Renewed {
    /// Passed to the next renewal. Terraform 1.11 passes the close what the open returned.
    pub private: Vec<u8>,
    /// When it must be renewed again, if ever.
    pub renew_at: Option<SystemTime>,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

impl From<Diagnostic> for Opened {
    /// Nothing is open, for this reason.
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic], ..Self::default() }
    }
}
