//! Stripe through a proxy that the configuration names.
//!
//! ```text
//!            http target           https target
//! AUTO       forwarded             tunnel, TLS to Stripe inside
//! ALWAYS     TLS to the proxy,     TLS to the proxy, tunnel in it,
//!            forwarded             TLS to Stripe inside
//! NEVER      forwarded             refused: nothing would be encrypted
//! TUNNEL     tunnel                tunnel, TLS to Stripe inside
//! ```
//!
//! Without a configured proxy [`Https`](crate::stripe::Https) follows the usual environment.
//! This transport is for what general clients cannot do: digest authentication of a tunnel,
//! tunnels to plain targets, TLS to the proxy with roots of one's own; and, with a proxy or
//! without, to show what happens on the connection.

mod dial;
mod proxy_auth;
mod tls;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::Uri;
use http::header::{HOST, HeaderValue, PROXY_AUTHORIZATION};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::SendRequest;
use tokio::time::timeout;

use crate::stripe::trace::{self, Event, Peer, emit};
use crate::stripe::wire_tap::Link;
use crate::stripe::{Request, Response, Transport, TransportError};
use dial::Dial;
use proxy_auth::Challenge;
pub use proxy_auth::{Credentials, Scheme};

/// Idle ways to Stripe that are kept for the next calls.
const KEPT: usize = 8;
/// Where TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ssl {
    /// A tunnel for https targets, forwarded for http.
    Auto,
    /// TLS to the proxy itself.
    Always,
    /// Never any TLS.
    Never,
    /// A tunnel for every target.
    Tunnel,
}

/// A proxy and how to speak with it.
#[derive(Debug, Clone)]
pub struct ProxySettings {
    /// Name or address.
    pub host: String,
    /// 1 to 65535.
    pub port: u16,
    /// Where TLS begins.
    pub ssl: Ssl,
    /// Who we are to the proxy.
    pub credentials: Option<Credentials>,
}

/// A transport that dials itself: through one proxy, or straight to Stripe.
#[derive(Debug)]
pub struct Proxied {
    dial: Dial,
    /// Requests go to the proxy as they are, without a tunnel.
    forwards: bool,
    base: Uri,
    timeout: Duration,
    challenge: Mutex<Option<Challenge>>,
    idle: Mutex<Vec<Way>>,
}

/// A way to Stripe that is open.
#[derive(Debug)]
struct Way {
    sender: SendRequest<Full<Bytes>>,
    link: Arc<Link>,
}

impl Proxied {
    /// A transport to `base` through a proxy. `roots` are further trusted certificates, PEM
    /// text, for Stripe and for the proxy.
    pub fn new(
        base: &str,
        proxy: ProxySettings,
        timeout: Duration,
        roots: &[&str],
    ) -> Result<Self, TransportError> {
        Self::dialling(base, Some(proxy), "`destination_config`", timeout, roots)
    }

    /// A transport to `base` without a configured proxy; `proxy` is the environment's.
    pub fn direct(
        base: &str,
        proxy: Option<ProxySettings>,
        timeout: Duration,
        roots: &[&str],
    ) -> Result<Self, TransportError> {
        Self::dialling(base, proxy, "the environment", timeout, roots)
    }

    fn dialling(
        base: &str,
        proxy: Option<ProxySettings>,
        named_by: &'static str,
        timeout: Duration,
        roots: &[&str],
    ) -> Result<Self, TransportError> {
        let no_address = || TransportError::Fatal(format!("{base:?} is no address"));
        let base: Uri = base.parse().map_err(|_| no_address())?;
        let secure = match base.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(no_address()),
        };
        let ssl = proxy.as_ref().map(|proxy| proxy.ssl);
        if secure && ssl == Some(Ssl::Never) {
            let why = "`proxy_ssltype = \"NEVER\"` cannot reach an https address, because nothing would be \
                       encrypted; use AUTO or TUNNEL";
            return Err(TransportError::Fatal(why.to_owned()));
        }
        let forwards = !secure && ssl.is_some_and(|ssl| ssl != Ssl::Tunnel);
        let dial = Dial::new(proxy, named_by, secure, roots)?;
        let (challenge, idle) = (Mutex::default(), Mutex::default());
        Ok(Self { dial, forwards, base, timeout, challenge, idle })
    }

    async fn answer(&self, request: Request) -> Result<Response, TransportError> {
        // A way that was idle may have been closed meanwhile; a new one has not.
        while let Some(way) = self.take_idle() {
            emit(|| Event::Reused { link: way.link.number });
            if let Some(done) = self.send_on(way, &request).await? {
                return Ok(done);
            }
        }
        let way = self.open().await?;
        let closed = || TransportError::Broken("the connection was closed before an answer came".to_owned());
        self.send_on(way, &request).await?.ok_or_else(closed)
    }

    /// The answer; none when the way was closed before the request was sent.
    async fn send_on(&self, mut way: Way, request: &Request) -> Result<Option<Response>, TransportError> {
        let mut answered = self.exchange(&mut way, request).await?;
        if let Some(response) = &answered
            && response.status == 407
            && self.forwards
            && self.learn(response)?
        {
            if way.sender.is_closed() {
                way = self.open().await?;
            }
            answered = self.exchange(&mut way, request).await?;
        }
        match answered {
            Some(response) if response.status == 407 => Err(refused()),
            Some(response) => {
                self.keep(way);
                Ok(Some(response))
            }
            None => Ok(None),
        }
    }

    async fn exchange(&self, way: &mut Way, request: &Request) -> Result<Option<Response>, TransportError> {
        if way.sender.ready().await.is_err() {
            return Ok(None);
        }
        let message = self.message(request)?;
        let (address, link) = (Some(way.link.address), Some(way.link.number));
        trace::met(Peer { address, version: message.version(), link });
        way.link.watch();
        let answered = self.answered(way, message).await;
        way.link.rest();
        answered.map(Some)
    }

    async fn answered(
        &self,
        way: &mut Way,
        message: http::Request<Full<Bytes>>,
    ) -> Result<Response, TransportError> {
        let sent = way.sender.send_request(message).await.map_err(|error| self.broken(&error))?;
        let (parts, body) = sent.into_parts();
        let body = body.collect().await.map_err(|error| self.broken(&error))?.to_bytes();
        Ok(Response { status: parts.status.as_u16(), headers: parts.headers, body })
    }

    /// The request as it goes on the way: whole address to a proxy that forwards, path alone
    /// through a tunnel.
    fn message(&self, request: &Request) -> Result<http::Request<Full<Bytes>>, TransportError> {
        let base = self.base.to_string();
        let whole = format!("{}{}", base.trim_end_matches('/'), request.target);
        let target = if self.forwards { whole.clone() } else { request.target.clone() };
        let invalid = |_| TransportError::Fatal(format!("{whole} is no address"));
        let uri: Uri = target.parse().map_err(invalid)?;
        let mut message = http::Request::new(Full::new(request.body.clone()));
        *message.method_mut() = request.method.clone();
        *message.headers_mut() = request.headers.clone();
        let host = self.base.authority().map_or("", http::uri::Authority::as_str);
        if let Ok(host) = HeaderValue::from_str(host) {
            message.headers_mut().insert(HOST, host);
        }
        if let Some(header) =
            self.authorization(request.method.as_str(), &uri.to_string()).filter(|_| self.forwards)
        {
            message.headers_mut().insert(PROXY_AUTHORIZATION, header);
        }
        *message.uri_mut() = uri;
        Ok(message)
    }

    async fn open(&self) -> Result<Way, TransportError> {
        let (stream, link) = self.dial.connect(self.forwards, &self.base, &self.challenge).await?;
        let (sender, connection) =
            hyper::client::conn::http1::handshake(stream).await.map_err(|error| self.broken(&error))?;
        // Its end shows on the way.
        tokio::spawn(connection);
        Ok(Way { sender, link })
    }

    fn broken(&self, error: &hyper::Error) -> TransportError {
        let through = self.dial.through().trim_start();
        let through = if through.is_empty() { String::new() } else { format!("{through}: ") };
        TransportError::Broken(format!("{through}{error}"))
    }

    fn authorization(&self, method: &str, uri: &str) -> Option<HeaderValue> {
        let mut challenge = self.challenge.lock().unwrap_or_else(PoisonError::into_inner);
        self.dial.credentials()?.header(challenge.as_mut(), method, uri)
    }

    /// Remembers the proxy's challenge; false when it brings nothing new.
    fn learn(&self, response: &Response) -> Result<bool, TransportError> {
        let Some(credentials) = self.dial.credentials() else { return Ok(false) };
        credentials.learn(&self.challenge, &response.headers)
    }

    fn take_idle(&self) -> Option<Way> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, way: Way) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|way| !way.sender.is_closed());
        if idle.len() < KEPT && !way.sender.is_closed() {
            idle.push(way);
        }
    }
}

impl Transport for Proxied {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            let through = self.dial.through();
            let late = || TransportError::Broken(format!("no answer{through} within {:?}", self.timeout));
            timeout(self.timeout, self.answer(request)).await.unwrap_or_else(|_| Err(late()))
        })
    }
}

/// The proxy does not know us.
fn refused() -> TransportError {
    TransportError::ProxyAuth(
        "the proxy refused `proxy_user` and `proxy_password` (HTTP 407); check both and `proxy_auth_scheme`"
            .to_owned(),
    )
}
