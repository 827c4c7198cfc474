//! A Stripe with a latency and a limit: the sandbox behind a port that counts what arrives, and a proxy
//! that leads `api.stripe.com` to it, for providers that cannot be told another address.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use stripe_provider::catalog::{Called, catalog};
use stripe_provider::sandbox::{Dropped, Sandbox};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

use crate::support::authority::Authority;

const SECOND: Duration = Duration::from_secs(1);
const REFUSAL: &str = r#"{"error":{"type":"invalid_request_error","code":"rate_limit","message":"Request rate limit exceeded."}}"#;

/// A Stripe of the benchmark's own.
pub struct StandIn {
    shared: Arc<Shared>,
    base: SocketAddr,
    proxy: SocketAddr,
    authority: String,
    _runtime: Runtime,
}

struct Shared {
    sandbox: Sandbox,
    limit: Option<usize>,
    latency: Duration,
    seen: Mutex<Seen>,
}

/// What arrived since the operation began.
#[derive(Default)]
struct Seen {
    calls: BTreeMap<String, usize>,
    refused: usize,
    admitted: VecDeque<Instant>,
    /// When the first call arrived, and the last one.
    span: Option<(Instant, Instant)>,
}

impl StandIn {
    pub fn start(limit: Option<usize>, latency: Duration) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let sandbox = Sandbox::memory().unwrap();
        let shared = Arc::new(Shared { sandbox, limit, latency, seen: Mutex::default() });
        let authority = Authority::new();
        let acceptor = authority.acceptor(&["api.stripe.com"]);
        let [http, proxy] = [(), ()].map(|()| runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).unwrap());
        let (base, proxy_at) = (http.local_addr().unwrap(), proxy.local_addr().unwrap());
        let state = Arc::clone(&shared);
        runtime.spawn(async move {
            while let Ok((stream, _)) = http.accept().await {
                let _ = stream.set_nodelay(true);
                tokio::spawn(serve(stream, Arc::clone(&state)));
            }
        });
        let state = Arc::clone(&shared);
        runtime.spawn(async move {
            while let Ok((stream, _)) = proxy.accept().await {
                tokio::spawn(tunnel(stream, acceptor.clone(), Arc::clone(&state)));
            }
        });
        Self { shared, base, proxy: proxy_at, authority: authority.pem(), _runtime: runtime }
    }

    /// The variables that lead a provider here; the folder gets the authority's certificate.
    pub fn environment(&self, folder: &Path) -> Vec<(&'static str, String)> {
        let authority = folder.join("authority.pem");
        std::fs::write(&authority, &self.authority).unwrap();
        vec![
            ("STRIPE_API_BASE", format!("http://{}", self.base)),
            ("STRIPE_API_KEY", "sk_test_bench".to_owned()),
            ("HTTPS_PROXY", format!("http://{}", self.proxy)),
            ("SSL_CERT_FILE", authority.display().to_string()),
        ]
    }

    /// An operation begins: nothing was counted before, and its first second is empty.
    pub fn begin(&self) {
        std::thread::sleep(if self.shared.limit.is_some() { SECOND } else { Duration::ZERO });
        *self.shared.seen.lock().unwrap() = Seen::default();
    }

    /// How many calls arrived of each method and path.
    pub fn calls(&self) -> BTreeMap<String, usize> {
        self.shared.seen.lock().unwrap().calls.clone()
    }

    /// Calls a second, from the first that arrived to the last; none of a single one.
    pub fn rate(&self) -> Option<f64> {
        let seen = self.shared.seen.lock().unwrap();
        let between = u32::try_from(seen.calls.values().sum::<usize>()).unwrap().checked_sub(1)?;
        let (first, last) = seen.span?;
        (between > 0).then(|| f64::from(between) / (last - first).as_secs_f64())
    }

    /// How many calls were refused with a 429.
    pub fn refused(&self) -> usize {
        self.shared.seen.lock().unwrap().refused
    }
}

/// Serves plain HTTP on a connection.
async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, shared: Arc<Shared>) {
    let service = service_fn(move |request| answer(request, Arc::clone(&shared)));
    let builder = Builder::new(TokioExecutor::new());
    // A client may leave whenever it wants.
    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
}

/// Serves a client that takes this port for its proxy, whatever host it asks for.
async fn tunnel(stream: TcpStream, acceptor: TlsAcceptor, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|read| read > 2) {
        line.clear();
    }
    if stream.write_all(b"HTTP/1.1 200 Connection Established\r\n\r\n").await.is_err() {
        return;
    }
    if let Ok(stream) = acceptor.accept(stream).await {
        serve(stream, shared).await;
    }
}

async fn answer(
    request: http::Request<Incoming>,
    shared: Arc<Shared>,
) -> Result<http::Response<Full<Bytes>>, Dropped> {
    let admitted = shared.arrived(request.method().as_str(), request.uri().path());
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
    tokio::time::sleep(shared.latency).await;
    if !admitted {
        let response = http::Response::builder().status(429).header("content-type", "application/json");
        return Ok(response.body(Full::new(Bytes::from_static(REFUSAL.as_bytes()))).unwrap());
    }
    Ok(shared.sandbox.handle(http::Request::from_parts(parts, body)).await?.map(Full::new))
}

impl Shared {
    /// Counts a request when it arrives; whether it is below the limit.
    fn arrived(&self, method: &str, path: &str) -> bool {
        let mut seen = self.seen.lock().unwrap();
        *seen.calls.entry(format!("{method} {}", template(method, path))).or_default() += 1;
        let now = Instant::now();
        seen.span = Some((seen.span.map_or(now, |(first, _)| first), now));
        while seen.admitted.front().is_some_and(|at| now.duration_since(*at) >= SECOND) {
            seen.admitted.pop_front();
        }
        let fits = self.limit.is_none_or(|limit| seen.admitted.len() < limit);
        if fits {
            seen.admitted.push_back(now);
        } else {
            seen.refused += 1;
        }
        fits
    }
}

/// The path with a placeholder for each id.
fn template(method: &str, path: &str) -> String {
    let found = catalog().match_path(method, path).map(|found| match found.called {
        Called::Operation(operation) => operation.path.clone(),
        Called::Action(action) => action.path.clone(),
    });
    found.unwrap_or_else(|| path.to_owned())
}
