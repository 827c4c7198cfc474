//! Delays every request until all limits that apply to it allow it. The limits form a stack, shown from top
//! to bottom:
//!
//! ```text
//! active nodes of the connection  ─▶ this process: six transactions a second each
//! most nodes of the connection   ─┐
//! Stripe's limit per endpoint     ├▶ every process in the scope: this one, the host's, a Redis's
//! Stripe's limit per account     ─┘
//! ```
//!
//! The processes in the scope share one state; an admission is counted there for all its limits at once.
//!
//! A request over a limit waits instead of failing. Callers are served in the order in which they came;
//! dropping the future leaves the queue.

mod connection_throttle;
mod host;
mod lateness;
mod limits;
mod node;
#[cfg(test)]
mod rates;
mod redis;
mod window;
mod window_state;

use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::stripe::IdempotencyKey;

pub use connection_throttle::ConnectionThrottle;
pub use host::HostWindow;
pub use limits::{Decision, LimitKey, LimitKeys};
pub use node::{NodeThrottle, TRANSACTIONS_PER_NODE};
pub use redis::RedisWindow;
pub use window::{ProcessWindow, Window, WindowError};

/// The properties of a request that decide which limits apply to it.
#[derive(Debug, Clone, Copy)]
pub struct PermitRequest<'a> {
    /// GET, POST or DELETE.
    pub method: &'a http::Method,
    /// The path with a placeholder for each id: `/v1/customers/{customer}`. Stripe limits requests per
    /// endpoint.
    pub endpoint: &'a str,
    /// The key that must be ready before the request is admitted, because nothing may delay the request after
    /// that.
    pub key: Option<&'a IdempotencyKey>,
}

impl PermitRequest<'_> {
    /// Waits until the request is ready to be sent.
    async fn ready(self) {
        if let Some(key) = self.key {
            key.ready().await;
        }
    }
}

/// The limit that a 429 reports, from its `Stripe-Rate-Limited-Reason` header.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LimitScope {
    /// The account's limit: every request in the scope waits, and this process halves its number of nodes.
    #[default]
    Account,
    /// The endpoint's limit: every request to the endpoint waits.
    Endpoint,
    /// A limit of one object, or a lock that another call holds on it: only this call waits.
    Call,
}

/// An admission, as the log shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    /// How long the request waited in the throttle.
    pub waited: Duration,
    /// How many nodes of the connection were active; 0 without a throttle.
    pub nodes: usize,
}

/// Admits requests one by one.
pub trait Throttle: Send + Sync + std::fmt::Debug {
    /// Waits until the request is ready and may be sent. Dropping the future leaves the queue.
    fn admit<'a>(&'a self, request: PermitRequest<'a>) -> BoxFuture<'a, Admission>;

    /// Records that Stripe answered 429 to an admitted request, which happens because other programs use the
    /// account too. Requests under the reported limit then wait for `pause`, in all processes.
    fn rate_limited(&self, _request: PermitRequest<'_>, _limit: LimitScope, _pause: Duration) {}
}

/// A throttle that admits every request without waiting.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unthrottled;

impl Throttle for Unthrottled {
    fn admit<'a>(&'a self, request: PermitRequest<'a>) -> BoxFuture<'a, Admission> {
        Box::pin(async move {
            request.ready().await;
            Admission { waited: Duration::ZERO, nodes: 0 }
        })
    }
}
