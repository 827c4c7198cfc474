//! The plugin protocol as Terraform lives it: a miniature of its core over an in-memory connection,
//! the rules it enforces, and the life of a resource from create to delete.
//!
//! Below `plugin` the same as a child process: a miniature host dials the handshake line, the real
//! binary is started, interrupted, orphaned and shut down, and the toy provider answers every RPC
//! from a process of its own.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod accounts;
mod actions;
mod broken_connection;
mod changes;
mod connector;
mod embedded;
mod ends;
mod ephemeral;
mod flaws;
mod handles;
mod hostile;
mod imports;
mod interrupted;
mod keys;
mod lists;
mod messages;
mod names;
mod not_known_yet;
mod one_run;
mod queries;
mod reads;
mod refreshes;
mod rules;
mod schemas;
mod secret_payload;
mod secrets;
mod service;
mod stripe;
mod taken;

#[expect(dead_code, reason = "the sandbox's own suite calls in more ways")]
#[path = "../sandbox/calls.rs"]
mod calls;
#[path = "../typed/config.rs"]
mod config;
#[expect(dead_code, reason = "the sandbox's own suite changes too what it made")]
#[path = "../sandbox/full.rs"]
mod full;
#[expect(dead_code, reason = "the sandbox's own suite needs more of a setup")]
#[path = "../sandbox/params.rs"]
mod params;

mod plugin {
    mod process;
    mod security;
    mod services;
    mod sockets;
    mod toy_process;
}

#[path = "../support"]
mod support {
    pub mod blocks;
    pub mod calls;
    pub mod connectors;
    pub mod host;
    pub mod invocation;
    pub mod lifecycle;
    pub mod rules;
    pub mod running;
    pub mod served;
    pub mod shop;
    pub mod signals;
    pub mod terraform;
    pub mod toy;
    pub mod unimplemented;
    pub mod upstream;
}
