//! A log line, and the sink that writes lines to standard error.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use log::RecordBuilder;
use log::kv::{self, Key, VisitSource};
use serde_json::Value as Json;

use crate::logs::{Level, Sink, verbosity};
use crate::stripe::trace::SpanId;

/// The maximum length of a field on standard error, in bytes; Terraform accepts lines of up to 64 KiB.
const LONGEST_FIELD: usize = 20 << 10;

/// The module that every line names.
const TARGET: &str = concat!(env!("CARGO_CRATE_NAME"), "::logs");

/// The severity of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Severity {
    /// An operation has failed.
    Error,
    /// An attempt of a request has failed; the operation may still succeed.
    Warning,
    /// An operation or a request has succeeded.
    Info,
    /// A detail of the connection.
    Debug,
}

/// One line of the log, already redacted.
#[derive(Debug, Clone)]
pub(super) struct LogLine {
    pub(super) severity: Severity,
    /// From 1, operations, to 5, bytes.
    pub(super) verbosity: u8,
    /// Whether the settings of the connection ask for it; otherwise only Terraform's own log does.
    pub(super) asked: bool,
    pub(super) message: String,
    pub(super) fields: Vec<(&'static str, Json)>,
    /// The request whose end the line reports.
    pub(super) http: Option<Http>,
    pub(super) span: SpanId,
}

/// A request and its response, for sinks that have a special format for them. Sizes are in bytes.
#[derive(Debug, Clone)]
pub(super) struct Http {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) status: Option<u16>,
    pub(super) latency: Duration,
    pub(super) request_size: usize,
    pub(super) response_size: Option<usize>,
    pub(super) server: Option<IpAddr>,
}

impl Severity {
    /// The least verbose level at which lines of this severity are written.
    pub(super) const fn level(self) -> Level {
        match self {
            Self::Error | Self::Warning => Level::Error,
            Self::Info => Level::Info,
            Self::Debug => Level::Debug,
        }
    }

    const fn log_level(self) -> log::Level {
        match self {
            Self::Error => log::Level::Error,
            Self::Warning => log::Level::Warn,
            Self::Info => log::Level::Info,
            Self::Debug => log::Level::Debug,
        }
    }
}

/// Writes to standard error through the program's logger, in the format that Terraform reads.
#[derive(Debug)]
pub(super) struct StderrSink;

impl Sink for StderrSink {
    fn write(&self, line: &LogLine, _now: Timestamp) {
        let level = if line.asked { line.severity.log_level() } else { shown_from(line.verbosity) };
        if level > log::max_level() {
            return;
        }
        let fields = RecordFields(line.fields.iter().map(|(name, value)| (*name, text(value))).collect());
        let mut record = RecordBuilder::new();
        let record = record.level(level).target(TARGET).key_values(&fields);
        log::logger().log(&record.args(format_args!("{}", line.message)).build());
    }

    fn is_terraforms(&self) -> bool {
        true
    }
}

/// The level from which Terraform shows a line that no connection asks for.
const fn shown_from(verbosity: u8) -> log::Level {
    if verbosity < verbosity::BODIES { log::Level::Debug } else { log::Level::Trace }
}

/// Returns a field as text: JSON strings without quotes, other values as JSON, cut if too long.
fn text(value: &Json) -> String {
    let mut text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if text.len() > LONGEST_FIELD {
        let end = text.floor_char_boundary(LONGEST_FIELD);
        let rest = text.len() - end;
        text.truncate(end);
        // Writing to a String cannot fail.
        let _ = write!(text, "… and {rest} bytes more");
    }
    text
}

struct RecordFields(Vec<(&'static str, String)>);

impl kv::Source for RecordFields {
    fn visit<'kvs>(&'kvs self, visitor: &mut dyn VisitSource<'kvs>) -> Result<(), kv::Error> {
        self.0.iter().try_for_each(|(name, value)| {
            visitor.visit_pair(Key::from_str(name), kv::Value::from(value.as_str()))
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{LONGEST_FIELD, text};

    #[test]
    fn fields_are_text_and_not_too_long() {
        assert_eq!(text(&json!("a")), "a");
        assert_eq!(text(&json!({"a": 1})), r#"{"a":1}"#);
        let cut = text(&json!("ü".repeat(LONGEST_FIELD)));
        assert!(cut.ends_with(&format!("… and {LONGEST_FIELD} bytes more")), "{}", cut.len());
    }
}
