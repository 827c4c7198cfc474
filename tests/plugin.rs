//! The plugin as its host lives it: a miniature host dials the handshake line in process,
//! and the real binary is started, interrupted, orphaned and shut down.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "plugin/host.rs"]
mod host;
#[path = "plugin/process.rs"]
mod process;
#[path = "plugin/security.rs"]
mod security;
#[path = "plugin/services.rs"]
mod services;
#[path = "plugin/sockets.rs"]
mod sockets;
#[path = "plugin/toy.rs"]
mod toy;
