//! The plugin as its host lives it: a miniature host dials the handshake line in process,
//! and the real binary is started, interrupted, orphaned and shut down.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod host;
mod process;
mod security;
mod services;
mod sockets;
mod toy;
