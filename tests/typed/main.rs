//! Typed resources and data sources, over the whole catalog: each is created, planned empty, changed,
//! imported and destroyed under the miniature of Terraform's core, on the sandbox in process.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[expect(dead_code, reason = "the sandbox suite uses all of it")]
#[path = "../sandbox/calls.rs"]
mod calls;
mod config;
mod features;
mod golden;
mod lives;
mod matrix;
#[expect(dead_code, reason = "the sandbox suite uses all of it")]
#[path = "../sandbox/params.rs"]
mod params;
mod peers;
mod replacement;
mod world;

#[path = "../support"]
mod support {
    pub mod blocks;
    #[expect(dead_code, reason = "the protocol suite counts them")]
    pub mod calls;
    pub mod rules;
    #[expect(dead_code, reason = "the protocol suite does more with it")]
    pub mod terraform;
}
