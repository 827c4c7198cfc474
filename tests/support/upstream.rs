//! A server in Stripe's place that answers as a test says.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// The answer to a call: status and body; with status 0, it is never answered.
pub type Answer = (u16, String);

/// A call as it was received.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    /// Path and query.
    pub target: String,
}

/// A server in Stripe's place.
pub struct Upstream {
    /// Its address, as `api_base` expects it.
    pub base: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Upstream {
    /// Serves on the current runtime.
    pub async fn start(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (noted, answer) = (Arc::clone(&asked), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (noted, answer) = (Arc::clone(&noted), Arc::clone(&answer));
                let service =
                    service_fn(move |request| reply(request, Arc::clone(&noted), Arc::clone(&answer)));
                let served = hyper::server::conn::http1::Builder::new();
                tokio::spawn(served.serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { base, asked }
    }

    /// Returns every call so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Returns every call so far, in the form `GET /v1/customers`.
    pub fn lines(&self) -> Vec<String> {
        self.asked().iter().map(|asked| format!("{} {}", asked.method, asked.target)).collect()
    }
}

async fn reply(
    request: http::Request<Incoming>,
    noted: Arc<Mutex<Vec<Asked>>>,
    answer: Arc<impl Fn(&Asked) -> Answer>,
) -> Result<http::Response<Full<Bytes>>, Infallible> {
    let (method, target) = (request.method().to_string(), request.uri().to_string());
    // The whole request is read before it is answered.
    let _ = request.into_body().collect().await;
    let asked = Asked { method, target };
    noted.lock().unwrap().push(asked.clone());
    let (status, body) = answer(&asked);
    if status == 0 {
        std::future::pending::<()>().await;
    }
    let mut response = http::Response::new(Full::new(body.into()));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap();
    for (name, value) in [("request-id", "req_1"), ("content-type", "application/json")] {
        response.headers_mut().insert(name, http::HeaderValue::from_static(value));
    }
    Ok(response)
}
