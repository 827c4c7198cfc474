//! Acceptance: what a practitioner gets, from the programs he has.
//!
//! Real terraform starts the real plugin, which calls the sandbox; Stripe's own SDK and CLI call
//! it too; a real squid stands between. A case whose tools are missing is ignored and says so.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::process::ExitCode;

mod accounts;
mod actions;
mod bad_input;
#[expect(dead_code, reason = "the sandbox suite uses the rest")]
#[path = "../sandbox/calls.rs"]
mod calls;
mod clients;
mod entities;
mod ephemeral;
mod examples;
mod faults;
mod filters;
mod first_minutes;
mod harness;
mod imports;
mod killed;
mod lifecycle;
mod logs;
mod moves;
mod official;
mod owners;
mod pages;
#[expect(dead_code, reason = "the sandbox suite uses the rest")]
#[path = "../sandbox/params.rs"]
mod params;
mod proxy;
mod release;
mod secrets;
mod several_calls;
mod shapes;
mod toy;
mod typed;
mod upgrades;

#[path = "../support"]
mod support {
    pub mod authority;
    pub mod connectors;
    pub mod front;
    pub mod harness;
    pub mod kills;
    pub mod ports;
    pub mod redis;
    pub mod server;
    pub mod signals;
    pub mod squid;
    pub mod stripe_mock;
    #[expect(dead_code, reason = "another suite asks for the rest of a call")]
    pub mod tap;
    pub mod tools;
    #[expect(dead_code, reason = "the protocol suite uses the rest")]
    pub mod toy;
    pub mod workdir;
}

/// Most of a case's time is waiting for a terraform.
const AT_ONCE: usize = 4;

fn main() -> ExitCode {
    if support::toy::program::serves() {
        return toy::serve();
    }
    let topics = [
        examples::cases(),
        pages::cases(),
        entities::cases(),
        ephemeral::cases(),
        typed::cases(),
        official::cases(),
        lifecycle::cases(),
        accounts::cases(),
        shapes::cases(),
        imports::cases(),
        moves::cases(),
        actions::cases(),
        bad_input::cases(),
        filters::cases(),
        secrets::cases(),
        proxy::cases(),
        logs::cases(),
        killed::cases(),
        owners::cases(),
        several_calls::cases(),
        faults::cases(),
        clients::cases(),
        toy::cases(),
        first_minutes::cases(),
        release::cases(),
        upgrades::cases(),
        harness::cases(),
    ];
    support::harness::main(AT_ONCE, topics.into_iter().flatten())
}
