//! The request of a list, and its results.

use crate::terraform::diagnostic::Diagnostics;
use crate::terraform::value::Value;

/// Which objects to list.
#[derive(Debug, Clone, Default)]
pub struct ListRequest {
    /// The configuration that selects them, fully known.
    pub config: Value,
    /// Whether the state of each object is requested.
    pub include_resource: bool,
    /// The maximum number of objects that are taken.
    pub limit: usize,
}

/// One object of a list, or a message about the list.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// The identity of the object; null if this is not an object.
    pub identity: Value,
    /// The object's name for a person.
    pub display_name: String,
    /// Its state as an import would return it; null if it was not requested.
    pub resource: Value,
    /// Errors, which end the list, and warnings.
    pub diagnostics: Diagnostics,
}

impl From<Diagnostics> for Listed {
    /// No object, for these reasons.
    fn from(diagnostics: Diagnostics) -> Self {
        Self { diagnostics, ..Self::default() }
    }
}
