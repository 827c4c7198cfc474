//! What a connection writes about itself: which lines, to whom, and with what hidden.
//!
//! ```text
//! stripe::trace ─event─▶ Log ─render─▶ line ─┬─▶ standard error (Terraform shows it)
//!                         │     redact       ├─▶ a file, one JSON object a line
//!                         │                  └─▶ OTLP, as a log record
//!                         └───────────────────▶ OTLP, as a span
//! ```
//!
//! A [`Log`] hears everything that happens in the operations of one connection. Each line has
//! a level (how severe) and a verbosity (how deep); it is written when the connection's `level`
//! and its `verbosity` both reach it. `docs/design/0007-logs.md` has the table.

mod certificate;
mod file;
mod line;
mod otlp;
mod redact;
mod render;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::env::Env;
use crate::secret::Secret;
use crate::stripe::trace::{Event, Observer, Scope};
use file::File;
use line::{Line, Standard};
use otlp::{Otlp, Place};
use redact::Known;

/// A log level of the connector.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// Failures.
    #[default]
    Error,
    /// Operations and their backend requests too.
    Info,
    /// Network calls and TLS too.
    Debug,
}

/// What a log is made from.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The name of the connection in every line.
    pub connection: String,
    /// Where calls go.
    pub base: String,
    /// The least severe level that is written.
    pub level: Level,
    /// From 1, operations, to 5, bytes.
    pub verbosity: u8,
    /// A file that gets every line too.
    pub file: Option<PathBuf>,
}

/// Somewhere lines go.
trait Sink: Send + Sync + fmt::Debug {
    fn write(&self, line: &Line, now: Timestamp);
}

/// The log of one connection.
#[derive(Debug)]
pub struct Log {
    settings: Settings,
    known: Known,
    sinks: Vec<Box<dyn Sink>>,
    otlp: Option<Arc<Otlp>>,
    problem: Option<String>,
    now: fn() -> Timestamp,
}

impl Log {
    /// A log that writes to standard error, to the file of its settings, and to where the
    /// environment says that telemetry goes.
    pub fn new(settings: Settings, env: &Env) -> Self {
        let otlp = otlp::of_process(env);
        let mut sinks: Vec<Box<dyn Sink>> = vec![Box::new(Standard)];
        let opened = settings.file.as_deref().map(|path| File::open(path, otlp.is_some()));
        let problem = match opened {
            Some(Ok(file)) => {
                sinks.push(Box::new(file));
                None
            }
            Some(Err(why)) => Some(why),
            None => None,
        };
        sinks.extend(otlp.clone().map(|otlp| Box::new(otlp) as Box<dyn Sink>));
        Self { settings, known: Known::default(), sinks, otlp, problem, now: Timestamp::now }
    }

    /// Why the file of the settings gets no lines, if it gets none.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Hides this wherever it appears.
    pub fn hide(&self, secret: &Secret) {
        self.known.add(secret);
    }

    /// Whether lines of this level and this verbosity are written.
    fn reaches(&self, level: Level, verbosity: u8) -> bool {
        level <= self.settings.level && verbosity <= self.settings.verbosity
    }

    /// Whether anything about connections is written.
    pub fn watches_connections(&self) -> bool {
        self.reaches(Level::Debug, render::CONNECTIONS)
    }
}

impl Observer for Log {
    fn observe(&self, scope: &Scope, event: &Event<'_>) {
        let now = (self.now)();
        let redactor = self.known.redactor(scope.operation.sensitive);
        for line in render::lines(self, &redactor, scope, event) {
            for sink in &self.sinks {
                sink.write(&line, now);
            }
        }
        if let Some(otlp) = self.otlp.as_ref().filter(|_| self.settings.level >= Level::Info) {
            otlp.span(Place { log: &self.settings, redactor: &redactor, scope }, event);
        }
    }

    fn hears_bytes(&self) -> bool {
        self.reaches(Level::Debug, render::WIRE)
    }
}

/// Sends what is left to the collector, if there is one. Returns after `limit` at the latest.
pub async fn flush(limit: Duration) {
    otlp::flush(limit).await;
}

#[cfg(test)]
mod tests;
