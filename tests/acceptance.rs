//! Acceptance: real terraform, real plugin process, the sandbox as Stripe.
//!
//! Without terraform on the PATH these tests say so and pass; with `TF_ACC=1` its absence
//! fails. `TERRAFORM_OLD` may name an old terraform (1.0.3), which then runs the
//! quickstart too.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says why it was skipped"
)]

#[expect(dead_code, reason = "other suites use more of it")]
#[path = "acceptance/workdir.rs"]
mod workdir;

#[path = "acceptance/actions.rs"]
mod actions;
#[path = "acceptance/bad_input.rs"]
mod bad_input;
#[path = "acceptance/billing.rs"]
mod billing;
#[path = "acceptance/entities.rs"]
mod entities;
#[path = "acceptance/killed.rs"]
mod killed;
#[path = "acceptance/quickstart.rs"]
mod quickstart;
#[path = "acceptance/shapes.rs"]
mod shapes;
