//! The plugin protocol as Terraform's core lives it: a miniature core over an in-memory
//! connection, the rules it enforces, and the life of a resource from create to delete.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "protocol/blocks.rs"]
mod blocks;
#[path = "protocol/lifecycle.rs"]
mod lifecycle;
#[path = "protocol/rules.rs"]
mod rules;
#[path = "protocol/service.rs"]
mod service;
#[path = "protocol/stripe.rs"]
mod stripe;
#[path = "protocol/core.rs"]
mod terraform;
#[path = "protocol/toy.rs"]
mod toy;
