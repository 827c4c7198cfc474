//! Tests spans and lines as received by a collector on this machine.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use tokio::net::TcpListener;
use tokio::runtime::Handle;

use super::{Otlp, Settings};
use crate::env::Env;
use crate::logs::redact::KnownSecrets;
use crate::logs::{self, Level, Log};
use crate::stripe::trace::{self, Observer, TracedOperation};
use crate::stripe::{Client, Error, Http1Transport, Unthrottled};

#[derive(Debug, Default)]
struct Collected {
    traces: Vec<ExportTraceServiceRequest>,
    logs: Vec<ExportLogsServiceRequest>,
    headers: Vec<String>,
}

type Requests = Arc<Mutex<Collected>>;

async fn take(request: http::Request<Incoming>, all: Requests) -> http::Response<Full<bytes::Bytes>> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let mut all = all.lock().unwrap();
    let header = parts.headers.get("x-tenant").map(|value| value.to_str().unwrap().to_owned());
    all.headers.extend(header);
    match parts.uri.path() {
        "/v1/traces" => all.traces.push(ExportTraceServiceRequest::decode(body).unwrap()),
        "/v1/logs" => all.logs.push(ExportLogsServiceRequest::decode(body).unwrap()),
        // This branch plays Stripe, which has no such customer.
        _ => {
            let mut missing =
                http::Response::new(Full::from(r#"{"error": {"type": "invalid_request_error"}}"#));
            *missing.status_mut() = http::StatusCode::NOT_FOUND;
            return missing;
        }
    }
    assert_eq!(parts.headers.get("content-type").unwrap(), "application/x-protobuf");
    http::Response::new(Full::default())
}

async fn collector() -> (String, Requests) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let all = Requests::default();
    let shared = Arc::clone(&all);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let all = Arc::clone(&shared);
            let service = hyper::service::service_fn(move |request| {
                let all = Arc::clone(&all);
                async move { Ok::<_, Infallible>(take(request, all).await) }
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    (address, all)
}

fn otlp(pairs: &[(&str, &str)]) -> Arc<Otlp> {
    let settings = Settings::from_env(&Env::from_pairs(pairs.iter().copied())).unwrap();
    Arc::new(Otlp::new(&settings, &Handle::current()).unwrap())
}

fn log(otlp: &Arc<Otlp>, base: &str, level: Level) -> Arc<dyn Observer> {
    let settings = logs::Settings {
        connection: "locations/l/connections/n".to_owned(),
        base: base.to_owned(),
        enabled: true,
        level,
        verbosity: 2,
        file: None,
    };
    Arc::new(Log {
        settings,
        shown: 0,
        known: KnownSecrets::default(),
        sinks: vec![Box::new(Arc::clone(otlp))],
        otlp: Some(Arc::clone(otlp)),
        file_error: None,
        now: jiff::Timestamp::now,
    })
}

/// Reads a customer that does not exist.
async fn read_nothing(otlp: &Arc<Otlp>, level: Level) {
    let (base, _) = collector().await;
    let client = Client::new(
        crate::stripe::Settings {
            api_key: crate::secret::Secret::new("sk_test_x".to_owned()),
            account: None,
            api_version: "2026".to_owned(),
            max_retries: 0,
            user_agent: "test".to_owned(),
            stopped: tokio_util::sync::CancellationToken::new(),
        },
        Arc::new(Http1Transport::new(&base, None, Duration::from_secs(5), &[]).unwrap()),
        Arc::new(Unthrottled),
    );
    let call = crate::stripe::Call::get("/v1/customers/cus_1").of_endpoint("/v1/customers/{customer}");
    let what = TracedOperation {
        name: "Get".to_owned(),
        entity: "Customer".to_owned(),
        ..TracedOperation::default()
    };
    let log = log(otlp, &base, level);
    let read: Result<_, Error> = trace::operation(Some(log), what, client.send(call), |_| 1).await;
    read.unwrap_err();
}

fn spans(all: &Requests) -> Vec<Span> {
    let all = all.lock().unwrap();
    let scopes = all.traces.iter().flat_map(|request| &request.resource_spans).flat_map(|it| &it.scope_spans);
    scopes.flat_map(|scope| scope.spans.clone()).collect()
}

fn text(attributes: &[KeyValue], name: &str) -> String {
    let found = attributes.iter().find(|pair| pair.key == name);
    let found = found.unwrap_or_else(|| panic!("no {name} in {attributes:#?}"));
    match &found.value {
        Some(AnyValue { value: Some(any_value::Value::StringValue(text)) }) => text.clone(),
        Some(AnyValue { value: Some(any_value::Value::IntValue(number)) }) => number.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operations_and_requests_are_spans_with_their_lines() {
    let (address, all) = collector().await;
    let otlp = otlp(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &address),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=payments"),
        ("OTEL_SERVICE_NAME", "shop"),
    ]);
    read_nothing(&otlp, Level::Debug).await;
    otlp.shut_down(Duration::from_secs(5)).await;
    let spans = spans(&all);
    let named = |name: &str| {
        let found = spans.iter().find(|span| span.name == name);
        found.unwrap_or_else(|| panic!("no {name} in {spans:#?}"))
    };
    let (operation, request, dial) =
        (named("Get Customer"), named("GET /v1/customers/{customer}"), named("dial"));
    assert_eq!(request.parent_span_id, operation.span_id);
    assert_eq!(dial.parent_span_id, request.span_id);
    assert!(spans.iter().all(|span| span.trace_id == operation.trace_id));
    assert_eq!(text(&request.attributes, "http.request.method"), "GET");
    assert_eq!(text(&request.attributes, "http.response.status_code"), "404");
    assert_eq!(text(&request.attributes, "error.type"), "404");
    assert_eq!(text(&request.attributes, "server.address"), "127.0.0.1");
    assert_eq!(text(&request.attributes, "network.protocol.version"), "1.1");
    assert_eq!(text(&operation.attributes, "stripe.connection"), "locations/l/connections/n");
    assert!(operation.start_time_unix_nano <= request.start_time_unix_nano);
    let all = all.lock().unwrap();
    let resource = all.traces[0].resource_spans[0].resource.clone().unwrap();
    assert_eq!(text(&resource.attributes, "service.name"), "shop");
    let lines: Vec<_> =
        all.logs.iter().flat_map(|it| &it.resource_logs).flat_map(|it| &it.scope_logs).collect();
    let lines: Vec<_> = lines.iter().flat_map(|scope| &scope.log_records).collect();
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert!(lines.iter().all(|line| line.trace_id == operation.trace_id));
    assert_eq!(text(&lines[0].attributes, "status"), "404");
    assert!(all.headers.iter().all(|tenant| tenant == "payments") && all.headers.len() >= 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_level_error_only_lines_of_failures_are_exported() {
    let (address, all) = collector().await;
    let otlp = otlp(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &address)]);
    read_nothing(&otlp, Level::Error).await;
    otlp.shut_down(Duration::from_secs(5)).await;
    assert!(spans(&all).is_empty());
    assert!(!all.lock().unwrap().logs.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_does_not_answer_holds_nobody_up() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let otlp = otlp(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &address)]);
    read_nothing(&otlp, Level::Info).await;
    // The shutdown is bounded by the limit, not by the exporter's ten seconds.
    tokio::time::timeout(Duration::from_secs(8), otlp.shut_down(Duration::from_millis(100))).await.unwrap();
}
