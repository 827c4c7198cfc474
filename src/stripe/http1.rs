//! An HTTP/1.1 transport that opens its connections itself, through a proxy or directly.
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
//! [`HttpTransport`](crate::stripe::HttpTransport) handles calls without a proxy and calls through a proxy
//! named by the usual environment variables. This transport does what general clients cannot: digest
//! authentication for a tunnel, tunnels to http targets, and TLS to the proxy with additional trusted roots.
//! With or without a proxy, it also reports events about the connection and its bytes.

mod dial;
mod pool;
mod proxy_auth;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::Uri;
use http::header::{HOST, HeaderValue, PROXY_AUTHORIZATION};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::SendRequest;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::stripe::reach::connect_limit;
use crate::stripe::trace::{self, Event, Peer, emit};
use crate::stripe::transport::MAX_BODY;
use crate::stripe::wire_tap::Tap;
use crate::stripe::{Request, Response, SetupError, Transport, TransportError};
use dial::{Dialer, MAX_TRIES};
use pool::IdlePool;
pub use proxy_auth::{AuthScheme, ProxyCredentials};
use proxy_auth::{Authentication, credentials_refused};

/// Where TLS is used on the way through a proxy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ProxyTls {
    /// A tunnel to https targets; http requests are forwarded without TLS.
    #[default]
    Auto,
    /// TLS to the proxy itself, and inside it a tunnel to https targets.
    Always,
    /// No TLS at all; https targets are refused.
    Never,
    /// A CONNECT tunnel to every target.
    Tunnel,
}

/// Where the proxy setting came from, for errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyOrigin {
    /// The settings of the connection.
    Configuration,
    /// A variable such as `HTTPS_PROXY`.
    Environment,
}

/// A proxy and how to use it.
#[derive(Debug, Clone)]
pub struct ProxySettings {
    /// Host name or IP address.
    pub host: String,
    /// From 1 to 65535.
    pub port: u16,
    /// Where TLS is used.
    pub tls: ProxyTls,
    /// The user and password for the proxy; `None` without authentication.
    pub credentials: Option<ProxyCredentials>,
    /// Where the proxy setting came from.
    pub origin: ProxyOrigin,
}

/// A transport with a pool of HTTP/1.1 connections, through one proxy or directly to Stripe.
#[derive(Debug)]
pub struct Http1Transport {
    dialer: Dialer,
    /// Whether the proxy forwards requests instead of opening a tunnel.
    forwards: bool,
    base: Uri,
    timeout: Duration,
    idle: IdlePool<PooledConnection>,
}

/// An open connection that sends one request at a time.
#[derive(Debug)]
struct PooledConnection {
    sender: SendRequest<Full<Bytes>>,
    tap: Arc<Tap>,
}

impl Http1Transport {
    /// Creates a transport to the base address `base`, through `proxy` if there is one. `timeout` applies to
    /// one request; `roots` are additional trusted certificates as PEM text, for Stripe and for the proxy.
    ///
    /// # Errors
    /// `base` or `roots` cannot be parsed, or the proxy never uses TLS but `base` is https.
    pub fn new(
        base: &str,
        proxy: Option<ProxySettings>,
        timeout: Duration,
        roots: &[&str],
    ) -> Result<Self, SetupError> {
        let base: Uri = base.parse().map_err(|_| SetupError::Address)?;
        let secure = match base.scheme_str() {
            _ if base.authority().is_some_and(|authority| authority.as_str().contains('@')) => {
                return Err(SetupError::Address);
            }
            Some("https") => true,
            Some("http") => false,
            _ => return Err(SetupError::Address),
        };
        let tls = proxy.as_ref().map(|proxy| proxy.tls);
        if secure && tls == Some(ProxyTls::Never) {
            return Err(SetupError::ProxyWithoutTls);
        }
        let forwards = !secure && tls.is_some_and(|tls| tls != ProxyTls::Tunnel);
        let dialer = Dialer::new(proxy, secure, connect_limit(timeout), roots)?;
        Ok(Self { dialer, forwards, base, timeout, idle: IdlePool::new() })
    }

    async fn send_request(&self, request: Request) -> Result<Response, TransportError> {
        // An idle connection may have been closed by the other end; a new one has not.
        while let Some(connection) = self.idle.take() {
            emit(|| Event::ConnectionReused { connection: connection.tap.number });
            if let Some(response) = self.send_over(connection, &request).await? {
                return Ok(response);
            }
        }
        let connection = self.open().await?;
        let closed = || TransportError::Broken("the connection was closed before an answer came".to_owned());
        self.send_over(connection, &request).await?.ok_or_else(closed)
    }

    /// Returns the response, or `None` if the connection was closed before the request was sent.
    async fn send_over(
        &self,
        mut connection: PooledConnection,
        request: &Request,
    ) -> Result<Option<Response>, TransportError> {
        let mut authentication = self.dialer.authenticate();
        for tries in 0..MAX_TRIES {
            // A proxy may close the connection after its challenge.
            if tries > 0 && connection.sender.ready().await.is_err() {
                connection = self.open().await?;
            }
            let Some(response) = self.exchange(&mut connection, request, &mut authentication).await? else {
                return Ok(None);
            };
            if response.status != 407 {
                authentication.passed();
                self.idle.put(connection, |connection| !connection.sender.is_closed());
                return Ok(Some(response));
            }
            // Only a forwarding proxy is authenticated here: a tunnel is already open.
            if !self.forwards {
                break;
            }
            authentication.challenged(&response.headers)?;
        }
        Err(credentials_refused())
    }

    async fn exchange(
        &self,
        connection: &mut PooledConnection,
        request: &Request,
        authentication: &mut Authentication<'_>,
    ) -> Result<Option<Response>, TransportError> {
        if connection.sender.ready().await.is_err() {
            return Ok(None);
        }
        let message = self.message(request, authentication)?;
        let (address, number) = (Some(connection.tap.address), Some(connection.tap.number));
        trace::record_peer(Peer { address, version: message.version(), connection: number });
        connection.tap.start();
        let response = self.response(connection, message).await;
        connection.tap.stop();
        response.map(Some)
    }

    async fn response(
        &self,
        connection: &mut PooledConnection,
        message: http::Request<Full<Bytes>>,
    ) -> Result<Response, TransportError> {
        let sent = connection.sender.send_request(message).await.map_err(|error| self.broken(&error))?;
        let (parts, body) = sent.into_parts();
        let body = Limited::new(body, MAX_BODY).collect().await.map_err(|error| self.cut(&*error))?;
        Ok(Response { status: parts.status.as_u16(), headers: parts.headers, body: body.to_bytes() })
    }

    /// Builds the HTTP message of a request: with the complete address for a forwarding proxy, and with only
    /// path and query otherwise.
    fn message(
        &self,
        request: &Request,
        authentication: &mut Authentication<'_>,
    ) -> Result<http::Request<Full<Bytes>>, TransportError> {
        let base = self.base.to_string();
        let url = format!("{}{}", base.trim_end_matches('/'), request.target);
        let invalid = |_| TransportError::Fatal("the path of the call is none".to_owned());
        let whole: Uri = url.parse().map_err(invalid)?;
        let uri = match whole.path_and_query() {
            Some(path) if !self.forwards => Uri::from(path.clone()),
            _ => whole,
        };
        let mut message = http::Request::new(Full::new(request.body.clone()));
        *message.method_mut() = request.method.clone();
        *message.headers_mut() = request.headers.clone();
        let host = self.base.authority().map_or("", http::uri::Authority::as_str);
        if let Ok(host) = HeaderValue::from_str(host) {
            message.headers_mut().insert(HOST, host);
        }
        if self.forwards
            && let Some(header) = authentication.header(request.method.as_str(), &uri.to_string())
        {
            message.headers_mut().insert(PROXY_AUTHORIZATION, header);
        }
        *message.uri_mut() = uri;
        Ok(message)
    }

    async fn open(&self) -> Result<PooledConnection, TransportError> {
        let (stream, tap) = self.dialer.connect(self.forwards, &self.base).await?;
        let (sender, connection) =
            hyper::client::conn::http1::handshake(stream).await.map_err(|error| self.broken(&error))?;
        // The sender reports the end of the connection.
        tokio::spawn(connection);
        Ok(PooledConnection { sender, tap })
    }

    /// The error for a body that was not received completely.
    fn cut(&self, error: &(dyn std::error::Error + 'static)) -> TransportError {
        match error.downcast_ref::<hyper::Error>() {
            Some(error) => self.broken(error),
            None => TransportError::TooLarge,
        }
    }

    fn broken(&self, error: &hyper::Error) -> TransportError {
        match self.dialer.through().trim_start() {
            "" => TransportError::Broken(error.to_string()),
            through => TransportError::Broken(format!("{through}: {error}")),
        }
    }
}

impl Transport for Http1Transport {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            let through = self.dialer.through();
            let late = || TransportError::Broken(format!("no answer{through} within {:?}", self.timeout));
            timeout(self.timeout, self.send_request(request)).await.unwrap_or_else(|_| Err(late()))
        })
    }
}

#[cfg(test)]
mod tests;
