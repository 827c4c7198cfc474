//! Renders the events of the client as log lines.

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::logs::line::{Http, LogLine, Severity};
use crate::logs::redact::Redactor;
use crate::logs::verbosity::{BODIES, BYTES, CONNECTIONS, OPERATIONS, REQUESTS};
use crate::logs::{Log, certificate};
use crate::stripe::Request;
use crate::stripe::trace::{
    Direction, Event, HttpMessage, RequestOutcome, Span, SpanId, Tls, TracedOperation,
};

type LineFields = Vec<(&'static str, Json)>;

/// Renders the lines of an event that the level and verbosity of the log allow.
pub(super) fn lines(log: &Log, redactor: &Redactor, span: &Span, event: &Event<'_>) -> Vec<LogLine> {
    let mut it = LineBuilder { log, redactor, span, lines: Vec::new() };
    match event {
        Event::OperationEnded { duration, outcome } => it.operation_ended(*duration, outcome),
        Event::RequestStarted(request) => it.request_started(request),
        Event::RequestEnded { request, duration, outcome } => it.request_ended(request, *duration, *outcome),
        Event::Retrying { wait } => it.retrying(*wait),
        Event::InProcess => it.connection(None, "answered by the sandbox in this process", Vec::new),
        Event::Connected { connection, target, address, duration } => {
            it.connection(Some(*connection), &format!("connected to {target}"), || {
                vec![("address", json!(address.to_string())), duration_ms(*duration)]
            });
        }
        Event::TunnelAnswered { connection, target, status, duration } => {
            it.connection(Some(*connection), &format!("asked the proxy for a tunnel to {target}"), || {
                vec![("status", json!(status)), duration_ms(*duration)]
            });
        }
        Event::CertificatesPresented { name, chain } => {
            for (at, der) in chain.iter().enumerate() {
                let message = format!("certificate {} of {} for {name}", at + 1, chain.len());
                it.connection(None, &message, || certificate::fields(der));
            }
        }
        Event::TlsEstablished { connection, peer, tls, duration } => {
            it.connection(Some(*connection), &format!("TLS with {peer}"), || tls_fields(tls, *duration));
        }
        Event::ConnectionReused { connection } => {
            it.connection(Some(*connection), "reused the connection", Vec::new);
        }
        Event::MessageBytes { connection, message } => it.message_bytes(*connection, message),
    }
    it.lines
}

/// Builds the lines of one event.
struct LineBuilder<'p> {
    log: &'p Log,
    redactor: &'p Redactor,
    span: &'p Span,
    lines: Vec<LogLine>,
}

impl LineBuilder<'_> {
    /// Adds a line; `make` is called only if the settings or Terraform ask for the line.
    fn line(&mut self, severity: Severity, verbosity: u8, make: impl FnOnce(&Self) -> (String, LineFields)) {
        let asked = self.log.allows(severity.level(), verbosity);
        if asked || verbosity <= self.log.shown {
            let (message, fields) = make(self);
            let fields = self.context().into_iter().chain(fields).collect();
            let (trace, attempt) = (self.span.id.trace, self.span.attempt.as_ref());
            let span = attempt.map_or(self.span.id.span, |attempt| attempt.span);
            let span = SpanId { trace, span };
            self.lines.push(LogLine { severity, verbosity, asked, message, fields, http: None, span });
        }
    }

    /// The fields of every line: connection, operation and attempt.
    fn context(&self) -> LineFields {
        let TracedOperation { name, entity, id, filter, .. } = &*self.span.operation;
        let mut fields = vec![
            ("connection", json!(self.log.settings.connection)),
            ("operation", json!(name)),
            ("entity", json!(entity)),
        ];
        fields.extend(id.as_ref().map(|id| ("id", json!(self.redactor.text(id)))));
        fields.extend(filter.as_ref().map(|filter| ("filter", json!(self.redactor.text(filter)))));
        if let Some(attempt) = &self.span.attempt {
            fields.push(("attempt", json!(attempt.number)));
            fields.push(("nodes", json!(attempt.admission.nodes)));
        }
        fields
    }

    fn operation_ended(&mut self, duration: Duration, outcome: &Result<usize, String>) {
        match outcome {
            Ok(rows) => self.line(Severity::Info, OPERATIONS, |it| {
                let count = if *rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
                let message = format!("{}: {count}", it.describe());
                (message, vec![("rows", json!(rows)), duration_ms(duration)])
            }),
            Err(error) => self.line(Severity::Error, OPERATIONS, |it| {
                let error = it.redactor.text(error);
                let message = format!("{} failed: {error}", it.describe());
                (message, vec![("error", json!(error)), duration_ms(duration)])
            }),
        }
    }

    /// Describes the operation in words: `List Customer where Name = 'John'`.
    fn describe(&self) -> String {
        let TracedOperation { name, entity, id, filter, .. } = &*self.span.operation;
        let mut text = format!("{name} {entity}");
        if let Some(id) = id {
            text = format!("{text} {id}");
        }
        if let Some(filter) = filter {
            text = format!("{text} where {filter}");
        }
        self.redactor.text(&text)
    }

    fn request_started(&mut self, request: &Request) {
        self.line(Severity::Info, BODIES, |it| {
            let fields = vec![
                ("headers", it.redactor.headers(&request.headers)),
                ("body", json!(it.body(&request.headers, &request.body))),
            ];
            (format!("request: {}", it.request_line(request)), fields)
        });
    }

    fn request_ended(&mut self, request: &Request, duration: Duration, outcome: RequestOutcome<'_>) {
        let good = outcome.is_ok_and(|response| (200..300).contains(&response.status));
        let severity = if good { Severity::Info } else { Severity::Warning };
        self.line(severity, REQUESTS, |it| it.outcome(request, duration, outcome));
        let http = self.http(request, duration, outcome);
        if let Some(line) = self.lines.last_mut() {
            line.http = Some(http);
        }
        let Ok(response) = outcome else { return };
        self.line(severity, BODIES, |it| {
            let mut fields = vec![
                ("headers", it.redactor.headers(&response.headers)),
                ("body", json!(it.body(&response.headers, &response.body))),
            ];
            fields.extend(response.request_id().map(|id| ("request_id", json!(id))));
            (format!("response {} to {}", response.status, it.request_line(request)), fields)
        });
    }

    /// Returns the message and the fields for the result of a request.
    fn outcome(
        &self,
        request: &Request,
        duration: Duration,
        outcome: RequestOutcome<'_>,
    ) -> (String, LineFields) {
        let line = self.request_line(request);
        let waited = self.span.attempt.as_ref().map_or(Duration::ZERO, |it| it.admission.waited);
        let mut fields = vec![("waited_ms", milliseconds(waited)), duration_ms(duration)];
        match outcome {
            Ok(response) => {
                fields.push(("status", json!(response.status)));
                fields.extend(response.request_id().map(|id| ("request_id", json!(id))));
                (format!("{line}: {}", response.status), fields)
            }
            Err(error) => {
                let error = self.redactor.text(&error.to_string());
                fields.push(("error", json!(error)));
                (format!("{line}: {error}"), fields)
            }
        }
    }

    fn http(&self, request: &Request, duration: Duration, outcome: RequestOutcome<'_>) -> Http {
        let peer = self.span.attempt.as_ref().and_then(|attempt| attempt.peer.get());
        let base = self.log.settings.base.trim_end_matches('/');
        Http {
            method: request.method.to_string(),
            url: format!("{base}{}", self.redactor.target(&request.target)),
            status: outcome.ok().map(|response| response.status),
            latency: duration,
            request_size: request.body.len(),
            response_size: outcome.ok().map(|response| response.body.len()),
            server: peer.and_then(|peer| peer.address).map(|address| address.ip()),
        }
    }

    fn request_line(&self, request: &Request) -> String {
        format!("{} {}", request.method, self.redactor.target(&request.target))
    }

    fn body(&self, headers: &http::HeaderMap, body: &[u8]) -> String {
        let content_type = headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        self.redactor.body(content_type.unwrap_or_default(), body)
    }

    fn retrying(&mut self, wait: Duration) {
        self.line(Severity::Info, REQUESTS, |_| {
            ("retries the request".to_owned(), vec![("wait_ms", milliseconds(wait))])
        });
    }

    fn connection(&mut self, number: Option<u64>, message: &str, fields: impl FnOnce() -> LineFields) {
        self.line(Severity::Debug, CONNECTIONS, |_| {
            let number = number.map(|number| ("link", json!(number)));
            (message.to_owned(), number.into_iter().chain(fields()).collect())
        });
    }

    fn message_bytes(&mut self, connection: u64, message: &HttpMessage) {
        self.line(Severity::Debug, BYTES, |it| {
            let HttpMessage { direction, bytes, pieces, after, duration } = message;
            let verb = match direction {
                Direction::Sent => "sent",
                Direction::Received => "received",
            };
            let fields = vec![
                ("link", json!(connection)),
                ("pieces", json!(pieces)),
                ("first_byte_ms", milliseconds(*after)),
                duration_ms(*duration),
                ("bytes", json!(it.redactor.message(bytes))),
            ];
            (format!("{verb} {} bytes", bytes.len()), fields)
        });
    }
}

fn tls_fields(tls: &Tls, duration: Duration) -> LineFields {
    vec![
        ("tls_version", json!(tls.version)),
        ("cipher_suite", json!(tls.cipher_suite)),
        ("key_exchange", json!(tls.key_exchange)),
        ("alpn", json!(tls.alpn.as_deref().unwrap_or("none"))),
        ("handshake", json!(tls.handshake)),
        duration_ms(duration),
    ]
}

fn duration_ms(duration: Duration) -> (&'static str, Json) {
    ("duration_ms", milliseconds(duration))
}

/// A duration in milliseconds, with up to three digits after the decimal point.
#[expect(clippy::cast_precision_loss, reason = "two hundred years of microseconds are exact")]
fn milliseconds(duration: Duration) -> Json {
    json!(duration.as_micros() as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::milliseconds;

    #[test]
    fn a_duration_is_told_to_the_microsecond_however_long_it_is() {
        assert_eq!(milliseconds(Duration::from_nanos(1_234_567)), json!(1.234));
        assert_eq!(milliseconds(Duration::from_hours(2)), json!(7_200_000.0));
        assert_eq!(milliseconds(Duration::from_micros(86_400_000_001)), json!(86_400_000.001));
    }
}
