//! Faults over whole applies: whatever goes wrong, the next run ends with what the config says.

use crate::support::harness::Case;

mod actions;
mod matrix;
mod orphans;
mod trouble;

pub fn cases() -> Vec<Case> {
    [actions::cases(), orphans::cases(), matrix::cases()].into_iter().flatten().collect()
}
