//! Opens connections to Stripe, through whichever of these steps apply: TCP, TLS to the proxy, tunnel, TLS to
//! Stripe.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, HeaderValue, PROXY_AUTHORIZATION};
use http::{Method, Uri};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use super::proxy_auth::{Authentication, ProxyAuthenticator, credentials_refused};
use super::{ProxyOrigin, ProxySettings, ProxyTls, tls};
use crate::stripe::reach::DialTarget;
use crate::stripe::tls_words::{is_untrusted, plain_words};
use crate::stripe::trace::{Event, emit};
use crate::stripe::wire_tap::Tap;
use crate::stripe::{SetupError, TransportError};

/// The maximum number of attempts for one request or tunnel: one with a challenge that is shared with other
/// requests, one with its own challenge, and one more because that challenge was too old.
pub(super) const MAX_TRIES: usize = 3;

/// A stream of bytes in both directions.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// An open connection, with or without TLS and tunnel.
pub(super) type OpenStream = TokioIo<Box<dyn Stream>>;

type TappedResult = Result<(Box<dyn Stream>, Arc<Tap>), TransportError>;

/// A proxy's answer to a CONNECT request.
enum Tunnel {
    Open(Box<dyn Stream>),
    /// A 407 with a challenge that has not been answered yet.
    Challenged,
}

/// Opens connections to Stripe, through one proxy or directly.
#[derive(Debug)]
pub(super) struct Dialer {
    proxy: Option<ProxySettings>,
    auth: ProxyAuthenticator,
    /// Whether the target is https.
    secure: bool,
    /// The time for opening a connection, including TLS and tunnel.
    limit: Duration,
    tls: Arc<ClientConfig>,
}

impl Dialer {
    pub(super) fn new(
        proxy: Option<ProxySettings>,
        secure: bool,
        limit: Duration,
        roots: &[&str],
    ) -> Result<Self, SetupError> {
        let auth = ProxyAuthenticator::new(proxy.as_ref().and_then(|proxy| proxy.credentials.clone()));
        Ok(Self { proxy, auth, secure, limit, tls: tls::config(roots)? })
    }

    /// Begins the authentication of a new request to the proxy.
    pub(super) fn authenticate(&self) -> Authentication<'_> {
        self.auth.begin()
    }

    /// The words ` through the proxy`, if there is one.
    pub(super) fn through(&self) -> &'static str {
        if self.proxy.is_some() { " through the proxy" } else { "" }
    }

    /// Opens a connection to `target`, or to the proxy itself if it forwards.
    pub(super) async fn connect(
        &self,
        forwards: bool,
        target: &Uri,
    ) -> Result<(OpenStream, Arc<Tap>), TransportError> {
        let by = Instant::now() + self.limit;
        let (stream, tap) = match &self.proxy {
            None => self.connect_directly(target, by).await?,
            Some(proxy) if forwards => self.connect_to_proxy(proxy, by).await?,
            Some(proxy) => self.connect_through_tunnel(proxy, target, by).await?,
        };
        let stream = if self.secure {
            let host = target.host().unwrap_or_default();
            in_time(by, "TLS to Stripe", self.start_tls(stream, host, "Stripe", &tap)).await?
        } else {
            stream
        };
        // The CONNECT request of a tunnel was recorded by the outer tap.
        let tap = tap.inner();
        Ok((TokioIo::new(Box::new(tap.tapped(stream))), tap))
    }

    async fn connect_through_tunnel(&self, proxy: &ProxySettings, target: &Uri, by: Instant) -> TappedResult {
        let mut authentication = self.authenticate();
        for _ in 0..MAX_TRIES {
            let (stream, tap) = self.connect_to_proxy(proxy, by).await?;
            let opening = self.open_tunnel(stream, &tap, target, &mut authentication);
            match in_time(by, "a tunnel through the proxy", opening).await? {
                Tunnel::Open(stream) => {
                    authentication.passed();
                    return Ok((stream, tap));
                }
                Tunnel::Challenged => {}
            }
        }
        Err(credentials_refused())
    }

    async fn connect_directly(&self, target: &Uri, by: Instant) -> TappedResult {
        let (host, port) = (target.host().unwrap_or_default(), port(target, self.secure));
        let route = DialTarget::direct(format!("{host}:{port}"), self.limit);
        let nobody = |why| TransportError::Unreachable(route.unreachable(why));
        let (stream, tap) = route.log_when_slow(open_tcp(host, port, by)).await.map_err(nobody)?;
        Ok((Box::new(stream), tap))
    }

    async fn connect_to_proxy(&self, proxy: &ProxySettings, by: Instant) -> TappedResult {
        let (host, port) = (proxy.host.trim_matches(['[', ']']), proxy.port);
        let origin = match proxy.origin {
            ProxyOrigin::Configuration => "the connection",
            ProxyOrigin::Environment => "the environment",
        };
        let route = DialTarget::to_proxy(format!("{host}:{port}"), origin, self.limit);
        let nobody = |why: String| match proxy.origin {
            ProxyOrigin::Configuration => {
                TransportError::ProxyUnreachable(format!("the proxy {host}:{port} is not reachable: {why}"))
            }
            ProxyOrigin::Environment => TransportError::Unreachable(route.unreachable(why)),
        };
        let (stream, tap) = route.log_when_slow(open_tcp(host, port, by)).await.map_err(nobody)?;
        if proxy.tls == ProxyTls::Always {
            let starting = self.start_tls(Box::new(stream), host, "the proxy", &tap);
            Ok((in_time(by, "TLS to the proxy", starting).await?, tap))
        } else {
            Ok((Box::new(stream), tap))
        }
    }

    async fn start_tls(
        &self,
        stream: Box<dyn Stream>,
        name: &str,
        peer: &str,
        tap: &Tap,
    ) -> Result<Box<dyn Stream>, TransportError> {
        let server = ServerName::try_from(name.trim_matches(['[', ']']).to_owned())
            .map_err(|_| TransportError::Fatal(format!("{name:?} is no name that a certificate can have")))?;
        let started = Instant::now();
        let session = TlsConnector::from(Arc::clone(&self.tls)).connect(server, stream).await;
        let session = session.map_err(|error| {
            let why = plain_words(&error).unwrap_or_else(|| error.to_string());
            let text = format!("TLS to {peer} failed: {why}");
            if is_untrusted(&error) { TransportError::Untrusted(text) } else { TransportError::Connect(text) }
        })?;
        emit(|| Event::TlsEstablished {
            connection: tap.number,
            peer,
            tls: tls::negotiated(session.get_ref().1),
            duration: started.elapsed(),
        });
        Ok(Box::new(session))
    }

    /// Opens a tunnel to `target` over a connection to the proxy.
    async fn open_tunnel(
        &self,
        stream: Box<dyn Stream>,
        tap: &Arc<Tap>,
        target: &Uri,
        authentication: &mut Authentication<'_>,
    ) -> Result<Tunnel, TransportError> {
        let authority = format!("{}:{}", target.host().unwrap_or_default(), port(target, self.secure));
        let (started, request) = (Instant::now(), connect_request(&authority, authentication));
        tap.start();
        let answer = exchange(tap.tapped(stream), request).await;
        tap.stop();
        let answer = answer.map_err(no_tunnel)?;
        let status = answer.status().as_u16();
        let duration = started.elapsed();
        emit(|| Event::TunnelAnswered { connection: tap.number, target: &authority, status, duration });
        match status {
            200..=299 => {
                let upgraded = hyper::upgrade::on(answer).await.map_err(no_tunnel)?;
                Ok(Tunnel::Open(Box::new(TokioIo::new(upgraded))))
            }
            407 => authentication.challenged(answer.headers()).map(|()| Tunnel::Challenged),
            status => Err(TransportError::Connect(format!(
                "the proxy opened no tunnel to {authority}: HTTP {status}"
            ))),
        }
    }
}

fn connect_request(authority: &str, authentication: &mut Authentication<'_>) -> http::Request<Empty<Bytes>> {
    let mut request = http::Request::new(Empty::new());
    *request.method_mut() = Method::CONNECT;
    // A host with a port always parses.
    *request.uri_mut() = authority.parse().unwrap_or_default();
    if let Ok(host) = HeaderValue::from_str(authority) {
        request.headers_mut().insert(HOST, host);
    }
    if let Some(header) = authentication.header("CONNECT", authority) {
        request.headers_mut().insert(PROXY_AUTHORIZATION, header);
    }
    request
}

#[expect(clippy::needless_pass_by_value, reason = "maps an error")]
fn no_tunnel(error: hyper::Error) -> TransportError {
    TransportError::Connect(format!("the proxy opened no tunnel: {error}"))
}

/// Sends one request over a stream that may become a tunnel.
async fn exchange(
    stream: impl Stream + 'static,
    request: http::Request<Empty<Bytes>>,
) -> Result<http::Response<Incoming>, hyper::Error> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    // The sender reports the end of the connection.
    tokio::spawn(connection.with_upgrades());
    sender.send_request(request).await
}

fn port(target: &Uri, secure: bool) -> u16 {
    target.port_u16().unwrap_or(if secure { 443 } else { 80 })
}

/// Runs one step on the way to an open connection. A step that times out has sent nothing to Stripe.
async fn in_time<T>(
    by: Instant,
    what: &str,
    step: impl Future<Output = Result<T, TransportError>>,
) -> Result<T, TransportError> {
    let late = |_| TransportError::Connect(format!("{what} was not ready in the time for a connection"));
    timeout_at(by, step).await.map_err(late)?
}

/// Opens a TCP connection to a host, or explains why that failed.
async fn open_tcp(host: &str, port: u16, by: Instant) -> Result<(TcpStream, Arc<Tap>), String> {
    let started = Instant::now();
    let host = host.trim_matches(['[', ']']);
    let target = format!("{host}:{port}");
    let stream = match timeout_at(by, TcpStream::connect((host, port))).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Err(error.to_string()),
        Err(_) => return Err("no answer in the time for a connection".to_owned()),
    };
    // Sends small requests without delay; a failure to set this changes nothing else.
    let _ = stream.set_nodelay(true);
    let address = stream.peer_addr().map_err(|error| error.to_string())?;
    let tap = Tap::new(address);
    emit(|| Event::Connected {
        connection: tap.number,
        target: &target,
        address,
        duration: started.elapsed(),
    });
    Ok((stream, tap))
}
