//! A transport over HTTP/1.1 or HTTP/2 with reqwest, for everything except configured proxies.

use std::error::Error as _;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use futures_util::future::BoxFuture;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Proxy, Url};

use crate::secret::with_causes;
use crate::stripe::reach::{DialTarget, SlowDialLayer, connect_limit};
use crate::stripe::resolver::Resolver;
use crate::stripe::tls_words::{is_untrusted, plain_words};
use crate::stripe::trace::{self, Peer};
use crate::stripe::transport::{MAX_BODY, MAX_IDLE_TIME};
use crate::stripe::{
    ProxyCredentials, ProxySettings, ProxyTls, Request, Response, SetupError, Transport, TransportError,
};

/// A transport to one base address with a pool of connections, either direct or through a proxy that needs no
/// special support.
#[derive(Debug)]
pub struct HttpTransport {
    base: Url,
    client: reqwest::Client,
    /// How the base address is reached.
    route: Arc<DialTarget>,
    /// The time for one request.
    timeout: Duration,
}

impl HttpTransport {
    /// Creates a transport to the base address `base`. `proxy` is the one that the environment names for it;
    /// nothing else is read from the environment. `timeout` applies to one request; `roots` are additional
    /// trusted certificates as PEM text. Certificates are always verified, and redirects are never followed.
    ///
    /// # Errors
    /// `base`, `proxy` or `roots` cannot be parsed.
    pub fn new(
        base: &str,
        proxy: Option<&ProxySettings>,
        timeout: Duration,
        roots: &[&str],
    ) -> Result<Self, SetupError> {
        let base = Url::parse(base).ok().filter(is_base).ok_or(SetupError::Address)?;
        let (address, limit) = (host_and_port(&base), connect_limit(timeout));
        let route = Arc::new(match proxy {
            Some(ProxySettings { host, port, .. }) => {
                DialTarget::through(address, &format!("{host}:{port}"), limit)
            }
            None => DialTarget::direct(address, limit),
        });
        let mut builder = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .dns_resolver(Resolver::default())
            .timeout(timeout)
            .connect_timeout(limit)
            .connector_layer(SlowDialLayer(Arc::clone(&route)))
            .pool_idle_timeout(MAX_IDLE_TIME);
        // If no TLS is used, the system's certificates (a few hundred files) are not read.
        match proxy {
            Some(proxy) => builder = builder.proxy(through(proxy)?),
            None if base.scheme() == "http" => builder = builder.tls_certs_only([]),
            None => {}
        }
        for pem in roots {
            let bundle = Certificate::from_pem_bundle(pem.as_bytes());
            builder = builder.tls_certs_merge(bundle.map_err(|error| SetupError::Roots(error.to_string()))?);
        }
        let client = builder.build().map_err(|error| SetupError::Client(with_causes(&error)))?;
        Ok(Self { base, client, route, timeout })
    }

    async fn send_request(&self, request: Request) -> Result<Response, TransportError> {
        let url = format!("{}{}", self.base.as_str().trim_end_matches('/'), request.target);
        let sent =
            self.client.request(request.method, url).headers(request.headers).body(request.body).send().await;
        // The URL is removed because its query may contain private data, such as what a search looks for.
        let mut response = sent.map_err(|error| self.classify(&error.without_url()))?;
        trace::record_peer(Peer {
            address: response.remote_addr(),
            version: response.version(),
            connection: None,
        });
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = BytesMut::new();
        let cut = |error: reqwest::Error| self.broken(&error);
        while let Some(chunk) = response.chunk().await.map_err(cut)? {
            if body.len() + chunk.len() > MAX_BODY {
                return Err(TransportError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status, headers, body: body.freeze() })
    }
}

impl HttpTransport {
    fn classify(&self, error: &reqwest::Error) -> TransportError {
        let text = || plain_words(error).unwrap_or_else(|| with_causes(error));
        let nobody = || nobody_answers(error).filter(|_| error.is_connect());
        if error.is_builder() {
            TransportError::Fatal(text())
        } else if is_untrusted(error) {
            TransportError::Untrusted(format!("Stripe's certificate is not trusted: {}", text()))
        } else if let Some(why) = nobody() {
            TransportError::Unreachable(self.route.unreachable(why))
        } else if error.is_connect() {
            TransportError::Connect(text())
        } else {
            self.broken(error)
        }
    }

    /// The error of a request that was sent.
    fn broken(&self, error: &reqwest::Error) -> TransportError {
        TransportError::Broken(if error.is_timeout() {
            format!("the answer did not arrive within {:?}", self.timeout)
        } else {
            with_causes(error)
        })
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(self.send_request(request))
    }
}

/// A reqwest proxy setting that sends all requests through this proxy.
fn through(proxy: &ProxySettings) -> Result<Proxy, SetupError> {
    let ProxySettings { host, port, tls, credentials, .. } = proxy;
    let scheme = if *tls == ProxyTls::Always { "https" } else { "http" };
    let all = Proxy::all(format!("{scheme}://{host}:{port}"));
    let all = all.map_err(|error| SetupError::Client(with_causes(&error)))?;
    Ok(match credentials {
        Some(ProxyCredentials { user, password, .. }) => all.basic_auth(user, password.expose()),
        None => all,
    })
}

/// Whether the address is an http or https address without user and password.
fn is_base(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none()
}

/// `api.stripe.com:443`.
fn host_and_port(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}

/// Explains why nobody answers at an address; returns `None` if somebody did.
fn nobody_answers(error: &reqwest::Error) -> Option<String> {
    if error.is_timeout() {
        return Some("no answer in the time for a connection".to_owned());
    }
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    let of_system = causes.filter_map(|cause| cause.downcast_ref::<io::Error>());
    let silent =
        |cause: &&io::Error| !matches!(cause.kind(), io::ErrorKind::InvalidData | io::ErrorKind::Other);
    let cause = of_system.filter(silent).last()?;
    let heard = [io::ErrorKind::ConnectionReset, io::ErrorKind::UnexpectedEof].contains(&cause.kind());
    (!heard).then(|| cause.to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use http::{HeaderMap, Method};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::HttpTransport;
    use crate::secret::Secret;
    use crate::stripe::reach::tests::SilentHost;
    use crate::stripe::{
        AuthScheme, Http1Transport, ProxyCredentials, ProxyOrigin, ProxySettings, ProxyTls, Request,
        Response, Transport, TransportError,
    };

    async fn get(base: &str) -> Result<Response, TransportError> {
        get_within(base, Duration::from_millis(300)).await
    }

    async fn get_within(base: &str, timeout: Duration) -> Result<Response, TransportError> {
        HttpTransport::new(base, None, timeout, &[]).unwrap().send(request()).await
    }

    fn request() -> Request {
        let target = "/v1/x".to_owned();
        Request { method: Method::GET, target, headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// Starts a server that reads a request, sends `answer`, and closes the connection.
    async fn server(answer: &'static str) -> String {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut read = [0; 1024];
            let _ = stream.read(&mut read).await;
            stream.write_all(answer.as_bytes()).await.unwrap();
            if answer.is_empty() || answer.ends_with("late") {
                // Keep the connection open without the rest of an answer.
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
        });
        base
    }

    #[tokio::test]
    async fn a_response_is_complete_and_redirects_are_not_followed() {
        let base =
            server("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 2\r\n\r\nok")
                .await;
        let response = get(&base).await.unwrap();
        assert_eq!((response.status, response.body.as_ref()), (302, b"ok".as_ref()));
    }

    #[tokio::test]
    async fn the_path_of_the_address_stands_before_that_of_the_call_in_every_transport() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}/under", listener.local_addr().unwrap());
        let second = Duration::from_secs(1);
        let transports: [Box<dyn Transport>; 2] = [
            Box::new(HttpTransport::new(&base, None, second, &[]).unwrap()),
            Box::new(Http1Transport::new(&base, None, second, &[]).unwrap()),
        ];
        for transport in transports {
            let asked = async {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut read = vec![0; 1024];
                let length = stream.read(&mut read).await.unwrap();
                String::from_utf8_lossy(&read[..length]).into_owned()
            };
            let (_, asked) = tokio::join!(transport.send(request()), asked);
            assert!(asked.starts_with("GET /under/v1/x HTTP/1.1\r\n"), "{asked}");
        }
    }

    #[tokio::test]
    async fn calls_go_through_the_proxy_that_is_given() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let password = Secret::new("p w".to_owned());
        let proxy = ProxySettings {
            host: "127.0.0.1".to_owned(),
            port: listener.local_addr().unwrap().port(),
            tls: ProxyTls::Auto,
            credentials: Some(ProxyCredentials {
                scheme: AuthScheme::Basic,
                user: "svc".to_owned(),
                password,
            }),
            origin: ProxyOrigin::Environment,
        };
        let base = "https://stripe.invalid";
        let transport = HttpTransport::new(base, Some(&proxy), Duration::from_secs(5), &[]).unwrap();
        let asked = async {
            let accepted = tokio::time::timeout(Duration::from_secs(5), listener.accept()).await;
            let (mut stream, _) = accepted.expect("the proxy is asked").unwrap();
            let mut read = vec![0; 1024];
            let length = stream.read(&mut read).await.unwrap();
            String::from_utf8_lossy(&read[..length]).into_owned()
        };
        let (_, asked) = tokio::join!(transport.send(request()), asked);
        assert!(asked.starts_with("CONNECT stripe.invalid:443 HTTP/1.1\r\n"), "{asked}");
        assert!(asked.to_lowercase().contains("proxy-authorization: basic c3zjonagdw=="), "{asked}");
    }

    #[tokio::test]
    async fn a_refused_connection_sent_nothing() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let Err(TransportError::Unreachable(told)) = get(&base).await else { panic!("nobody listens") };
        let address = base.trim_start_matches("http://");
        assert!(told.starts_with(&format!("{address}, without a proxy: Connection refused")), "{told}");
    }

    #[tokio::test]
    async fn a_name_without_an_address_sent_nothing() {
        let Err(TransportError::Unreachable(told)) = get("http://stripe.invalid").await else {
            panic!("the name has no address")
        };
        assert!(told.starts_with("stripe.invalid:80, without a proxy: "), "{told}");
    }

    #[tokio::test]
    async fn a_host_that_drops_packets_was_sent_nothing() {
        let host = SilentHost::start().await;
        let sent = get_within(&format!("http://{}", host.address), Duration::from_secs(1)).await;
        let Err(TransportError::Unreachable(told)) = sent else { panic!("nobody answers") };
        assert!(told.ends_with("no answer in the time for a connection"), "{told}");
    }

    #[tokio::test]
    async fn a_broken_or_silent_connection_may_have_sent_something() {
        let cut = server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf").await;
        assert!(matches!(get(&cut).await, Err(TransportError::Broken(_))));
        for late in ["", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nlate"] {
            let Err(TransportError::Broken(told)) = get(&server(late).await).await else { panic!("{late}") };
            assert_eq!(told, "the answer did not arrive within 300ms", "{late}");
        }
    }

    #[tokio::test]
    async fn a_port_without_tls_is_told_as_one_by_every_transport() {
        let second = Duration::from_secs(1);
        for general in [true, false] {
            let base = server("HTTP/1.1 400 Bad Request\r\n\r\n").await.replace("http:", "https:");
            let transport: Box<dyn Transport> = if general {
                Box::new(HttpTransport::new(&base, None, second, &[]).unwrap())
            } else {
                Box::new(Http1Transport::new(&base, None, second, &[]).unwrap())
            };
            let Err(TransportError::Connect(told)) = transport.send(request()).await else {
                panic!("{base}")
            };
            assert!(
                told.ends_with("the other end does not speak TLS, so this is no https address"),
                "{told}"
            );
        }
    }

    #[tokio::test]
    async fn an_answer_without_an_end_is_cut() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 1024]).await;
            let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n";
            stream.write_all(head).await.unwrap();
            while stream.write_all(&[b'x'; 1 << 14]).await.is_ok() {}
        });
        let transport = HttpTransport::new(&base, None, Duration::from_mins(2), &[]).unwrap();
        assert!(matches!(transport.send(request()).await, Err(TransportError::TooLarge)));
    }

    #[test]
    fn an_address_that_is_none_is_refused() {
        let error = HttpTransport::new("not an address", None, Duration::from_secs(1), &[]).unwrap_err();
        assert!(error.to_string().contains("the base address is not one"), "{error}");
        let error =
            HttpTransport::new("http://svc:hidden@127.0.0.1", None, Duration::from_secs(1), &[]).unwrap_err();
        assert!(!format!("{error:?} {error}").contains("hidden"));
        let error = HttpTransport::new(
            "http://127.0.0.1",
            None,
            Duration::from_secs(1),
            &["-----BEGIN CERTIFICATE-----\nx\n"],
        );
        assert!(error.is_err());
    }
}
