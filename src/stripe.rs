//! The Stripe client: throttles and retries calls, and ensures that each POST is executed only once.
//!
//! A [`Call`] is a method, a path and params. [`Client::send`] turns it into a request with the key and the
//! idempotency key in its headers, and locks the object that the request writes to. It then repeats three
//! steps until there is an answer: wait for the [`Throttle`], send over the [`Transport`], decide about a
//! retry. A transport is either HTTPS or the in-process sandbox, and nothing above it can tell the
//! difference. [`trace`] defines the events for logs.

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
mod tls_words;
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
