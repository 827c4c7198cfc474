//! What happens on the way of a call, for whoever logs it: the one seam between the client
//! and every log.
//!
//! An [`operation`] (`List Customer`) opens a scope in which everything it awaits runs; the
//! tries of its calls are scopes within. Whatever happens inside says so with [`emit`], and
//! the scope's [`Observer`] hears it. Outside of a scope nothing is made and nothing is heard,
//! so that a connection without a log pays nothing.

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
    static SCOPE: Scope;
}

/// Who hears what happens.
pub trait Observer: Send + Sync + fmt::Debug {
    /// Something happened in this scope.
    fn observe(&self, scope: &Scope, event: &Event<'_>);

    /// Whether it wants [`Event::Wire`], for which bytes are kept.
    fn hears_bytes(&self) -> bool {
        false
    }
}

/// What the connector was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Operation {
    /// `List`, `Get`, `Create`, `Update`, `Delete`, or the name of an action.
    pub name: String,
    /// The entity type.
    pub entity: String,
    /// The id of the one entity it is about.
    pub id: Option<String>,
    /// The filter clause.
    pub filter: Option<String>,
    /// Fields of the entity whose values are secret; a dot leads into an object.
    pub sensitive: &'static [String],
}

/// Sixteen bytes that name an operation, and eight that name it or one of its tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpanId {
    /// Of the operation.
    pub trace: [u8; 16],
    /// Of the operation or the try itself.
    pub span: [u8; 8],
}

/// Where something happens: an operation, or a try of one of its calls.
#[derive(Debug, Clone)]
pub struct Scope {
    observer: Arc<dyn Observer>,
    /// The operation.
    pub operation: Arc<Operation>,
    /// Names the operation.
    pub id: SpanId,
    /// The try, within one.
    pub attempt: Option<Arc<Attempt>>,
}

/// One try of one call.
#[derive(Debug)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    /// How it was admitted.
    pub admission: Admission,
    /// The path with placeholders where ids stand.
    pub endpoint: String,
    /// Names the try.
    pub span: [u8; 8],
    /// Whom it reached, where that is known.
    pub peer: OnceLock<Peer>,
}

/// The other end of the connection a request went over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Stripe's address, or the proxy's.
    pub address: Option<SocketAddr>,
    /// The version of HTTP that is spoken.
    pub version: Version,
    /// The number of the connection, where they are counted.
    pub link: Option<u64>,
}

/// In which direction bytes went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To Stripe or the proxy.
    Sent,
    /// From there.
    Received,
}

/// What TLS agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// `TLSv1_3`.
    pub version: String,
    /// `TLS13_AES_256_GCM_SHA384`.
    pub cipher_suite: String,
    /// The group of the key exchange.
    pub key_exchange: String,
    /// The protocol agreed on inside; none where nothing was.
    pub alpn: Option<String>,
    /// `Full`, `Resumed` …
    pub handshake: String,
}

/// What happens.
#[derive(Debug)]
pub enum Event<'e> {
    /// The operation has ended.
    Ended {
        /// How long it took, waits included.
        took: Duration,
        /// How many entities came back, or why none did.
        outcome: Result<usize, String>,
    },
    /// A request is about to be sent.
    Sending(&'e Request),
    /// The answer to a request, or why there is none.
    Answered {
        /// The request.
        request: &'e Request,
        /// From the first byte sent to the last one received.
        took: Duration,
        /// The answer.
        answer: Result<&'e Response, &'e TransportError>,
    },
    /// Another try follows.
    Retrying {
        /// When.
        wait: Duration,
    },
    /// The request is answered in this process.
    InProcess,
    /// A connection was opened.
    Dialled {
        /// Its number in this process.
        link: u64,
        /// What was dialled: `host:port`.
        target: &'e str,
        /// The address that answered.
        address: SocketAddr,
        /// How long that took.
        took: Duration,
    },
    /// A proxy was asked for a tunnel.
    Tunnelled {
        /// The connection.
        link: u64,
        /// `host:port` of the other end.
        target: &'e str,
        /// What the proxy answered.
        status: u16,
        /// How long that took.
        took: Duration,
    },
    /// Somebody presents certificates, which are verified next.
    Presented {
        /// The name that they must have.
        name: &'e str,
        /// The first is the server's own, each next one the issuer's.
        chain: Vec<CertificateDer<'e>>,
    },
    /// TLS is up.
    Secured {
        /// The connection.
        link: u64,
        /// With whom.
        who: &'e str,
        /// What was agreed on.
        tls: Tls,
        /// How long the handshake took.
        took: Duration,
    },
    /// A connection is used again.
    Reused {
        /// The connection.
        link: u64,
    },
    /// All bytes that went in one direction until the other one had its turn, inside TLS.
    Wire {
        /// The connection.
        link: u64,
        /// In which direction.
        direction: Direction,
        /// The bytes.
        bytes: &'e [u8],
        /// In how many pieces they went.
        pieces: usize,
        /// From the end of what went before to the first of these bytes.
        after: Duration,
        /// From the first to the last of them.
        took: Duration,
    },
}

impl Scope {
    /// The scope this runs in.
    pub fn current() -> Option<Self> {
        SCOPE.try_with(Self::clone).ok()
    }

    /// A scope of this operation.
    pub fn of(observer: Arc<dyn Observer>, operation: Operation) -> Self {
        let id = SpanId { trace: *Uuid::new_v4().as_bytes(), span: span() };
        Self { observer, operation: Arc::new(operation), id, attempt: None }
    }

    /// Tells the observer.
    pub fn tell(&self, event: &Event<'_>) {
        self.observer.observe(self, event);
    }

    /// Whether the observer wants the bytes on the wire.
    pub(super) fn hears_bytes(&self) -> bool {
        self.observer.hears_bytes()
    }

    /// Runs `work` within.
    pub async fn run<T>(self, work: impl Future<Output = T>) -> T {
        SCOPE.scope(self, work).await
    }
}

/// Tells the observer of the scope this runs in, if it runs in one.
pub fn emit<'e>(event: impl FnOnce() -> Event<'e>) {
    // The observer may not be told while the scope is borrowed: it could ask for it.
    if let Some(scope) = Scope::current() {
        scope.tell(&event());
    }
}

/// Runs an operation for an observer, which hears how it ends. An operation within another
/// one is a part of it. `rows` counts the entities of a success.
pub fn operation<'w, T: 'w, E: fmt::Display + 'w>(
    observer: Option<Arc<dyn Observer>>,
    operation: Operation,
    work: impl Future<Output = Result<T, E>> + Send + 'w,
    rows: impl FnOnce(&T) -> usize + Send + 'w,
) -> BoxFuture<'w, Result<T, E>> {
    let work = Box::pin(work);
    Box::pin(async move {
        let Some(observer) = observer.filter(|_| Scope::current().is_none()) else { return work.await };
        let (scope, began) = (Scope::of(observer, operation), Instant::now());
        let done = scope.clone().run(work).await;
        let outcome = done.as_ref().map(rows).map_err(ToString::to_string);
        scope.tell(&Event::Ended { took: began.elapsed(), outcome });
        done
    })
}

/// Runs one try of a call in a scope of its own.
pub(super) async fn attempt(
    number: u32,
    admission: Admission,
    endpoint: &str,
    request: &Request,
    work: impl Future<Output = Result<Response, TransportError>>,
) -> Result<Response, TransportError> {
    let Some(mut scope) = Scope::current() else { return work.await };
    let attempt =
        Attempt { number, admission, endpoint: endpoint.to_owned(), span: span(), peer: OnceLock::new() };
    scope.attempt = Some(Arc::new(attempt));
    scope.tell(&Event::Sending(request));
    let began = Instant::now();
    let answer = scope.clone().run(work).await;
    scope.tell(&Event::Answered { request, took: began.elapsed(), answer: answer.as_ref() });
    answer
}

/// Notes whom the current try reached.
pub(super) fn met(peer: Peer) {
    if let Some(attempt) = Scope::current().and_then(|scope| scope.attempt) {
        // A try that is sent twice, to a proxy with a challenge, met the same end twice.
        let _ = attempt.peer.set(peer);
    }
}

fn span() -> [u8; 8] {
    Uuid::new_v4().as_u64_pair().1.to_be_bytes()
}
