//! A tap in front of a sandbox that records every call that passes through it.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use stripe_provider::sandbox::{Dropped, Sandbox};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A call as it was sent, and the status of its answer; 0 if the connection was cut.
#[derive(Debug, Clone)]
pub struct Call {
    pub method: String,
    pub path: String,
    pub content_type: String,
    /// The requested `Stripe-Version`.
    pub version: String,
    /// The `Idempotency-Key`.
    pub key: String,
    pub body: Bytes,
    pub status: u16,
}

/// A tap in front of a sandbox; it closes with this value.
pub struct Tap {
    /// Its address, as `api_base` expects it.
    pub base: String,
    noted: Arc<Mutex<Vec<Call>>>,
    _runtime: Runtime,
}

impl Tap {
    pub fn before(sandbox: &Sandbox) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let noted: Arc<Mutex<Vec<Call>>> = Arc::default();
        let (sandbox, written) = (sandbox.clone(), Arc::clone(&noted));
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (sandbox, written) = (sandbox.clone(), Arc::clone(&written));
                let service = service_fn(move |request| pass(request, sandbox.clone(), Arc::clone(&written)));
                let server = hyper::server::conn::http1::Builder::new();
                tokio::spawn(server.serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { base, noted, _runtime: runtime }
    }

    /// Returns every call that was answered so far.
    pub fn calls(&self) -> Vec<Call> {
        self.noted.lock().unwrap().clone()
    }

    /// Returns every write so far that the sandbox accepted.
    pub fn writes(&self) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.method != "GET" && call.status == 200).collect()
    }
}

async fn pass(
    request: http::Request<Incoming>,
    sandbox: Sandbox,
    noted: Arc<Mutex<Vec<Call>>>,
) -> Result<http::Response<Full<Bytes>>, Dropped> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let header =
        |name: &str| head.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned();
    let mut call = Call {
        method: head.method.to_string(),
        path: head.uri.to_string(),
        content_type: header("content-type"),
        version: header("stripe-version"),
        key: header("idempotency-key"),
        body: body.clone(),
        status: 0,
    };
    let response = sandbox.handle(http::Request::from_parts(head, body)).await;
    call.status = response.as_ref().map_or(0, |response| response.status().as_u16());
    noted.lock().unwrap().push(call);
    Ok(response?.map(Full::new))
}
