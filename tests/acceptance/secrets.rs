//! Secrets: read from where they are kept, by whom they should be, and left nowhere else.
//!
//! Google is played by a server of the test's own; no key and no network are needed.

use crate::support::harness::Case;

mod google;
mod grep;
mod leaks;
mod manager;
mod runs;

pub fn cases() -> Vec<Case> {
    [grep::cases(), manager::cases(), runs::cases(), leaks::cases()].into_iter().flatten().collect()
}
