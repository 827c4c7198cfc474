//! Faults over whole applies: whatever goes wrong, the next run ends with what the config says.
//!
//! Without terraform on the PATH these tests say so and pass; with `TF_ACC=1` its absence
//! fails.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says why it was skipped"
)]

#[path = "faults/actions.rs"]
mod actions;
#[path = "faults/front.rs"]
mod front;
#[path = "faults/matrix.rs"]
mod matrix;
#[path = "faults/orphans.rs"]
mod orphans;
#[path = "faults/trouble.rs"]
mod trouble;
#[expect(dead_code, reason = "the acceptance tests use more of it")]
#[path = "acceptance/workdir.rs"]
mod workdir;
