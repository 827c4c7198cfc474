//! The plugin protocol as Terraform's core lives it: a miniature core over an in-memory
//! connection, the rules it enforces, and the life of a resource from create to delete.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod blocks;
mod lifecycle;
mod rules;
mod service;
mod stripe;
#[path = "core.rs"]
mod terraform;
mod toy;
