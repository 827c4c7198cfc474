//! Who may send, and when: a stack, read top-down.
//!
//! ```text
//! order of writes to one object   ─▶ this process
//! nodes of the connection         ─▶ this process: six transactions a second each
//! Stripe's limit per endpoint     ─▶ this process
//! Stripe's limit per account      ─▶ everybody in the scope: process, host, or a Redis
//! ```
//!
//! Waiting is never failing: callers queue, first come, first served, and dropping the
//! future leaves the queue.

mod host;
mod node;
mod redis;
mod stack;
mod window;

use std::time::Duration;

use futures_util::future::BoxFuture;

pub use host::HostWindow;
pub use node::{NodeThrottle, TRANSACTIONS_PER_NODE};
pub use redis::RedisWindow;
pub use stack::Stack;
pub use window::{Place, ProcessWindow, Window, WindowError};

/// What is to be sent, as far as it decides about waiting.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// GET, POST or DELETE.
    pub method: &'a http::Method,
    /// The path with placeholders where ids stand; calls to one endpoint share a limit.
    pub endpoint: &'a str,
}

/// What an admission says about itself, for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    /// How long the caller waited.
    pub waited: Duration,
    /// How many nodes were active.
    pub nodes: usize,
}

/// Admits transactions; dropping the future gives the place in the queue up.
pub trait Throttle: Send + Sync + std::fmt::Debug {
    /// Waits until one transaction may be sent.
    fn admit<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Admission>;

    /// Stripe answered 429 all the same: others share the account. Everybody in the scope
    /// waits for `pause`, and this process sends less for a while.
    fn pushed_back(&self, _pause: Duration) {}
}

/// Admits everything at once.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unthrottled;

impl Throttle for Unthrottled {
    fn admit<'a>(&'a self, _asked: Asked<'a>) -> BoxFuture<'a, Admission> {
        Box::pin(async { Admission { waited: Duration::ZERO, nodes: 0 } })
    }
}
