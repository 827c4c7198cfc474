//! The log of a connection: it renders events, redacts secrets and writes to sinks.
//!
//! ```text
//! stripe::trace ─event─▶ Log ─render─▶ line ─┬─▶ standard error (Terraform shows it)
//!                         │     redact       ├─▶ a file, one JSON object a line
//!                         │                  └─▶ OTLP, as a log record
//!                         └───────────────────▶ OTLP, as a span
//! ```
//!
//! A [`Log`] receives the events of one connection's operations. Each line has a severity and a verbosity
//! (from 1, operations, to 5, bytes), and is written if the level and the verbosity of the settings allow
//! both. Standard error also gets what Terraform is asked to show: requests under `TF_LOG=DEBUG`, their
//! bodies under `TRACE`. `docs/design/0007-logs.md` has the table.

mod certificate;
mod file;
mod line;
mod otlp;
mod redact;
mod render;
mod verbosity;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::env::Env;
use crate::secret::Secret;
use crate::stripe::trace::{Event, Observer, Span};
use file::FileSink;
use line::{LogLine, StderrSink};
use otlp::{EventContext, Otlp};
use redact::KnownSecrets;

/// The level of a connection's log: the least severe lines that are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// Operations and requests that failed.
    #[default]
    Error,
    /// All operations and requests.
    Info,
    /// Connections, TLS and bytes too.
    Debug,
}

/// The settings of a log.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name of the connection, repeated in every line: `locations/L/connections/N`, or `default`.
    pub connection: String,
    /// The base address of the calls, or the path of the sandbox's file.
    pub base: String,
    /// Whether the connection is asked to log. What Terraform shows goes to standard error in any case.
    pub enabled: bool,
    /// The least severe level that is written.
    pub level: Level,
    /// From 1 (operations) to 5 (bytes).
    pub verbosity: u8,
    /// A file that also gets every line, as one JSON object each.
    pub file: Option<PathBuf>,
}

/// A place that lines are written to.
trait Sink: Send + Sync + fmt::Debug {
    fn write(&self, line: &LogLine, now: Timestamp);

    /// Whether it also takes lines that only Terraform's own log asks for.
    fn is_terraforms(&self) -> bool {
        false
    }
}

/// The log of one connection.
#[derive(Debug)]
pub struct Log {
    settings: Settings,
    /// The verbosity up to which Terraform shows lines; 0 if it shows none.
    shown: u8,
    known: KnownSecrets,
    sinks: Vec<Box<dyn Sink>>,
    otlp: Option<Arc<Otlp>>,
    file_error: Option<String>,
    now: fn() -> Timestamp,
}

impl Log {
    /// Creates a log that writes to standard error, to the file in its settings, and to the collector that
    /// the environment names. If the file cannot be opened, [`Log::file_error`] tells why.
    pub fn new(settings: Settings, env: &Env) -> Self {
        let otlp = settings.enabled.then(|| otlp::of_process(env)).flatten();
        let mut sinks: Vec<Box<dyn Sink>> = vec![Box::new(StderrSink)];
        let file = settings.file.as_deref().filter(|_| settings.enabled);
        let opened = file.map(|path| FileSink::open(path, otlp.is_some()));
        let file_error = match opened {
            Some(Ok(file)) => {
                sinks.push(Box::new(file));
                None
            }
            Some(Err(why)) => Some(why),
            None => None,
        };
        sinks.extend(otlp.clone().map(|otlp| Box::new(otlp) as Box<dyn Sink>));
        let (known, shown) = (KnownSecrets::default(), shown());
        Self { settings, shown, known, sinks, otlp, file_error, now: Timestamp::now }
    }

    /// Why the file in the settings cannot be opened; `None` if it is open or there is none.
    pub fn file_error(&self) -> Option<&str> {
        self.file_error.as_deref()
    }

    /// From now on, redacts this secret in every line and span.
    pub fn redact(&self, secret: &Secret) {
        self.known.add(secret);
    }

    /// Whether the settings ask for lines of this level and this verbosity.
    fn allows(&self, level: Level, verbosity: u8) -> bool {
        self.settings.enabled && level <= self.settings.level && verbosity <= self.settings.verbosity
    }

    /// Whether lines about TCP connections are written.
    pub fn logs_connections(&self) -> bool {
        self.allows(Level::Debug, verbosity::CONNECTIONS)
    }
}

/// The verbosity up to which Terraform shows what is sent, according to its own log level.
fn shown() -> u8 {
    match log::max_level() {
        log::LevelFilter::Trace => verbosity::BODIES,
        log::LevelFilter::Debug => verbosity::REQUESTS,
        _ => 0,
    }
}

/// Whether Terraform's own log shows anything that is sent.
pub fn terraform_listens() -> bool {
    log::max_level() >= log::LevelFilter::Debug
}

impl Observer for Log {
    fn observe(&self, span: &Span, event: &Event<'_>) {
        let now = (self.now)();
        let redactor = self.known.redactor(span.operation.secrecy);
        for line in render::lines(self, &redactor, span, event) {
            for sink in self.sinks.iter().filter(|sink| line.asked || sink.is_terraforms()) {
                sink.write(&line, now);
            }
        }
        if let Some(otlp) = self.otlp.as_ref().filter(|_| self.allows(Level::Info, verbosity::OPERATIONS)) {
            otlp.export_span(EventContext { log: &self.settings, redactor: &redactor, span }, event);
        }
    }

    fn wants_bytes(&self) -> bool {
        self.allows(Level::Debug, verbosity::BYTES)
    }
}

/// Sends the remaining lines and spans to the collector, if there is one. Waits for at most `limit`.
pub async fn flush(limit: Duration) {
    otlp::flush(limit).await;
}

#[cfg(test)]
mod tests;
