//! Google on this machine: Secret Manager, the services that give tokens, a metadata server,
//! and the proxy that stands in front of them.
//!
//! As a proxy (`HTTPS_PROXY`) it takes every name of Google's for itself and shows a
//! certificate for it, so that a provider that is started with [`Google::environment`] makes
//! its calls exactly as it would to Google. Tokens are checked: a signed one against the key
//! of the service account, the others against those that were given out.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rcgen::KeyPair;
use serde_json::{Value as Json, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::support::authority::Authority;

/// The names that a certificate is shown for.
const NAMES: [&str; 4] = [
    "secretmanager.googleapis.com",
    "secretmanager.europe-west3.rep.googleapis.com",
    "iamcredentials.googleapis.com",
    "sts.googleapis.com",
];
/// The service account of the key file.
pub const READER: &str = "reader@p.iam.gserviceaccount.com";

/// What Secret Manager answers when a version is asked for.
#[derive(Clone)]
pub enum Answer {
    /// A payload with its checksum.
    Payload(Vec<u8>),
    /// A payload with the checksum of another.
    Damaged(Vec<u8>),
    /// An error: HTTP status, name of the code, message.
    Error(u16, &'static str, &'static str),
    /// An error the first time, a payload from then on.
    Flaky(Vec<u8>),
    /// Nothing, for ever.
    Hang,
}

/// One call that arrived.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The host that was meant.
    pub host: String,
    /// Path without query.
    pub path: String,
    /// Whose token came with it.
    pub token: String,
}

/// The server; it ends with the value.
pub struct Google {
    state: Arc<State>,
    address: SocketAddr,
    key: KeyPair,
    authority: String,
    _runtime: tokio::runtime::Runtime,
}

struct State {
    versions: Mutex<HashMap<String, Answer>>,
    calls: Mutex<Vec<Call>>,
    public_key: Vec<u8>,
    tls: TlsAcceptor,
}

impl Google {
    pub fn start() -> Self {
        let key = KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
        let authority = Authority::new();
        let state = Arc::new(State {
            versions: Mutex::default(),
            calls: Mutex::default(),
            public_key: key.public_key_raw().to_vec(),
            tls: authority.acceptor(&NAMES),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.unwrap();
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(accept(listener, Arc::clone(&state)));
        Self { state, address, key, authority: authority.pem(), _runtime: runtime }
    }

    /// Where it answers without a proxy.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Says what the version of this name answers from now on.
    pub fn holds(&self, version: &str, answer: Answer) {
        self.state.versions.lock().unwrap().insert(version.to_owned(), answer);
    }

    /// The calls since this was asked last.
    pub fn calls(&self) -> Vec<Call> {
        std::mem::take(&mut *self.state.calls.lock().unwrap())
    }

    /// A service account key, as Google hands it out.
    pub fn key(&self) -> Json {
        json!({
            "type": "service_account",
            "project_id": "p",
            "private_key_id": "key-1",
            "private_key": self.key.serialize_pem(),
            "client_email": READER,
            "client_id": "1",
            "token_uri": "https://oauth2.googleapis.com/token",
        })
    }

    /// The environment of a process that reaches this Google instead of the real one. `folder`
    /// becomes its home; nobody's own credentials are found there.
    pub fn environment(&self, folder: &Path) -> Vec<(&'static str, PathBuf)> {
        let authority = folder.join("authority.pem");
        std::fs::write(&authority, &self.authority).unwrap();
        vec![
            ("HOME", folder.to_owned()),
            ("HTTPS_PROXY", self.base().into()),
            ("SSL_CERT_FILE", authority),
            ("GCE_METADATA_HOST", self.address.to_string().into()),
        ]
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, state.clone()));
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, state: Arc<State>) {
    let service = service_fn(move |request| answer(request, state.clone()));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades();
    // A client that goes away is no failure.
    let _ = connection.await;
}

async fn answer(request: Request<Incoming>, state: Arc<State>) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.method() == http::Method::CONNECT {
        tokio::spawn(tunnel(request, state));
        return Ok(Response::default());
    }
    let host = request.headers().get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let bearer = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    let token = bearer.and_then(|bearer| state.owner(bearer.strip_prefix("Bearer ")?)).unwrap_or_default();
    let call = Call { host: host.to_owned(), path: request.uri().path().to_owned(), token };
    state.calls.lock().unwrap().push(call.clone());
    Ok(match call.path.as_str() {
        "/computeMetadata/v1/instance/service-accounts/default/token" => {
            ok(&json!({ "access_token": "token-of-metadata", "expires_in": 3600, "token_type": "Bearer" }))
        }
        "/computeMetadata/v1/universe/universe-domain" => Response::new(Full::from("googleapis.com")),
        "/v1/token" => ok(&json!({
            "access_token": "token-of-workload",
            "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "expires_in": 3600,
            "token_type": "Bearer",
        })),
        _ if call.token.is_empty() => error(401, "UNAUTHENTICATED", "Request had invalid authentication."),
        path => match path.strip_suffix(":generateAccessToken") {
            Some(account) => impersonate(&state, account).await,
            None => state.access(path.strip_prefix("/v1/").unwrap_or_default()).await,
        },
    })
}

/// Whoever has `denied` in the name may not be impersonated, `busy` is answered for at the
/// second time, `silent` never.
async fn impersonate(state: &State, account: &str) -> Response<Full<Bytes>> {
    let account = account.rsplit('/').next().unwrap();
    if account.contains("denied") {
        let message = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource.";
        return error(403, "PERMISSION_DENIED", message);
    }
    if account.contains("silent") {
        return std::future::pending().await;
    }
    let path = format!("{account}:generateAccessToken");
    let asked = state.calls.lock().unwrap().iter().filter(|call| call.path.ends_with(&path)).count();
    if account.contains("busy") && asked == 1 {
        return error(503, "UNAVAILABLE", "Try again.");
    }
    let token = format!("token-of-{account}");
    ok(&json!({ "accessToken": token, "expireTime": "2099-01-01T00:00:00Z" }))
}

/// Boxed, because what is served inside may be a tunnel again.
fn tunnel(request: Request<Incoming>, state: Arc<State>) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        let Ok(upgraded) = hyper::upgrade::on(request).await else { return };
        let Ok(stream) = state.tls.accept(TokioIo::new(upgraded)).await else { return };
        serve(stream, state).await;
    })
}

impl State {
    /// Whose token this is; none when it is nobody's.
    fn owner(&self, token: &str) -> Option<String> {
        if let Some(owner) = token.strip_prefix("token-of-") {
            return Some(owner.to_owned());
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let known = rustls::crypto::aws_lc_rs::default_provider().signature_verification_algorithms;
        let scheme = rustls::SignatureScheme::RSA_PKCS1_SHA256;
        let (_, algorithms) = known.mapping.iter().find(|(name, _)| *name == scheme)?;
        let valid = algorithms.iter().any(|algorithm| {
            algorithm.verify_signature(&self.public_key, signed.as_bytes(), &signature).is_ok()
        });
        let claims = URL_SAFE_NO_PAD.decode(signed.split('.').nth(1)?).ok()?;
        let claims: Json = serde_json::from_slice(&claims).ok()?;
        valid.then(|| claims["iss"].as_str().map(str::to_owned)).flatten()
    }

    async fn access(&self, path: &str) -> Response<Full<Bytes>> {
        let Some(name) = path.strip_suffix(":access") else {
            return error(404, "NOT_FOUND", "No such call.");
        };
        let answer = self.versions.lock().unwrap().get(name).cloned();
        match answer {
            None => error(404, "NOT_FOUND", "Secret or version not found."),
            Some(Answer::Payload(data)) => payload(name, &data, crc32c::crc32c(&data)),
            Some(Answer::Damaged(data)) => payload(name, &data, crc32c::crc32c(&data) ^ 1),
            Some(Answer::Error(status, code, message)) => error(status, code, message),
            Some(Answer::Flaky(data)) => {
                self.versions.lock().unwrap().insert(name.to_owned(), Answer::Payload(data));
                error(503, "UNAVAILABLE", "Try again.")
            }
            Some(Answer::Hang) => std::future::pending().await,
        }
    }
}

fn payload(name: &str, data: &[u8], checksum: u32) -> Response<Full<Bytes>> {
    let payload = json!({ "data": STANDARD.encode(data), "dataCrc32c": checksum.to_string() });
    ok(&json!({ "name": name, "payload": payload }))
}

fn ok(body: &Json) -> Response<Full<Bytes>> {
    Response::builder().header("content-type", "application/json").body(Full::from(body.to_string())).unwrap()
}

fn error(status: u16, code: &str, message: &str) -> Response<Full<Bytes>> {
    let body = json!({ "error": { "code": status, "status": code, "message": message } });
    let mut response = ok(&body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}
