//! Secrets: read from where they are kept, by whom they should be, and left nowhere else.
//!
//! Google is played by a server of the test's own; no key and no network are needed. Without
//! terraform on the PATH what needs it says so and passes; with `TF_ACC=1` its absence fails.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says why it was skipped"
)]

#[path = "secrets/google.rs"]
mod google;
#[path = "secrets/grep.rs"]
mod grep;
#[path = "secrets/leaks.rs"]
mod leaks;
#[path = "secrets/manager.rs"]
mod manager;
#[path = "secrets/runs.rs"]
mod runs;
#[expect(dead_code, reason = "the acceptance tests use more of it")]
#[path = "acceptance/workdir.rs"]
mod workdir;
