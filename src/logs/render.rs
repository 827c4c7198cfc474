//! What happened, as lines.

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::logs::line::{Http, Line, Severity};
use crate::logs::redact::Redactor;
use crate::logs::{Log, certificate};
use crate::stripe::trace::{Direction, Event, Operation, Scope, SpanId, Tls};
use crate::stripe::{Request, Response, TransportError};

/// Operations.
const OPERATIONS: u8 = 1;
/// Requests.
const REQUESTS: u8 = 2;
/// Headers and bodies.
const BODIES: u8 = 3;
/// Connections, proxies and TLS.
pub(super) const CONNECTIONS: u8 = 4;
/// Bytes.
pub(super) const WIRE: u8 = 5;

type Fields = Vec<(&'static str, Json)>;

/// The lines of an event that the log's level and verbosity reach.
pub(super) fn lines(log: &Log, redactor: &Redactor, scope: &Scope, event: &Event<'_>) -> Vec<Line> {
    let mut page = Page { log, redactor, scope, lines: Vec::new() };
    match event {
        Event::Ended { took, outcome } => page.ended(*took, outcome),
        Event::Sending(request) => page.sending(request),
        Event::Answered { request, took, answer } => page.answered(request, *took, *answer),
        Event::Retrying { wait } => page.retrying(*wait),
        Event::InProcess => page.connection(None, "answered by the sandbox in this process", Vec::new),
        Event::Dialled { link, target, address, took } => {
            page.connection(Some(*link), &format!("dialled {target}"), || {
                vec![("address", json!(address.to_string())), duration(*took)]
            });
        }
        Event::Tunnelled { link, target, status, took } => {
            page.connection(Some(*link), &format!("asked the proxy for a tunnel to {target}"), || {
                vec![("status", json!(status)), duration(*took)]
            });
        }
        Event::Presented { name, chain } => {
            for (at, der) in chain.iter().enumerate() {
                let message = format!("certificate {} of {} for {name}", at + 1, chain.len());
                page.connection(None, &message, || certificate::fields(der));
            }
        }
        Event::Secured { link, who, tls, took } => page.secured(*link, who, tls, *took),
        Event::Reused { link } => page.connection(Some(*link), "used again", Vec::new),
        Event::Wire { link, direction, bytes, pieces, after, took } => {
            page.wire(*link, *direction, bytes, (*pieces, *after, *took));
        }
    }
    page.lines
}

/// The lines of one event.
struct Page<'p> {
    log: &'p Log,
    redactor: &'p Redactor,
    scope: &'p Scope,
    lines: Vec<Line>,
}

impl Page<'_> {
    /// A line, made only if it is written.
    fn line(&mut self, severity: Severity, verbosity: u8, make: impl FnOnce(&Self) -> (String, Fields)) {
        if self.log.reaches(severity.level(), verbosity) {
            let (message, fields) = make(self);
            let fields = self.context().into_iter().chain(fields).collect();
            let (trace, attempt) = (self.scope.id.trace, self.scope.attempt.as_ref());
            let span = attempt.map_or(self.scope.id.span, |attempt| attempt.span);
            let span = SpanId { trace, span };
            self.lines.push(Line { severity, message, fields, http: None, span });
        }
    }

    /// What every line says: the connection, the operation, the try.
    fn context(&self) -> Fields {
        let Operation { name, entity, id, filter, .. } = &*self.scope.operation;
        let mut fields = vec![
            ("connection", json!(self.log.settings.connection)),
            ("operation", json!(name)),
            ("entity", json!(entity)),
        ];
        fields.extend(id.as_ref().map(|id| ("id", json!(self.redactor.text(id)))));
        fields.extend(filter.as_ref().map(|filter| ("filter", json!(self.redactor.text(filter)))));
        if let Some(attempt) = &self.scope.attempt {
            fields.push(("attempt", json!(attempt.number)));
            fields.push(("nodes", json!(attempt.admission.nodes)));
        }
        fields
    }

    fn ended(&mut self, took: Duration, outcome: &Result<usize, String>) {
        match outcome {
            Ok(rows) => self.line(Severity::Info, OPERATIONS, |page| {
                let ended = if *rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
                let message = format!("{}: {ended}", page.question());
                (message, vec![("rows", json!(rows)), duration(took)])
            }),
            Err(error) => self.line(Severity::Error, OPERATIONS, |page| {
                let error = page.redactor.text(error);
                (
                    format!("{} failed: {error}", page.question()),
                    vec![("error", json!(error)), duration(took)],
                )
            }),
        }
    }

    /// The operation as a sentence.
    fn question(&self) -> String {
        let Operation { name, entity, id, filter, .. } = &*self.scope.operation;
        let mut question = format!("{name} {entity}");
        if let Some(id) = id {
            question = format!("{question} {id}");
        }
        if let Some(filter) = filter {
            question = format!("{question} where {filter}");
        }
        self.redactor.text(&question)
    }

    fn sending(&mut self, request: &Request) {
        self.line(Severity::Info, BODIES, |page| {
            let fields = vec![
                ("headers", page.redactor.headers(&request.headers)),
                ("body", json!(page.body(&request.headers, &request.body))),
            ];
            (format!("request: {}", page.request_line(request)), fields)
        });
    }

    fn answered(&mut self, request: &Request, took: Duration, answer: Result<&Response, &TransportError>) {
        let good = answer.is_ok_and(|response| (200..300).contains(&response.status));
        let severity = if good { Severity::Info } else { Severity::Warning };
        self.line(severity, REQUESTS, |page| page.outcome(request, took, answer));
        let http = self.http(request, took, answer);
        if let Some(line) = self.lines.last_mut() {
            line.http = Some(http);
        }
        let Ok(response) = answer else { return };
        self.line(severity, BODIES, |page| {
            let mut fields = vec![
                ("headers", page.redactor.headers(&response.headers)),
                ("body", json!(page.body(&response.headers, &response.body))),
            ];
            fields.extend(request_id(response));
            (format!("response {} to {}", response.status, page.request_line(request)), fields)
        });
    }

    /// What a request came to.
    fn outcome(
        &self,
        request: &Request,
        took: Duration,
        answer: Result<&Response, &TransportError>,
    ) -> (String, Fields) {
        let line = self.request_line(request);
        let waited = self.scope.attempt.as_ref().map_or(Duration::ZERO, |it| it.admission.waited);
        let mut fields = vec![("waited_ms", milliseconds(waited)), duration(took)];
        match answer {
            Ok(response) => {
                fields.push(("status", json!(response.status)));
                fields.extend(request_id(response));
                (format!("{line}: {}", response.status), fields)
            }
            Err(error) => {
                let error = self.redactor.text(&error.to_string());
                fields.push(("error", json!(error)));
                (format!("{line}: {error}"), fields)
            }
        }
    }

    fn http(&self, request: &Request, took: Duration, answer: Result<&Response, &TransportError>) -> Http {
        let peer = self.scope.attempt.as_ref().and_then(|attempt| attempt.peer.get());
        let base = self.log.settings.base.trim_end_matches('/');
        Http {
            method: request.method.to_string(),
            url: format!("{base}{}", self.redactor.target(&request.target)),
            status: answer.ok().map(|response| response.status),
            latency: took,
            request_size: request.body.len(),
            response_size: answer.ok().map(|response| response.body.len()),
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
            ("tries again".to_owned(), vec![("wait_ms", milliseconds(wait))])
        });
    }

    fn secured(&mut self, link: u64, who: &str, tls: &Tls, took: Duration) {
        self.connection(Some(link), &format!("TLS with {who}"), || {
            vec![
                ("tls_version", json!(tls.version)),
                ("cipher_suite", json!(tls.cipher_suite)),
                ("key_exchange", json!(tls.key_exchange)),
                ("alpn", json!(tls.alpn.as_deref().unwrap_or("none"))),
                ("handshake", json!(tls.handshake)),
                duration(took),
            ]
        });
    }

    fn connection(&mut self, link: Option<u64>, what: &str, fields: impl FnOnce() -> Fields) {
        self.line(Severity::Debug, CONNECTIONS, |_| {
            let number = link.map(|link| ("link", json!(link)));
            (what.to_owned(), number.into_iter().chain(fields()).collect())
        });
    }

    fn wire(
        &mut self,
        link: u64,
        direction: Direction,
        bytes: &[u8],
        (pieces, after, took): (usize, Duration, Duration),
    ) {
        self.line(Severity::Debug, WIRE, |page| {
            let what = match direction {
                Direction::Sent => "sent",
                Direction::Received => "received",
            };
            let fields = vec![
                ("link", json!(link)),
                ("pieces", json!(pieces)),
                ("first_byte_ms", milliseconds(after)),
                duration(took),
                ("bytes", json!(page.redactor.message(bytes))),
            ];
            (format!("{what} {} bytes", bytes.len()), fields)
        });
    }
}

fn request_id(response: &Response) -> Option<(&'static str, Json)> {
    let id = response.headers.get("request-id")?.to_str().ok()?;
    Some(("request_id", json!(id)))
}

fn duration(took: Duration) -> (&'static str, Json) {
    ("duration_ms", milliseconds(took))
}

/// Thousandths of a second, with three digits behind the point.
fn milliseconds(duration: Duration) -> Json {
    let micros = u32::try_from(duration.as_micros()).unwrap_or(u32::MAX);
    json!(f64::from(micros) / 1000.0)
}
