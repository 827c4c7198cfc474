//! The Stripe client: one call, throttled, retried, made once.
//!
//! A [`Call`] names an operation and carries its params; [`Client::send`] brings it
//! to Stripe through a stack read top-down: throttle → retry → idempotency → auth →
//! [`Transport`]. What is behind the transport (HTTPS, or the sandbox in process) the
//! rest cannot tell. What happens on the way is told through [`trace`].

mod call;
mod client;
mod error;
pub mod form;
mod http;
mod http1;
mod multipart;
mod object_locks;
mod retry;
mod throttle;
pub mod trace;
mod transport;
mod wire_tap;

pub use call::{Body, Call, Reply};
pub use client::{Client, Settings};
pub use error::{Error, Kind};
pub use http::Https;
pub use http1::{Credentials, Proxied, ProxySettings, Scheme, Ssl};
pub use retry::{Failure, Tries, Verdict, verdict};
pub use throttle::{
    Admission, Asked, HostWindow, NodeThrottle, Part, Parts, Place, ProcessWindow, Reach, RedisWindow, Stack,
    TRANSACTIONS_PER_NODE, Throttle, Unthrottled, Window, WindowError,
};
pub use transport::{Request, Response, Transport, TransportError};
