//! The embedded sandbox behind a port, with a way to ask it in process.

use bytes::Bytes;
use serde_json::Value as Json;
use stripe_provider::sandbox::{self, Sandbox};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A sandbox behind a port on this machine; it ends with this value.
pub struct Server {
    /// Its address, as `api_base` expects it.
    pub base: String,
    pub sandbox: Sandbox,
    runtime: Runtime,
}

impl Server {
    pub fn start() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let sandbox = Sandbox::memory().unwrap();
        let base = runtime.block_on(serve(&sandbox));
        Self { base, sandbox, runtime }
    }

    /// Sends a request to the sandbox without the port; the answer must be a success.
    #[track_caller]
    pub fn ask(&self, method: &str, path: &str, form: &str) -> Json {
        self.runtime.block_on(ask(&self.sandbox, method, path, form))
    }
}

/// Serves a sandbox on the current runtime; returns its base address.
pub async fn serve(sandbox: &Sandbox) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(sandbox::serve(listener, sandbox.clone(), std::future::pending()));
    base
}

/// Sends a request to a sandbox without the port, with a form as its body; the answer must be a success.
pub async fn ask(sandbox: &Sandbox, method: &str, path: &str, form: &str) -> Json {
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", "Bearer sk_test_elsewhere")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::copy_from_slice(form.as_bytes()));
    let response = sandbox.handle(request.unwrap()).await.unwrap();
    assert_eq!(response.status(), 200, "{method} {path}: {:?}", response.body());
    serde_json::from_slice(response.body()).unwrap()
}
