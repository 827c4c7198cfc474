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
//! tunnels to plain targets, TLS to the proxy with roots of one's own.

mod credentials;
mod dial;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::Uri;
use http::header::{HOST, HeaderValue, PROXY_AUTHORIZATION};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::SendRequest;
use tokio::time::timeout;

use crate::stripe::{Request, Response, Transport, TransportError};
use credentials::Challenge;
pub use credentials::{Credentials, Scheme};
use dial::Dial;

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

/// A transport through one proxy.
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
type Way = SendRequest<Full<Bytes>>;

impl Proxied {
    /// A transport to `base` through a proxy. `roots` are further trusted certificates, PEM
    /// text, for Stripe and for the proxy.
    pub fn new(
        base: &str,
        proxy: ProxySettings,
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
        if secure && proxy.ssl == Ssl::Never {
            let why = "`proxy_ssltype = \"NEVER\"` cannot reach an https address, because nothing would be \
                       encrypted; use AUTO or TUNNEL";
            return Err(TransportError::Fatal(why.to_owned()));
        }
        let forwards = !secure && proxy.ssl != Ssl::Tunnel;
        let dial = Dial::new(proxy, secure, roots)?;
        let (challenge, idle) = (Mutex::default(), Mutex::default());
        Ok(Self { dial, forwards, base, timeout, challenge, idle })
    }

    async fn answer(&self, request: Request) -> Result<Response, TransportError> {
        // A way that was idle may have been closed meanwhile; a new one has not.
        while let Some(way) = self.take_idle() {
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
            if way.is_closed() {
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
        if way.ready().await.is_err() {
            return Ok(None);
        }
        let sent = way.send_request(self.message(request)?).await.map_err(|error| broken(&error))?;
        let (parts, body) = sent.into_parts();
        let body = body.collect().await.map_err(|error| broken(&error))?.to_bytes();
        Ok(Some(Response { status: parts.status.as_u16(), headers: parts.headers, body }))
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
        let stream = self.dial.connect(self.forwards, &self.base, &self.challenge).await?;
        let (way, connection) =
            hyper::client::conn::http1::handshake(stream).await.map_err(|error| broken(&error))?;
        // Its end shows on the way.
        tokio::spawn(connection);
        Ok(way)
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
        idle.retain(|way| !way.is_closed());
        if idle.len() < KEPT && !way.is_closed() {
            idle.push(way);
        }
    }
}

impl Transport for Proxied {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            let late =
                || TransportError::Broken(format!("no answer through the proxy within {:?}", self.timeout));
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

fn broken(error: &hyper::Error) -> TransportError {
    TransportError::Broken(format!("through the proxy: {error}"))
}

/// The windows of trust: the system's roots, and some more.
pub(super) fn roots_of(
    pem: &[&str],
) -> Result<Vec<rustls::pki_types::CertificateDer<'static>>, TransportError> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;
    let unreadable = |error| TransportError::Fatal(format!("a trusted certificate cannot be read: {error}"));
    let all = pem.iter().flat_map(|text| CertificateDer::pem_slice_iter(text.as_bytes()));
    all.collect::<Result<_, _>>().map_err(unreadable)
}

/// One TLS configuration for Stripe and for the proxy; certificates are always verified.
pub(super) fn tls(pem: &[&str]) -> Result<Arc<rustls::ClientConfig>, TransportError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let failed = |error: rustls::Error| TransportError::Fatal(format!("cannot set up TLS: {error}"));
    let roots = roots_of(pem)?;
    let verifier = rustls_platform_verifier::Verifier::new_with_extra_roots(roots, Arc::clone(&provider))
        .map_err(failed)?;
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(Arc::new(config))
}
