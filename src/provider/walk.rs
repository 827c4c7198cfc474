//! Tells a plan walk from an apply walk, as far as this process can.

use std::sync::atomic::{AtomicBool, Ordering};

/// The walk that this process serves: Terraform starts one for each plan and each apply, and does not tell which.
///
/// An apply asks once more for the plan of an entity that was planned as an update because its whole payload was unknown. It
/// takes no replacement then; so where only a new entity can have the payload, the apply makes it within the update. The provider
/// knows an apply by what it has applied or invoked already. Before that it takes this plan for the first one: where
/// the value comes from another provider, nothing was applied here, and Terraform calls the plan inconsistent. A read
/// would not tell more: an apply reads data sources, and a plan without a refresh reads nothing.
#[derive(Debug, Default)]
pub(super) struct Walk {
    has_applied: AtomicBool,
}

impl Walk {
    /// Notes that something is applied or invoked.
    pub(super) fn note_apply(&self) {
        self.has_applied.store(true, Ordering::Relaxed);
    }

    /// Whether this is surely an apply.
    pub(super) fn is_apply(&self) -> bool {
        self.has_applied.load(Ordering::Relaxed)
    }
}
