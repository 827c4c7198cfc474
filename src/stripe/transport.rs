//! The one way out: a request goes in, an answer comes back.

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderMap, Method};

/// A request as it leaves, without the base address.
#[derive(Debug, Clone)]
pub struct Request {
    /// GET, POST or DELETE.
    pub method: Method,
    /// Path and query, from the root.
    pub target: String,
    /// Every header, the key among them.
    pub headers: HeaderMap,
    /// The encoded body.
    pub body: Bytes,
}

/// An answer, whole.
#[derive(Debug, Clone)]
pub struct Response {
    /// HTTP status code.
    pub status: u16,
    /// Every header.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// Nothing was sent: name lookup, connection or TLS failed.
    #[error("cannot connect to Stripe: {0}")]
    Connect(String),
    /// The request may have been seen: the connection broke or the time ran out.
    #[error("the connection to Stripe failed: {0}")]
    Broken(String),
    /// The proxy does not know us: nothing reached Stripe.
    #[error("{0}")]
    ProxyAuth(String),
    /// Sending again cannot help: a certificate nobody trusts, an invalid address.
    #[error("{0}")]
    Fatal(String),
}

/// Something that brings a request to Stripe, or to the sandbox.
pub trait Transport: Send + Sync + std::fmt::Debug {
    /// Sends one request and waits for the whole answer.
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>>;
}
