//! The Stripe client: it throttles and retries calls, and has each POST executed once.
//!
//! A [`Call`] is a method, a path and params. [`Client::send`] makes a request of it, with the key and the
//! idempotency key in its headers, locks the object that it writes to, and then repeats until there is an answer:
//! wait for the [`Throttle`], send over the [`Transport`], decide about a retry. A transport is HTTPS or the
//! sandbox in process, which makes no difference above it. [`trace`] has the events for logs.

mod base_url;
mod call;
mod client;
mod digest;
mod error;
pub mod form;
mod http;
mod http1;
mod multipart;
mod object_locks;
mod reach;
mod resolver;
mod retry;
mod tally;
mod throttle;
pub mod trace;
mod transport;
mod wire_tap;

pub use base_url::BaseUrl;
pub use call::{Body, Call, IdempotencyKey, Reply};
pub use client::{Client, Settings, finishing};
pub use digest::digest;
pub use error::{Error, ErrorKind};
pub use http::HttpTransport;
pub use http1::{AuthScheme, Http1Transport, ProxyCredentials, ProxyOrigin, ProxySettings, ProxyTls};
pub use retry::{FailedRequest, RetryDecision, RetryState};
pub use tally::{CallKind, CallTotals};
pub use throttle::{
    Admission, ConnectionThrottle, Decision, HostWindow, LimitKey, LimitKeys, LimitScope, NodeThrottle,
    PermitRequest, ProcessWindow, RedisWindow, TRANSACTIONS_PER_NODE, Throttle, Unthrottled, Window,
    WindowError,
};
pub use transport::{Request, Response, SetupError, Transport, TransportError};
