//! Tests the lines of each verbosity and each level, with times masked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::HeaderMap;
use jiff::Timestamp;
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use super::line::Severity;
use super::redact::KnownSecrets;
use super::{Level, Log, LogLine, Settings, Sink};
use crate::secret::Secret;
use crate::stripe::trace::{self, Event, Observer, TracedOperation};
use crate::stripe::{
    AuthScheme, Call, Client, Error, Http1Transport, ProxyCredentials, ProxyOrigin, ProxySettings, ProxyTls,
    Reply, Request, Response, Transport, TransportError, Unthrottled,
};

/// The fields whose values are times, so that only their names can be compared.
const TIMES: [&str; 4] = ["duration_ms", "waited_ms", "wait_ms", "first_byte_ms"];

/// Stores lines as `SEVERITY message {fields}`.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<Vec<(Severity, String, Json)>>);

impl Sink for Arc<Memory> {
    fn write(&self, line: &LogLine, _now: Timestamp) {
        let fields = line.fields.iter().map(|(name, value)| {
            let value = if TIMES.contains(name) { json!("-") } else { value.clone() };
            ((*name).to_owned(), value)
        });
        self.0.lock().unwrap().push((line.severity, line.message.clone(), fields.collect()));
    }
}

impl Memory {
    fn messages(&self) -> Vec<String> {
        self.0.lock().unwrap().iter().map(|(severity, text, _)| format!("{severity:?} {text}")).collect()
    }

    /// Returns the fields of the first line with this message.
    fn fields(&self, message: &str) -> Json {
        let lines = self.0.lock().unwrap();
        let found = lines.iter().find(|(_, text, _)| text.starts_with(message));
        found.unwrap_or_else(|| panic!("no line {message:?} in {lines:#?}")).2.clone()
    }

    fn everything(&self) -> String {
        format!("{:?}", self.0.lock().unwrap())
    }
}

pub(super) fn log(level: Level, verbosity: u8) -> (Arc<Log>, Arc<Memory>) {
    let memory = Arc::new(Memory::default());
    let settings = Settings {
        connection: "locations/l/connections/n".to_owned(),
        base: "https://api.stripe.com".to_owned(),
        enabled: true,
        level,
        verbosity,
        file: None,
    };
    let log = Log {
        settings,
        shown: 0,
        known: KnownSecrets::default(),
        sinks: vec![Box::new(Arc::clone(&memory))],
        otlp: None,
        file_error: None,
        now: Timestamp::now,
    };
    log.redact(&Secret::new("rk_hidden".to_owned()));
    (Arc::new(log), memory)
}

/// A transport that answers from a script.
#[derive(Debug)]
struct Script(Mutex<VecDeque<Result<Response, TransportError>>>);

impl Transport for Script {
    fn send(&self, _request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        let answer = self.0.lock().unwrap().pop_front().unwrap();
        Box::pin(async move { answer })
    }
}

#[expect(clippy::unnecessary_wraps, reason = "scripts hold errors too")]
fn answer(status: u16, body: &str) -> Result<Response, TransportError> {
    let headers = [("request-id", "req_1"), ("content-type", "application/json")];
    let headers: HeaderMap =
        headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
    Ok(Response { status, headers, body: body.to_owned().into() })
}

/// Creates a payment method over this transport, observed by this log.
async fn create(log: &Arc<Log>, transport: Arc<dyn Transport>) -> Result<Reply, Error> {
    let settings = crate::stripe::Settings {
        api_key: Secret::new("rk_hidden".to_owned()),
        account: None,
        api_version: "2026".to_owned(),
        max_retries: 2,
        user_agent: "test".to_owned(),
        stopped: CancellationToken::new(),
    };
    let client = Client::new(settings, transport, Arc::new(Unthrottled));
    let params = json!({"type": "card", "card": {"number": "4242424242424242", "cvc": "9191"}});
    let call = Call::post("/v1/payment_methods").params(params.as_object().unwrap().clone()).key("key_1");
    let what = TracedOperation {
        name: "Create".to_owned(),
        entity: "PaymentMethod".to_owned(),
        ..TracedOperation::default()
    };
    let observer = Arc::clone(log) as Arc<dyn Observer>;
    trace::operation(Some(observer), what, client.send(call), |_| 1).await
}

async fn scripted(
    level: Level,
    verbosity: u8,
    answers: impl IntoIterator<Item = Result<Response, TransportError>>,
) -> Arc<Memory> {
    let (log, memory) = log(level, verbosity);
    let _ = create(&log, Arc::new(Script(Mutex::new(answers.into_iter().collect())))).await;
    memory
}

/// First the connection breaks, then an answer arrives.
fn broken_then_made() -> [Result<Response, TransportError>; 2] {
    [
        Err(TransportError::Broken("reset".to_owned())),
        answer(200, r#"{"id": "pm_1", "client_secret": "pm_1_secret_9191"}"#),
    ]
}

#[tokio::test(start_paused = true)]
async fn verbosity_one_is_operations() {
    let memory = scripted(Level::Debug, 1, broken_then_made()).await;
    assert_eq!(memory.messages(), ["Info Create PaymentMethod: 1 row"]);
    let expected = json!({
        "connection": "locations/l/connections/n", "operation": "Create", "entity": "PaymentMethod",
        "rows": 1, "duration_ms": "-",
    });
    assert_eq!(memory.fields("Create"), expected);
}

#[tokio::test(start_paused = true)]
async fn verbosity_two_adds_requests() {
    let memory = scripted(Level::Debug, 2, broken_then_made()).await;
    let expected = [
        "Warning POST /v1/payment_methods: the connection to Stripe failed: reset",
        "Info retries the request",
        "Info POST /v1/payment_methods: 200",
        "Info Create PaymentMethod: 1 row",
    ];
    assert_eq!(memory.messages(), expected);
    let expected = json!({
        "connection": "locations/l/connections/n", "operation": "Create", "entity": "PaymentMethod",
        "attempt": 2, "nodes": 0, "waited_ms": "-", "duration_ms": "-", "status": 200, "request_id": "req_1",
    });
    assert_eq!(memory.fields("POST /v1/payment_methods: 200"), expected);
}

#[tokio::test(start_paused = true)]
async fn verbosity_three_adds_headers_and_bodies() {
    let memory = scripted(Level::Info, 3, broken_then_made()).await;
    let expected = [
        "Info request: POST /v1/payment_methods",
        "Warning POST /v1/payment_methods: the connection to Stripe failed: reset",
        "Info retries the request",
        "Info request: POST /v1/payment_methods",
        "Info POST /v1/payment_methods: 200",
        "Info response 200 to POST /v1/payment_methods",
        "Info Create PaymentMethod: 1 row",
    ];
    assert_eq!(memory.messages(), expected);
    let sent = memory.fields("request");
    assert_eq!(sent["body"], "type=card&card[number]=(redacted)&card[cvc]=(redacted)");
    assert_eq!(sent["headers"]["authorization"], "Bearer (redacted)");
    assert_eq!(sent["headers"]["idempotency-key"], "key_1");
    assert_eq!(memory.fields("response")["body"], r#"{"id":"pm_1","client_secret":"(redacted)"}"#);
    let all = memory.everything();
    assert!(!all.contains("9191") && !all.contains("hidden") && !all.contains("4242"), "{all}");
}

#[tokio::test(start_paused = true)]
async fn the_level_chooses_among_what_the_verbosity_allows() {
    let refused = || [answer(402, r#"{"error": {"type": "card_error", "message": "Declined sk_test_x."}}"#)];
    let memory = scripted(Level::Error, 5, refused()).await;
    let expected = [
        "Warning POST /v1/payment_methods: 402",
        "Warning response 402 to POST /v1/payment_methods",
        "Error Create PaymentMethod failed: Declined sk_test_(redacted)",
    ];
    let messages = memory.messages();
    assert_eq!(messages.len(), 3, "{messages:#?}");
    for (message, expected) in messages.iter().zip(expected) {
        assert!(message.starts_with(expected), "{message}");
    }
    assert!(scripted(Level::Error, 5, [answer(200, "{}")]).await.messages().is_empty());
    assert_eq!(scripted(Level::Error, 1, refused()).await.messages().len(), 1);
}

#[tokio::test]
async fn an_operation_within_another_is_a_part_of_it() {
    let (log, memory) = log(Level::Info, 1);
    let observer = || Some(Arc::clone(&log) as Arc<dyn Observer>);
    let named = |name: &str| TracedOperation { name: name.to_owned(), ..TracedOperation::default() };
    let inner = trace::operation(observer(), named("Get"), async { Ok::<_, Error>(()) }, |()| 1);
    trace::operation(observer(), named("Delete"), inner, |()| 1).await.unwrap();
    assert_eq!(memory.messages(), ["Info Delete : 1 row"]);
}

#[tokio::test]
async fn outside_of_an_operation_nothing_is_made() {
    trace::emit(|| -> Event<'_> { panic!("no observer receives this") });
}

/// Starts a TLS server that answers every request with `{"id": "pm_1", "secret": "9191"}`.
async fn secure_server() -> (String, String) {
    let issuer = CertificateParams::new(Vec::new()).map(|mut params| {
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, "Test Root");
        params
    });
    let issuer = CertifiedIssuer::self_signed(issuer.unwrap(), KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf =
        CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key.serialize_der().try_into().unwrap())
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let base = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut read = [0; 4096];
            while stream.read(&mut read).await.is_ok_and(|count| count > 0) {
                let body = r#"{"id": "pm_1", "secret": "9191"}"#;
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 32\r\n\r\n";
                // Writes two pieces, with the secret in the second.
                stream.write_all(head.as_bytes()).await.unwrap();
                stream.write_all(body.as_bytes()).await.unwrap();
            }
        }
    });
    (base, issuer.pem())
}

async fn over_tls(verbosity: u8, calls: usize) -> Arc<Memory> {
    let (base, root) = secure_server().await;
    let (log, memory) = log(Level::Debug, verbosity);
    let direct = Http1Transport::new(&base, None, Duration::from_secs(5), &[&root]).unwrap();
    let direct: Arc<dyn Transport> = Arc::new(direct);
    for _ in 0..calls {
        create(&log, Arc::clone(&direct)).await.unwrap();
    }
    memory
}

#[tokio::test]
async fn verbosity_four_adds_connections_and_certificates() {
    let memory = over_tls(4, 2).await;
    let network: Vec<_> =
        memory.messages().into_iter().filter(|message| message.starts_with("Debug")).collect();
    let [connected, certificate, tls, reused] = network.as_slice() else { panic!("{network:#?}") };
    assert!(connected.starts_with("Debug connected to localhost:"), "{connected}");
    assert_eq!(certificate, "Debug certificate 1 of 1 for localhost");
    assert_eq!((tls.as_str(), reused.as_str()), ("Debug TLS with Stripe", "Debug reused the connection"));
    let certificate = memory.fields("certificate 1 of 1");
    assert_eq!(certificate["issuer"], "CN=Test Root");
    assert!(certificate["subject"].as_str().unwrap().starts_with("CN="), "{certificate}");
    assert!(certificate["not_after"].as_str().unwrap().ends_with('Z'), "{certificate}");
    assert_eq!(certificate["sha256"].as_str().unwrap().len(), 64);
    let tls = memory.fields("TLS with Stripe");
    assert_eq!((tls["tls_version"].as_str(), tls["alpn"].as_str()), (Some("TLSv1_3"), Some("http/1.1")));
    assert_eq!(tls["handshake"], "Full");
    assert!(tls["cipher_suite"].as_str().unwrap().starts_with("TLS13_"), "{tls}");
    assert_eq!(tls["attempt"], 1);
}

#[tokio::test]
async fn a_certificate_nobody_trusts_is_shown_too() {
    let (base, _) = secure_server().await;
    let (log, memory) = log(Level::Debug, 4);
    let direct = Http1Transport::new(&base, None, Duration::from_secs(5), &[]).unwrap();
    create(&log, Arc::new(direct)).await.unwrap_err();
    assert_eq!(memory.fields("certificate 1 of 1")["issuer"], "CN=Test Root");
}

#[tokio::test]
async fn verbosity_five_adds_every_byte_but_the_secret_ones() {
    let memory = over_tls(5, 1).await;
    let sent = memory.fields("sent ");
    let bytes = sent["bytes"].as_str().unwrap();
    assert!(bytes.starts_with("POST /v1/payment_methods HTTP/1.1\n"), "{bytes}");
    assert!(bytes.contains("\nauthorization: Bearer (redacted)\n"), "{bytes}");
    assert!(bytes.ends_with("\n\ntype=card&card[number]=(redacted)&card[cvc]=(redacted)"), "{bytes}");
    let received = memory.fields("received ");
    let bytes = received["bytes"].as_str().unwrap();
    assert!(bytes.starts_with("HTTP/1.1 200 OK\n"), "{bytes}");
    assert!(bytes.ends_with("\n\n{\"id\":\"pm_1\",\"secret\":\"(redacted)\"}"), "{bytes}");
    let all = memory.everything();
    // A certificate's fingerprint may contain any four digits.
    assert!(!all.contains("cvc]=9191") && !all.contains("hidden") && !all.contains("42424242"), "{all}");
}

/// Starts a proxy that opens one tunnel to any target.
async fn tunnelling_proxy() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut read = [0; 4096];
        let count = stream.read(&mut read).await.unwrap();
        let head = String::from_utf8_lossy(&read[..count]).into_owned();
        let target = head.split(' ').nth(1).unwrap();
        let mut inner = tokio::net::TcpStream::connect(target).await.unwrap();
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut stream, &mut inner).await;
    });
    port
}

#[tokio::test]
async fn a_tunnel_is_shown_without_who_we_are_to_the_proxy() {
    let (base, root) = secure_server().await;
    let (log, memory) = log(Level::Debug, 5);
    let password = Secret::new("9191 word".to_owned());
    let proxy = ProxySettings {
        host: "127.0.0.1".to_owned(),
        port: tunnelling_proxy().await,
        tls: ProxyTls::Auto,
        credentials: Some(ProxyCredentials { scheme: AuthScheme::Basic, user: "svc".to_owned(), password }),
        origin: ProxyOrigin::Configuration,
    };
    let proxied = Http1Transport::new(&base, Some(proxy), Duration::from_secs(5), &[&root]).unwrap();
    create(&log, Arc::new(proxied)).await.unwrap();
    let asked = memory.fields("asked the proxy for a tunnel to localhost:");
    assert_eq!(
        (asked["status"].as_i64(), asked["link"].as_u64()),
        (Some(200), memory.fields("TLS")["link"].as_u64())
    );
    let bytes = memory.fields("sent ")["bytes"].as_str().unwrap().to_owned();
    assert!(bytes.starts_with("CONNECT localhost:"), "{bytes}");
    assert!(bytes.contains("proxy-authorization: Basic (redacted)"), "{bytes}");
    // Bytes that pass through the tunnel are shown only as they are inside TLS.
    let sent = memory.messages().iter().filter(|message| message.starts_with("Debug sent ")).count();
    assert_eq!(sent, 2, "{:#?}", memory.messages());
    assert!(!memory.everything().contains("c3ZjOjkxOTEgd29yZA"), "the password in base64");
}
