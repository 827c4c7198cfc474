//! Who may send, and when: a stack, read top-down.
//!
//! ```text
//! order of writes to one object   ─▶ this process
//! active nodes of the connection  ─▶ this process: six transactions a second each
//! most nodes of the connection   ─┐
//! Stripe's limit per endpoint     ├▶ everybody in the scope: process, host, or a Redis
//! Stripe's limit per account     ─┘
//! ```
//!
//! What the scope shares is one record: a place is taken in all its limits at once.
//!
//! Waiting is never failing: callers queue, first come, first served, and dropping the
//! future leaves the queue.

mod connection_throttle;
mod host;
mod node;
mod redis;
mod window;
mod window_state;

use std::time::Duration;

use futures_util::future::BoxFuture;

pub use connection_throttle::Stack;
pub use host::HostWindow;
pub use node::{NodeThrottle, TRANSACTIONS_PER_NODE};
pub use redis::RedisWindow;
pub use window::{Part, Parts, Place, ProcessWindow, Window, WindowError};

/// What is to be sent, as far as it decides about waiting.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// GET, POST or DELETE.
    pub method: &'a http::Method,
    /// The path with placeholders where ids stand; calls to one endpoint share a limit.
    pub endpoint: &'a str,
}

/// Whom a 429 is about: `Stripe-Rate-Limited-Reason`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reach {
    /// The account: everybody waits, and this process sends less for a while.
    #[default]
    Account,
    /// The endpoint: calls to it wait.
    Endpoint,
    /// This call alone: a resource has a limit of its own, or another call holds the object.
    Call,
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

    /// Stripe answered 429 all the same: others share the account. Whom it is about waits for
    /// `pause`, everywhere in the scope.
    fn pushed_back(&self, _asked: Asked<'_>, _reach: Reach, _pause: Duration) {}
}

/// Admits everything at once.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unthrottled;

impl Throttle for Unthrottled {
    fn admit<'a>(&'a self, _asked: Asked<'a>) -> BoxFuture<'a, Admission> {
        Box::pin(async { Admission { waited: Duration::ZERO, nodes: 0 } })
    }
}
