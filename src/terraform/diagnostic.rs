//! Diagnostics, which a provider reports to the practitioner: errors and warnings, each at its attribute.

use crate::terraform::value::Path;

/// Whether a diagnostic stops the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Terraform stops the run, or whatever depends on this object.
    Error,
    /// Terraform shows the message and continues.
    Warning,
}

/// One message for the practitioner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it stops the run.
    pub severity: Severity,
    /// At most six words in title case.
    pub summary: String,
    /// What happened, to which object, and what to do next.
    pub detail: String,
    /// The attribute that it concerns; the root for the whole object.
    pub path: Path,
}

impl Diagnostic {
    /// An error about the whole object.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { severity: Severity::Error, summary: summary.into(), detail: detail.into(), path: Path::root() }
    }

    /// A warning about the whole object.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(summary, detail) }
    }

    /// Returns the same diagnostic at `path`.
    #[must_use]
    pub fn at(mut self, path: Path) -> Self {
        self.path = path;
        self
    }

    /// Returns the same diagnostic at a top-level attribute.
    #[must_use]
    pub fn at_attribute(self, name: &str) -> Self {
        self.at(Path::attribute(name))
    }
}

/// Diagnostics in the order in which they arose.
pub type Diagnostics = Vec<Diagnostic>;

/// Returns true if at least one of them stops the run.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}
