//! Renders events as spans, with the attributes of the semantic conventions for HTTP clients.
//!
//! An operation is a span, each attempt of its requests is a child span, and at level DEBUG, connecting,
//! tunnel and TLS of an attempt are children of that.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use http::{Uri, Version};
use opentelemetry::trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use crate::logs::redact::Redactor;
use crate::logs::{Level, Settings};
use crate::stripe::trace::{Attempt, Event, RequestOutcome, Span, TracedOperation};
use crate::stripe::{Request, Response, TransportError};

/// A finished span, ready for the SDK.
#[derive(Debug)]
pub(super) struct FinishedSpan {
    trace: [u8; 16],
    span: SpanId,
    parent: SpanId,
    kind: SpanKind,
    name: Cow<'static, str>,
    duration: Duration,
    attributes: Vec<KeyValue>,
    status: Status,
}

impl FinishedSpan {
    pub(super) fn into_span_data(self, now: SystemTime, span: &InstrumentationScope) -> SpanData {
        let trace = TraceId::from_bytes(self.trace);
        SpanData {
            span_context: SpanContext::new(trace, self.span, TraceFlags::SAMPLED, false, TraceState::NONE),
            parent_span_id: self.parent,
            parent_span_is_remote: false,
            span_kind: self.kind,
            name: self.name,
            start_time: now.checked_sub(self.duration).unwrap_or(now),
            end_time: now,
            attributes: self.attributes,
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: self.status,
            instrumentation_scope: span.clone(),
        }
    }
}

/// The span and the connection of an event, and the redactor for it.
#[derive(Debug, Clone, Copy)]
pub(in crate::logs) struct EventContext<'p> {
    pub(in crate::logs) log: &'p Settings,
    pub(in crate::logs) redactor: &'p Redactor,
    pub(in crate::logs) span: &'p Span,
}

/// Returns the span that ends with this event, if any.
pub(super) fn from_event(context: EventContext<'_>, event: &Event<'_>) -> Option<FinishedSpan> {
    let EventContext { log, span, .. } = context;
    match event {
        Event::OperationEnded { duration, outcome } => Some(operation(context, *duration, outcome)),
        Event::RequestEnded { request, duration, outcome } => {
            request_span(context, request, *duration, *outcome)
        }
        Event::Connected { target, duration, .. } if log.level >= Level::Debug => {
            network(span, "dial", *duration, KeyValue::new("network.target", (*target).to_owned()))
        }
        Event::TunnelAnswered { target, duration, .. } if log.level >= Level::Debug => {
            network(span, "tunnel", *duration, KeyValue::new("network.target", (*target).to_owned()))
        }
        Event::TlsEstablished { tls, duration, .. } if log.level >= Level::Debug => {
            let version = tls.version.trim_start_matches("TLSv").replace('_', ".");
            network(span, "tls", *duration, KeyValue::new("tls.protocol.version", version))
        }
        _ => None,
    }
}

fn operation(context: EventContext<'_>, duration: Duration, outcome: &Result<usize, String>) -> FinishedSpan {
    let EventContext { log, redactor, span } = context;
    let TracedOperation { name, entity, id, filter, .. } = &*span.operation;
    let mut attributes = vec![
        KeyValue::new("stripe.connection", log.connection.clone()),
        KeyValue::new("stripe.operation", name.clone()),
        KeyValue::new("stripe.entity", entity.clone()),
    ];
    attributes.extend(id.as_ref().map(|id| KeyValue::new("stripe.entity_id", redactor.text(id))));
    attributes.extend(filter.as_ref().map(|filter| KeyValue::new("stripe.filter", redactor.text(filter))));
    let status = match outcome {
        Ok(rows) => {
            attributes.push(KeyValue::new("stripe.rows", i64::try_from(*rows).unwrap_or(i64::MAX)));
            Status::Unset
        }
        Err(error) => Status::error(redactor.text(error)),
    };
    FinishedSpan {
        trace: span.id.trace,
        span: SpanId::from_bytes(span.id.span),
        parent: SpanId::INVALID,
        kind: SpanKind::Internal,
        name: format!("{name} {entity}").into(),
        duration,
        attributes,
        status,
    }
}

fn request_span(
    context: EventContext<'_>,
    request: &Request,
    duration: Duration,
    outcome: RequestOutcome<'_>,
) -> Option<FinishedSpan> {
    let EventContext { redactor, span, .. } = context;
    let attempt = span.attempt.as_ref()?;
    let mut attributes = request_attributes(context, attempt, request);
    let status = match outcome {
        Ok(response) => response_attributes(&mut attributes, response),
        Err(error) => {
            attributes.push(KeyValue::new("error.type", error_type(error)));
            Status::error(redactor.text(&error.to_string()))
        }
    };
    Some(FinishedSpan {
        trace: span.id.trace,
        span: SpanId::from_bytes(attempt.span),
        parent: SpanId::from_bytes(span.id.span),
        kind: SpanKind::Client,
        name: format!("{} {}", request.method, attempt.endpoint).into(),
        duration,
        attributes,
        status,
    })
}

fn request_attributes(context: EventContext<'_>, attempt: &Attempt, request: &Request) -> Vec<KeyValue> {
    let EventContext { log, redactor, .. } = context;
    let target = redactor.target(&request.target);
    let mut attributes = vec![
        KeyValue::new("http.request.method", request.method.to_string()),
        KeyValue::new("url.full", format!("{}{target}", log.base.trim_end_matches('/'))),
        KeyValue::new("url.template", attempt.endpoint.clone()),
        KeyValue::new("stripe.connection", log.connection.clone()),
        KeyValue::new("stripe.nodes", i64::try_from(attempt.admission.nodes).unwrap_or(i64::MAX)),
        KeyValue::new("stripe.waited_ms", attempt.admission.waited.as_secs_f64() * 1000.0),
    ];
    if attempt.number > 1 {
        attributes.push(KeyValue::new("http.request.resend_count", i64::from(attempt.number - 1)));
    }
    attributes.extend(server(&log.base));
    attributes.extend(peer(attempt));
    attributes
}

fn response_attributes(attributes: &mut Vec<KeyValue>, response: &Response) -> Status {
    attributes.push(KeyValue::new("http.response.status_code", i64::from(response.status)));
    let id = response.request_id();
    attributes.extend(id.map(|id| KeyValue::new("http.response.header.request-id", id)));
    if response.status < 400 {
        return Status::Unset;
    }
    attributes.push(KeyValue::new("error.type", response.status.to_string()));
    Status::error("")
}

const fn error_type(error: &TransportError) -> &'static str {
    match error {
        TransportError::Connect(_) | TransportError::Unreachable(_) | TransportError::ProxyUnreachable(_) => {
            "connect"
        }
        TransportError::Broken(_) => "broken",
        TransportError::TooLarge => "too_large",
        TransportError::Stopped => "stopped",
        TransportError::ProxyAuth(_) => "proxy_auth",
        TransportError::Fatal(_) | TransportError::Untrusted(_) => "fatal",
    }
}

/// The host, port and scheme of the base address; empty for a sandbox file.
fn server(base: &str) -> Vec<KeyValue> {
    let Ok(uri) = base.parse::<Uri>() else { return Vec::new() };
    let (Some(host), Some(scheme)) = (uri.host(), uri.scheme_str()) else { return Vec::new() };
    let port = uri.port_u16().unwrap_or(if scheme == "https" { 443 } else { 80 });
    vec![
        KeyValue::new("server.address", host.to_owned()),
        KeyValue::new("server.port", i64::from(port)),
        KeyValue::new("url.scheme", scheme.to_owned()),
    ]
}

/// The address of the other end and the HTTP version, if they are known.
fn peer(attempt: &Attempt) -> Vec<KeyValue> {
    let Some(peer) = attempt.peer.get() else { return Vec::new() };
    let version = match peer.version {
        Version::HTTP_2 => "2",
        Version::HTTP_10 => "1.0",
        _ => "1.1",
    };
    let mut attributes = vec![KeyValue::new("network.protocol.version", version)];
    if let Some(address) = peer.address {
        attributes.push(KeyValue::new("network.peer.address", address.ip().to_string()));
        attributes.push(KeyValue::new("network.peer.port", i64::from(address.port())));
    }
    attributes
}

/// Builds a child span of the current attempt.
fn network(span: &Span, name: &'static str, duration: Duration, attribute: KeyValue) -> Option<FinishedSpan> {
    let attempt = span.attempt.as_ref()?;
    let (_, low) = uuid::Uuid::new_v4().as_u64_pair();
    Some(FinishedSpan {
        trace: span.id.trace,
        span: SpanId::from_bytes(low.to_be_bytes()),
        parent: SpanId::from_bytes(attempt.span),
        kind: SpanKind::Internal,
        name: name.into(),
        duration,
        attributes: vec![attribute],
        status: Status::Unset,
    })
}
