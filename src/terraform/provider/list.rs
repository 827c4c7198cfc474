//! The request of a list, and its results.

use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::value::Value;

/// Which objects to list.
#[derive(Debug, Clone, Default)]
pub struct ListRequest {
    /// What chooses them, wholly known.
    pub config: Value,
    /// Whether the state of each is asked for.
    pub include_resource: bool,
    /// The most that are taken.
    pub limit: usize,
}

/// One object of a list, or a message about the list.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// What tells it from others; null where this is no object.
    pub identity: Value,
    /// What a person calls it.
    pub display_name: String,
    /// Its state as an import would have it; null where it was not asked for.
    pub resource: Value,
    /// Errors, which end the list, and warnings.
    pub diagnostics: Diagnostics,
}

impl From<Diagnostics> for Listed {
    /// No object, and the reasons.
    fn from(diagnostics: Diagnostics) -> Self {
        Self { diagnostics, ..Self::default() }
    }
}
