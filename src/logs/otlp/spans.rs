//! What happened, as spans, with the attributes of the semantic conventions for HTTP clients.
//!
//! An operation is a span, each try of its calls one below it, and, at level DEBUG, the
//! connection and TLS of a try one below that.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use http::{Uri, Version};
use opentelemetry::trace::{SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use crate::logs::redact::Redactor;
use crate::logs::{Level, Settings};
use crate::stripe::trace::{Attempt, Event, Operation, Scope};
use crate::stripe::{Request, Response, TransportError};

/// A span that has just ended.
#[derive(Debug)]
pub(super) struct Ended {
    trace: [u8; 16],
    span: SpanId,
    parent: SpanId,
    kind: SpanKind,
    name: Cow<'static, str>,
    took: Duration,
    attributes: Vec<KeyValue>,
    status: Status,
}

impl Ended {
    pub(super) fn finished(self, now: SystemTime, scope: &InstrumentationScope) -> SpanData {
        let trace = TraceId::from_bytes(self.trace);
        SpanData {
            span_context: SpanContext::new(trace, self.span, TraceFlags::SAMPLED, false, TraceState::NONE),
            parent_span_id: self.parent,
            parent_span_is_remote: false,
            span_kind: self.kind,
            name: self.name,
            start_time: now.checked_sub(self.took).unwrap_or(now),
            end_time: now,
            attributes: self.attributes,
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: self.status,
            instrumentation_scope: scope.clone(),
        }
    }
}

/// Where an event happened, and what is hidden of it.
#[derive(Debug, Clone, Copy)]
pub(in crate::logs) struct Place<'p> {
    pub(in crate::logs) log: &'p Settings,
    pub(in crate::logs) redactor: &'p Redactor,
    pub(in crate::logs) scope: &'p Scope,
}

/// The span that ends with this event.
pub(super) fn of(place: Place<'_>, event: &Event<'_>) -> Option<Ended> {
    let Place { log, scope, .. } = place;
    match event {
        Event::Ended { took, outcome } => Some(operation(place, *took, outcome)),
        Event::Answered { request, took, answer } => request_span(place, request, *took, *answer),
        Event::Dialled { target, took, .. } if log.level >= Level::Debug => {
            network(scope, "dial", *took, KeyValue::new("network.target", (*target).to_owned()))
        }
        Event::Tunnelled { target, took, .. } if log.level >= Level::Debug => {
            network(scope, "tunnel", *took, KeyValue::new("network.target", (*target).to_owned()))
        }
        Event::Secured { tls, took, .. } if log.level >= Level::Debug => {
            let version = tls.version.trim_start_matches("TLSv").replace('_', ".");
            network(scope, "tls", *took, KeyValue::new("tls.protocol.version", version))
        }
        _ => None,
    }
}

fn operation(place: Place<'_>, took: Duration, outcome: &Result<usize, String>) -> Ended {
    let Place { log, redactor, scope } = place;
    let Operation { name, entity, id, filter, .. } = &*scope.operation;
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
    Ended {
        trace: scope.id.trace,
        span: SpanId::from_bytes(scope.id.span),
        parent: SpanId::INVALID,
        kind: SpanKind::Internal,
        name: format!("{name} {entity}").into(),
        took,
        attributes,
        status,
    }
}

fn request_span(
    place: Place<'_>,
    request: &Request,
    took: Duration,
    answer: Result<&Response, &TransportError>,
) -> Option<Ended> {
    let Place { redactor, scope, .. } = place;
    let attempt = scope.attempt.as_ref()?;
    let mut attributes = request_attributes(place, attempt, request);
    let status = match answer {
        Ok(response) => answered(&mut attributes, response),
        Err(error) => {
            attributes.push(KeyValue::new("error.type", failure(error)));
            Status::error(redactor.text(&error.to_string()))
        }
    };
    Some(Ended {
        trace: scope.id.trace,
        span: SpanId::from_bytes(attempt.span),
        parent: SpanId::from_bytes(scope.id.span),
        kind: SpanKind::Client,
        name: format!("{} {}", request.method, attempt.endpoint).into(),
        took,
        attributes,
        status,
    })
}

fn request_attributes(place: Place<'_>, attempt: &Attempt, request: &Request) -> Vec<KeyValue> {
    let Place { log, redactor, .. } = place;
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

fn answered(attributes: &mut Vec<KeyValue>, response: &Response) -> Status {
    attributes.push(KeyValue::new("http.response.status_code", i64::from(response.status)));
    let id = response.headers.get("request-id").and_then(|value| value.to_str().ok());
    attributes.extend(id.map(|id| KeyValue::new("http.response.header.request-id", id.to_owned())));
    if response.status < 400 {
        return Status::Unset;
    }
    attributes.push(KeyValue::new("error.type", response.status.to_string()));
    Status::error("")
}

const fn failure(error: &TransportError) -> &'static str {
    match error {
        TransportError::Connect(_) => "connect",
        TransportError::Broken(_) => "broken",
        TransportError::ProxyAuth(_) => "proxy_auth",
        TransportError::Fatal(_) => "fatal",
    }
}

/// Where the request was meant to go; a sandbox file is nowhere.
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

/// Whom it reached.
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

/// A part of the try it happens in.
fn network(scope: &Scope, name: &'static str, took: Duration, attribute: KeyValue) -> Option<Ended> {
    let attempt = scope.attempt.as_ref()?;
    let (_, low) = uuid::Uuid::new_v4().as_u64_pair();
    Some(Ended {
        trace: scope.id.trace,
        span: SpanId::from_bytes(low.to_be_bytes()),
        parent: SpanId::from_bytes(attempt.span),
        kind: SpanKind::Internal,
        name: name.into(),
        took,
        attributes: vec![attribute],
        status: Status::Unset,
    })
}
