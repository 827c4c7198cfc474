//! The way to Stripe: connect, TLS to the proxy, tunnel, TLS to Stripe, whichever apply.

use std::sync::{Arc, Mutex, PoisonError};
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
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

use super::proxy_auth::{Challenge, Credentials};
use super::{ProxySettings, Ssl, refused, tls};
use crate::stripe::TransportError;
use crate::stripe::trace::{Event, emit};
use crate::stripe::wire_tap::{Link, Watched};

/// A proxy that does not answer at all is given up sooner than one that is slow.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// Challenges of one tunnel: the first, and one because a nonce was too old.
const CHALLENGES: usize = 2;

/// Bytes in both directions.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A way that is open, whatever it is made of.
pub(super) type Open = TokioIo<Box<dyn Stream>>;

/// What came of asking a proxy for a tunnel.
enum Tunnel {
    Open(Box<dyn Stream>),
    /// It wants to know us better; the answer to its challenge may help.
    Challenged,
}

/// How to get to Stripe, through one proxy or straight.
#[derive(Debug)]
pub(super) struct Dial {
    proxy: Option<ProxySettings>,
    /// What names the proxy, for errors.
    named_by: &'static str,
    /// The target speaks TLS.
    secure: bool,
    tls: Arc<ClientConfig>,
}

impl Dial {
    pub(super) fn new(
        proxy: Option<ProxySettings>,
        named_by: &'static str,
        secure: bool,
        roots: &[&str],
    ) -> Result<Self, TransportError> {
        Ok(Self { proxy, named_by, secure, tls: tls::config(roots)? })
    }

    pub(super) fn credentials(&self) -> Option<&Credentials> {
        self.proxy.as_ref()?.credentials.as_ref()
    }

    /// ` through the proxy`, where there is one.
    pub(super) fn through(&self) -> &'static str {
        if self.proxy.is_some() { " through the proxy" } else { "" }
    }

    /// A way to `target`, or to the proxy itself where it forwards.
    pub(super) async fn connect(
        &self,
        forwards: bool,
        target: &Uri,
        challenge: &Mutex<Option<Challenge>>,
    ) -> Result<(Open, Arc<Link>), TransportError> {
        let (stream, link) = match &self.proxy {
            None => self.straight(target).await?,
            Some(proxy) if forwards => self.to_proxy(proxy).await?,
            Some(proxy) => self.through_tunnel(proxy, target, challenge).await?,
        };
        let stream = if self.secure {
            self.secured(stream, target.host().unwrap_or_default(), "Stripe", &link).await?
        } else {
            stream
        };
        // A tunnel has spoken before: what is spoken from now on has turns of its own.
        let link = link.layer();
        Ok((TokioIo::new(Box::new(Watched::new(stream, &link))), link))
    }

    async fn through_tunnel(
        &self,
        proxy: &ProxySettings,
        target: &Uri,
        challenge: &Mutex<Option<Challenge>>,
    ) -> Result<(Box<dyn Stream>, Arc<Link>), TransportError> {
        for _ in 0..=CHALLENGES {
            let (stream, link) = self.to_proxy(proxy).await?;
            match self.tunnel(stream, &link, target, challenge).await? {
                Tunnel::Open(stream) => return Ok((stream, link)),
                Tunnel::Challenged => {}
            }
        }
        Err(refused())
    }

    async fn straight(&self, target: &Uri) -> Result<(Box<dyn Stream>, Arc<Link>), TransportError> {
        let (host, port) = (target.host().unwrap_or_default(), port(target, self.secure));
        let (stream, link) = dialled(host, port).await.map_err(TransportError::Connect)?;
        Ok((Box::new(stream), link))
    }

    async fn to_proxy(&self, proxy: &ProxySettings) -> Result<(Box<dyn Stream>, Arc<Link>), TransportError> {
        let (host, port) = (proxy.host.trim_matches(['[', ']']), proxy.port);
        let unreachable = |why: String| {
            TransportError::Connect(format!(
                "the proxy {host}:{port} of {} is not reachable: {why}",
                self.named_by
            ))
        };
        let (stream, link) = dialled(host, port).await.map_err(unreachable)?;
        if proxy.ssl == Ssl::Always {
            Ok((self.secured(Box::new(stream), host, "the proxy", &link).await?, link))
        } else {
            Ok((Box::new(stream), link))
        }
    }

    async fn secured(
        &self,
        stream: Box<dyn Stream>,
        name: &str,
        who: &str,
        link: &Link,
    ) -> Result<Box<dyn Stream>, TransportError> {
        let server = ServerName::try_from(name.trim_matches(['[', ']']).to_owned())
            .map_err(|_| TransportError::Fatal(format!("{name:?} is no name that a certificate can have")))?;
        let began = Instant::now();
        let secured = TlsConnector::from(Arc::clone(&self.tls)).connect(server, stream).await;
        let secured = secured.map_err(|error| {
            let text = format!("TLS to {who} failed: {error}");
            if error.to_string().contains("invalid peer certificate") {
                TransportError::Fatal(format!("{text}; `ca_certificate` adds trusted roots"))
            } else {
                TransportError::Connect(text)
            }
        })?;
        emit(|| Event::Secured {
            link: link.number,
            who,
            tls: tls::agreed(secured.get_ref().1),
            took: began.elapsed(),
        });
        Ok(Box::new(secured))
    }

    /// A tunnel to `target`, through a proxy that is reached.
    async fn tunnel(
        &self,
        stream: Box<dyn Stream>,
        link: &Arc<Link>,
        target: &Uri,
        challenge: &Mutex<Option<Challenge>>,
    ) -> Result<Tunnel, TransportError> {
        let authority = format!("{}:{}", target.host().unwrap_or_default(), port(target, self.secure));
        let (began, request) = (Instant::now(), self.ask(&authority, challenge));
        link.watch();
        let answered = exchange(Watched::new(stream, link), request).await;
        link.rest();
        let answer = answered.map_err(no_tunnel)?;
        let status = answer.status().as_u16();
        let took = began.elapsed();
        emit(|| Event::Tunnelled { link: link.number, target: &authority, status, took });
        match status {
            200..=299 => {
                let upgraded = hyper::upgrade::on(answer).await.map_err(no_tunnel)?;
                Ok(Tunnel::Open(Box::new(TokioIo::new(upgraded))))
            }
            407 => match self.credentials() {
                Some(credentials) if credentials.learn(challenge, answer.headers())? => {
                    Ok(Tunnel::Challenged)
                }
                _ => Err(refused()),
            },
            status => Err(TransportError::Connect(format!(
                "the proxy opened no tunnel to {authority}: HTTP {status}"
            ))),
        }
    }

    fn ask(&self, authority: &str, challenge: &Mutex<Option<Challenge>>) -> http::Request<Empty<Bytes>> {
        let mut request = http::Request::new(Empty::new());
        *request.method_mut() = Method::CONNECT;
        // An authority with a port always is an address.
        *request.uri_mut() = authority.parse().unwrap_or_default();
        if let Ok(host) = HeaderValue::from_str(authority) {
            request.headers_mut().insert(HOST, host);
        }
        let mut challenge = challenge.lock().unwrap_or_else(PoisonError::into_inner);
        let header =
            self.credentials().and_then(|known| known.header(challenge.as_mut(), "CONNECT", authority));
        if let Some(header) = header {
            request.headers_mut().insert(PROXY_AUTHORIZATION, header);
        }
        request
    }
}

#[expect(clippy::needless_pass_by_value, reason = "maps an error")]
fn no_tunnel(error: hyper::Error) -> TransportError {
    TransportError::Connect(format!("the proxy opened no tunnel: {error}"))
}

/// One request on a stream that may become a tunnel.
async fn exchange(
    stream: Watched<Box<dyn Stream>>,
    request: http::Request<Empty<Bytes>>,
) -> Result<http::Response<Incoming>, hyper::Error> {
    let (mut way, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    // Its end shows on the way.
    tokio::spawn(connection.with_upgrades());
    way.send_request(request).await
}

fn port(target: &Uri, secure: bool) -> u16 {
    target.port_u16().unwrap_or(if secure { 443 } else { 80 })
}

/// A connection to that host, or why there is none.
async fn dialled(host: &str, port: u16) -> Result<(TcpStream, Arc<Link>), String> {
    let began = Instant::now();
    let host = host.trim_matches(['[', ']']);
    let connected = tokio::time::timeout(CONNECT_TIMEOUT, TcpStream::connect((host, port))).await;
    let stream = match connected {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Err(error.to_string()),
        Err(_) => return Err(format!("no connection within {CONNECT_TIMEOUT:?}")),
    };
    // Small requests leave at once; a socket that cannot is as good.
    let _ = stream.set_nodelay(true);
    let address = stream.peer_addr().map_err(|error| error.to_string())?;
    let link = Link::new(address);
    let target = format!("{host}:{port}");
    emit(|| Event::Dialled { link: link.number, target: &target, address, took: began.elapsed() });
    Ok((stream, link))
}
