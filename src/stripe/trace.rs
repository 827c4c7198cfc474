//! The events of calls, for logs: the only interface between the client and the logs.
//!
//! An [`operation`] (`List Customer`) runs in a span, and each attempt of its requests in a child span. Code
//! that runs in a span reports an event with [`emit`], and the span's [`Observer`] receives it. Outside of a
//! span, no event is created, so that a connection without a log costs nothing.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::Version;
use rustls::pki_types::CertificateDer;
use tokio::time::Instant;
use uuid::Uuid;

use crate::stripe::{Admission, Request, Response, TransportError};

tokio::task_local! {
    static CURRENT: Span;
}

/// Receives the events of operations.
pub trait Observer: Send + Sync + fmt::Debug {
    /// Receives an event that happened in this span.
    fn observe(&self, span: &Span, event: &Event<'_>);

    /// Whether it wants [`Event::MessageBytes`], for which bytes must be collected.
    fn wants_bytes(&self) -> bool {
        false
    }
}

/// An operation of the connector, as named in logs and spans.
#[derive(Debug, Clone, Default)]
pub struct TracedOperation {
    /// `List`, `Get`, `Create`, `Update`, `Delete`, or the name of an action.
    pub name: String,
    /// The entity type, in PascalCase.
    pub entity: String,
    /// The id of the entity, if there is one.
    pub id: Option<String>,
    /// The filter clause of a List, as written in the configuration.
    pub filter: Option<String>,
    /// The fields of requests and responses that are secret, in addition to those with the name of a secret.
    pub secrecy: Option<&'static dyn Secrecy>,
}

/// Tells which fields of an entity are secret.
pub trait Secrecy: Send + Sync + fmt::Debug {
    /// Whether the field at a dotted path is secret, or is part of a secret.
    fn is_secret(&self, path: &str) -> bool;
}

/// The random ids of a span, as OpenTelemetry defines them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpanId {
    /// The trace id, shared by all spans of an operation.
    pub trace: [u8; 16],
    /// The span id of the operation or the attempt.
    pub span: [u8; 8],
}

/// The span of an operation, or of an attempt of one of its requests.
#[derive(Debug, Clone)]
pub struct Span {
    observer: Arc<dyn Observer>,
    /// The running operation.
    pub operation: Arc<TracedOperation>,
    /// The ids of the operation's span.
    pub id: SpanId,
    /// The attempt of a request; `None` for events of the operation itself.
    pub attempt: Option<Arc<Attempt>>,
}

/// One attempt of one request.
#[derive(Debug)]
pub struct Attempt {
    /// The number of the attempt, counted from 1 for each call.
    pub number: u32,
    /// The wait in the throttle, and the number of active nodes.
    pub admission: Admission,
    /// The path with a placeholder for each id: `/v1/customers/{customer}`.
    pub endpoint: String,
    /// The id of the attempt's span.
    pub span: [u8; 8],
    /// The other end of the connection; empty until it is known.
    pub peer: OnceLock<Peer>,
}

/// The other end of the connection over which a request was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// The address of Stripe or of the proxy.
    pub address: Option<SocketAddr>,
    /// The HTTP version.
    pub version: Version,
    /// The number of the connection in this process; `None` if connections are not numbered.
    pub connection: Option<u64>,
}

/// The direction in which bytes are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To Stripe or the proxy.
    Sent,
    /// From Stripe or the proxy.
    Received,
}

/// The parameters of a TLS session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The version of TLS: `TLSv1_3`.
    pub version: String,
    /// The cipher suite: `TLS13_AES_256_GCM_SHA384`.
    pub cipher_suite: String,
    /// The group of the key exchange: `X25519`.
    pub key_exchange: String,
    /// The application protocol: `http/1.1`; `None` if none was negotiated.
    pub alpn: Option<String>,
    /// The kind of handshake: `Full`, `Resumed` …
    pub handshake: String,
}

/// The response to a request, or why there is none.
pub type RequestOutcome<'e> = Result<&'e Response, &'e TransportError>;

/// Something that happened in a span.
#[derive(Debug)]
pub enum Event<'e> {
    /// The operation has ended.
    OperationEnded {
        /// The time since it began, waits included.
        duration: Duration,
        /// The number of entities that it returned, or the text of its error.
        outcome: Result<usize, String>,
    },
    /// A request is about to be sent.
    RequestStarted(&'e Request),
    /// A request was answered or has failed.
    RequestEnded {
        /// The request that was sent.
        request: &'e Request,
        /// The time from the first byte sent to the last byte received.
        duration: Duration,
        /// The response, or why there is none.
        outcome: RequestOutcome<'e>,
    },
    /// A failed request will be sent again.
    Retrying {
        /// The wait before that.
        wait: Duration,
    },
    /// The sandbox in this process handles the request.
    InProcess,
    /// A TCP connection was opened.
    Connected {
        /// Its number in this process.
        connection: u64,
        /// The `host:port` to which it was opened.
        target: &'e str,
        /// The address of the other end.
        address: SocketAddr,
        /// The time it took, name lookup included.
        duration: Duration,
    },
    /// A proxy has answered a CONNECT request.
    TunnelAnswered {
        /// The number of the connection.
        connection: u64,
        /// The `host:port` that the tunnel leads to.
        target: &'e str,
        /// The HTTP status of the answer; 2xx opens the tunnel.
        status: u16,
        /// The time from the first byte sent to the answer.
        duration: Duration,
    },
    /// A server has presented certificates, which will be verified next.
    CertificatesPresented {
        /// The host name or address for which the first certificate must be valid.
        name: &'e str,
        /// The server's certificate, followed by those of its issuers.
        chain: Vec<CertificateDer<'e>>,
    },
    /// A TLS session was established.
    TlsEstablished {
        /// The number of the connection.
        connection: u64,
        /// The other end: `Stripe` or `the proxy`.
        peer: &'e str,
        /// The parameters of the session.
        tls: Tls,
        /// The duration of the handshake.
        duration: Duration,
    },
    /// A connection from the pool is used again.
    ConnectionReused {
        /// The number of the connection.
        connection: u64,
    },
    /// The decrypted bytes of one HTTP message.
    MessageBytes {
        /// The number of the connection.
        connection: u64,
        /// What went over it.
        message: &'e HttpMessage,
    },
}

/// One HTTP message on a connection.
#[derive(Debug)]
pub struct HttpMessage {
    /// The direction of the message.
    pub direction: Direction,
    /// The message, complete or as far as it came.
    pub bytes: Vec<u8>,
    /// The number of writes or reads it took.
    pub pieces: usize,
    /// From the last byte of the message before to the first of this one.
    pub after: Duration,
    /// From the first to the last of its bytes.
    pub duration: Duration,
}

impl Span {
    /// Returns the span that the caller runs in, or `None` outside of an operation.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Self::clone).ok()
    }

    /// Creates the span of a new operation, with random ids.
    pub fn new(observer: Arc<dyn Observer>, operation: TracedOperation) -> Self {
        let id = SpanId { trace: *Uuid::new_v4().as_bytes(), span: span_id() };
        Self { observer, operation: Arc::new(operation), id, attempt: None }
    }

    /// Passes an event to the observer.
    pub fn notify(&self, event: &Event<'_>) {
        self.observer.observe(self, event);
    }

    /// Whether the observer wants [`Event::MessageBytes`].
    pub(super) fn wants_bytes(&self) -> bool {
        self.observer.wants_bytes()
    }

    /// Runs `work` in the span.
    pub async fn run<T>(self, work: impl Future<Output = T>) -> T {
        CURRENT.scope(self, work).await
    }
}

/// Passes an event to the observer of the current span; outside of a span, no event is created.
pub fn emit<'e>(event: impl FnOnce() -> Event<'e>) {
    // The span is cloned because the observer may ask for the current span too.
    if let Some(span) = Span::current() {
        span.notify(&event());
    }
}

/// Runs an operation in a span of its own; an operation inside another one belongs to the outer one. `rows`
/// counts the entities of a successful result, for [`Event::OperationEnded`].
pub fn operation<'w, T: 'w, E: fmt::Display + 'w>(
    observer: Option<Arc<dyn Observer>>,
    operation: TracedOperation,
    work: impl Future<Output = Result<T, E>> + Send + 'w,
    rows: impl FnOnce(&T) -> usize + Send + 'w,
) -> BoxFuture<'w, Result<T, E>> {
    let work = Box::pin(work);
    Box::pin(async move {
        let Some(observer) = observer.filter(|_| Span::current().is_none()) else { return work.await };
        let (span, started) = (Span::new(observer, operation), Instant::now());
        let done = span.clone().run(work).await;
        let outcome = done.as_ref().map(rows).map_err(ToString::to_string);
        span.notify(&Event::OperationEnded { duration: started.elapsed(), outcome });
        done
    })
}

/// Runs one attempt of a request in its own span; `number` counts from 1.
pub(super) async fn attempt(
    number: u32,
    admission: Admission,
    endpoint: &str,
    request: &Request,
    work: impl Future<Output = Result<Response, TransportError>>,
) -> Result<Response, TransportError> {
    let Some(mut span) = Span::current() else { return work.await };
    let attempt =
        Attempt { number, admission, endpoint: endpoint.to_owned(), span: span_id(), peer: OnceLock::new() };
    span.attempt = Some(Arc::new(attempt));
    span.notify(&Event::RequestStarted(request));
    let started = Instant::now();
    let response = span.clone().run(work).await;
    span.notify(&Event::RequestEnded { request, duration: started.elapsed(), outcome: response.as_ref() });
    response
}

/// Records the other end of the current attempt's connection.
pub(super) fn record_peer(peer: Peer) {
    if let Some(attempt) = Span::current().and_then(|span| span.attempt) {
        // An attempt that is sent twice because of the proxy's challenge records the same peer twice.
        let _ = attempt.peer.set(peer);
    }
}

fn span_id() -> [u8; 8] {
    Uuid::new_v4().as_u64_pair().1.to_be_bytes()
}
