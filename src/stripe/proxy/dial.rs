//! The way through a proxy: connect, TLS to the proxy, tunnel, TLS to Stripe.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, HeaderValue, PROXY_AUTHORIZATION};
use http::{Method, Uri};
use http_body_util::Empty;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::credentials::{Challenge, Credentials};
use super::{ProxySettings, Ssl, refused};
use crate::stripe::TransportError;

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

/// How to get through one proxy.
#[derive(Debug)]
pub(super) struct Dial {
    proxy: ProxySettings,
    /// The target speaks TLS.
    secure: bool,
    tls: Arc<ClientConfig>,
}

impl Dial {
    pub(super) fn new(proxy: ProxySettings, secure: bool, roots: &[&str]) -> Result<Self, TransportError> {
        Ok(Self { proxy, secure, tls: super::tls(roots)? })
    }

    pub(super) fn credentials(&self) -> Option<&Credentials> {
        self.proxy.credentials.as_ref()
    }

    /// A way to `target`, or to the proxy itself where it forwards.
    pub(super) async fn connect(
        &self,
        forwards: bool,
        target: &Uri,
        challenge: &Mutex<Option<Challenge>>,
    ) -> Result<Open, TransportError> {
        if forwards {
            return Ok(TokioIo::new(self.to_proxy().await?));
        }
        for _ in 0..=CHALLENGES {
            match self.tunnel(target, challenge).await? {
                Tunnel::Open(stream) if self.secure => {
                    let name = target.host().unwrap_or_default();
                    return Ok(TokioIo::new(self.secured(stream, name, "Stripe").await?));
                }
                Tunnel::Open(stream) => return Ok(TokioIo::new(stream)),
                Tunnel::Challenged => {}
            }
        }
        Err(refused())
    }

    async fn to_proxy(&self) -> Result<Box<dyn Stream>, TransportError> {
        let (host, port) = (self.proxy.host.trim_matches(['[', ']']), self.proxy.port);
        let unreachable = |why: String| {
            TransportError::Connect(format!(
                "the proxy {host}:{port} of `destination_config` is not reachable: {why}"
            ))
        };
        let connected = tokio::time::timeout(CONNECT_TIMEOUT, TcpStream::connect((host, port))).await;
        let stream = match connected {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(unreachable(error.to_string())),
            Err(_) => return Err(unreachable(format!("no connection within {CONNECT_TIMEOUT:?}"))),
        };
        // Small requests leave at once; a socket that cannot is as good.
        let _ = stream.set_nodelay(true);
        if self.proxy.ssl == Ssl::Always {
            self.secured(Box::new(stream), host, "the proxy").await
        } else {
            Ok(Box::new(stream))
        }
    }

    async fn secured(
        &self,
        stream: Box<dyn Stream>,
        name: &str,
        who: &str,
    ) -> Result<Box<dyn Stream>, TransportError> {
        let name = ServerName::try_from(name.to_owned())
            .map_err(|_| TransportError::Fatal(format!("{name:?} is no name that a certificate can have")))?;
        let secured = TlsConnector::from(Arc::clone(&self.tls)).connect(name, stream).await;
        let secured = secured.map_err(|error| {
            let text = format!("TLS to {who} failed: {error}");
            if error.to_string().contains("invalid peer certificate") {
                TransportError::Fatal(format!("{text}; `ca_certificate` adds trusted roots"))
            } else {
                TransportError::Connect(text)
            }
        })?;
        Ok(Box::new(secured))
    }

    /// Asks the proxy for a tunnel to `target`.
    async fn tunnel(
        &self,
        target: &Uri,
        challenge: &Mutex<Option<Challenge>>,
    ) -> Result<Tunnel, TransportError> {
        let failed =
            |error: hyper::Error| TransportError::Connect(format!("the proxy opened no tunnel: {error}"));
        let authority = authority(target, self.secure);
        let stream = TokioIo::new(self.to_proxy().await?);
        let (mut way, connection) = hyper::client::conn::http1::handshake(stream).await.map_err(failed)?;
        // Its end shows on the way.
        tokio::spawn(connection.with_upgrades());
        let asked = way.send_request(self.ask(&authority, challenge)).await.map_err(failed)?;
        match asked.status().as_u16() {
            200..=299 => {
                let upgraded = hyper::upgrade::on(asked).await.map_err(failed)?;
                Ok(Tunnel::Open(Box::new(TokioIo::new(upgraded))))
            }
            407 => match self.credentials() {
                Some(credentials) if credentials.learn(challenge, asked.headers())? => Ok(Tunnel::Challenged),
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

/// Host and port, which a tunnel always needs.
fn authority(target: &Uri, secure: bool) -> String {
    let port = target.port_u16().unwrap_or(if secure { 443 } else { 80 });
    format!("{}:{port}", target.host().unwrap_or_default())
}
