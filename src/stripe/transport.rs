//! The interface between the client and the network: one request, one response.

use bytes::Bytes;
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::{HeaderMap, Method};

/// The maximum size of a response body, in bytes; Stripe's own are a few megabytes at most.
pub(super) const MAX_BODY: usize = 64 << 20;

/// How long a connection may be idle and still be reused: a firewall on the way may forget it.
pub(super) const MAX_IDLE_TIME: Duration = Duration::from_mins(1);

/// An HTTP request to a path of Stripe.
#[derive(Debug, Clone)]
pub struct Request {
    /// GET, POST or DELETE.
    pub method: Method,
    /// Path and query, from the root.
    pub target: String,
    /// All headers, including the `Authorization` with the key.
    pub headers: HeaderMap,
    /// The encoded body; empty for GET and DELETE.
    pub body: Bytes,
}

/// A complete HTTP response.
#[derive(Debug, Clone)]
pub struct Response {
    /// The HTTP status code, from 100 to 599.
    pub status: u16,
    /// All headers, as received.
    pub headers: HeaderMap,
    /// The complete body, without chunks.
    pub body: Bytes,
}

impl Response {
    /// Returns the value of a header, or `None` if it is missing or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The value of `Request-Id`, which Stripe's support asks for.
    pub fn request_id(&self) -> Option<String> {
        self.header("request-id").map(str::to_owned)
    }

    /// Returns true if Stripe repeated its response to an earlier request with the same idempotency key.
    pub fn is_replayed(&self) -> bool {
        self.header("idempotent-replayed") == Some("true")
    }
}

/// Why a request has no response.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// Nothing was sent: name lookup, connection or TLS failed.
    #[error("cannot connect to Stripe: {0}")]
    Connect(String),
    /// Nothing was sent: the name of Stripe's host has no address, or nobody listens there. The text begins
    /// with the address and tells whether a proxy was used.
    #[error("cannot connect to {0}")]
    Unreachable(String),
    /// Nothing was sent: the proxy that the configuration names cannot be reached.
    #[error("cannot connect to Stripe: {0}")]
    ProxyUnreachable(String),
    /// Stripe may have received the request: the connection broke, or the time ran out.
    #[error("the connection to Stripe failed: {0}")]
    Broken(String),
    /// Stripe received the request, but the body of the response exceeds the limit.
    #[error("the answer is larger than {} MiB; a proxy or a firewall may have sent it", MAX_BODY >> 20)]
    TooLarge,
    /// Nothing was sent to Stripe: the proxy refused the user and the password.
    #[error("{0}")]
    ProxyAuth(String),
    /// Nothing was sent: the certificate of Stripe or of the proxy is not trusted.
    #[error("{0}")]
    Untrusted(String),
    /// The run was stopped while a read was under way, which changes nothing in Stripe.
    #[error("stopped before the answer came")]
    Stopped,
    /// Nothing was sent, and a retry cannot help: an address or a header is invalid.
    #[error("{0}")]
    Fatal(String),
}

/// Why a transport cannot be created from its settings.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The base address is not an http or https address, or contains a password, so it is not quoted.
    #[error("the base address is not one such as \"https://api.stripe.com\"")]
    Address,
    /// The proxy never uses TLS, but the base address needs it.
    #[error("a proxy that never uses TLS cannot reach an https address, because nothing would be encrypted")]
    ProxyWithoutTls,
    /// An additional trusted root is not certificates in PEM.
    #[error("a trusted certificate cannot be read: {0}")]
    Roots(String),
    /// The TLS or HTTP library cannot be set up.
    #[error("cannot set up the HTTP client: {0}")]
    Client(String),
}

/// Sends requests to Stripe, or to the sandbox.
pub trait Transport: Send + Sync + std::fmt::Debug {
    /// Sends one request and waits for the complete response, whatever its status.
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>>;
}
