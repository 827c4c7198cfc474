//! Limits that several processes share: by a file of the machine, by a Redis, under real runs.
//!
//! These cases measure how fast requests go out, so they are a process of their own and run
//! one at a time.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::process::ExitCode;

mod runs;
mod windows;

#[path = "../support"]
mod support {
    pub mod harness;
    pub mod ports;
    #[expect(dead_code, reason = "the acceptance suite uses more of it")]
    pub mod redis;
    pub mod server;
    #[expect(dead_code, reason = "the acceptance suite uses more of it")]
    pub mod tools;
    #[expect(dead_code, reason = "the acceptance suite uses more of it")]
    pub mod workdir;
}

fn main() -> ExitCode {
    support::harness::main(1, windows::cases().into_iter().chain(runs::cases()))
}
