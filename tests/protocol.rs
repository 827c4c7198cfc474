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
#[path = "toy/boxes.rs"]
mod boxes;
#[expect(dead_code, reason = "the plugin suite looks at what was called")]
#[path = "protocol/calls.rs"]
mod calls;
#[path = "protocol/rules/fire.rs"]
mod fire;
#[path = "protocol/flaws.rs"]
mod flaws;
#[path = "protocol/lifecycle.rs"]
mod lifecycle;
#[path = "protocol/names.rs"]
mod names;
#[path = "protocol/rules.rs"]
mod rules;
#[path = "protocol/schemas.rs"]
mod schemas;
#[path = "protocol/service.rs"]
mod service;
#[path = "protocol/stripe.rs"]
mod stripe;
#[path = "protocol/core.rs"]
mod terraform;
#[path = "toy/provider.rs"]
mod toy;
#[path = "protocol/unimplemented.rs"]
mod unimplemented;
