//! Tells a plan walk from an apply walk, as far as this process can.

use std::sync::atomic::{AtomicBool, Ordering};

/// The walk that this process serves: Terraform starts one for each plan and each apply, and does not say
/// which.
///
/// If an entity was planned as an update because its whole payload was unknown, the apply asks for its
/// plan again. It no longer accepts a replacement then; so if the payload needs a new entity, the apply
/// creates it within the update. The provider recognises an apply by having applied or invoked something
/// already. Before that, it takes this plan for the first one: if the value comes from another provider,
/// nothing was applied here, and Terraform calls the plan inconsistent. Reads do not help to tell: an
/// apply reads data sources, and a plan without a refresh reads nothing.
#[derive(Debug, Default)]
pub(super) struct Walk {
    has_applied: AtomicBool,
}

impl Walk {
    /// Notes that something is being applied or invoked.
    pub(super) fn note_apply(&self) {
        self.has_applied.store(true, Ordering::Relaxed);
    }

    /// Returns whether this is certainly an apply.
    pub(super) fn is_apply(&self) -> bool {
        self.has_applied.load(Ordering::Relaxed)
    }
}
