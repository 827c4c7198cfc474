//! Typed resources and data sources, over the whole catalog: each is created, planned empty, changed,
//! imported and destroyed under the miniature of Terraform's core, on the sandbox in process.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod actions;
#[expect(dead_code, reason = "the sandbox suite uses all of it")]
#[path = "../sandbox/calls.rs"]
mod calls;
mod cells;
mod config;
mod ephemeral;
mod features;
mod golden;
mod identities;
mod imports;
mod ledger;
mod lists;
mod lives;
mod matrix;
mod misspelt;
mod moves;
mod nulls;
#[expect(dead_code, reason = "the sandbox suite uses all of it")]
#[path = "../sandbox/params.rs"]
mod params;
mod peer_bugs;
mod peers;
mod places;
mod plan_and_apply;
mod property;
mod replacement;
mod samples;
mod shown_once;
mod unknowns;
mod ways;
mod world;

#[path = "../support"]
mod support {
    pub mod blocks;
    #[expect(dead_code, reason = "the protocol suite counts them")]
    pub mod calls;
    pub mod invocation;
    pub mod rules;
    #[expect(dead_code, reason = "another suite asks for the rest of a call")]
    pub mod tap;
    pub mod terraform;
}
