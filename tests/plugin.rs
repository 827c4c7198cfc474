//! The plugin as its host lives it: a miniature host dials the handshake line in process,
//! the real binary is started, interrupted, orphaned and shut down, and the toy provider answers
//! every RPC from a process of its own.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says why it is skipped"
)]

#[path = "protocol/blocks.rs"]
mod blocks;
#[path = "toy/boxes.rs"]
mod boxes;
#[path = "protocol/calls.rs"]
mod calls;
#[path = "plugin/host.rs"]
mod host;
#[path = "protocol/lifecycle.rs"]
mod lifecycle;
#[path = "plugin/process.rs"]
mod process;
#[path = "plugin/real_terraform.rs"]
mod real_terraform;
#[path = "protocol/rules.rs"]
mod rules;
#[path = "plugin/running.rs"]
mod running;
#[path = "plugin/security.rs"]
mod security;
#[path = "plugin/services.rs"]
mod services;
#[path = "plugin/sockets.rs"]
mod sockets;
#[expect(dead_code, reason = "the protocol suite uses the rest")]
#[path = "protocol/core.rs"]
mod terraform;
#[expect(dead_code, reason = "the protocol suite uses the rest")]
#[path = "toy/provider.rs"]
mod toy;
#[path = "plugin/toy_process.rs"]
mod toy_process;
#[path = "protocol/unimplemented.rs"]
mod unimplemented;
