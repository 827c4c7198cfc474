//! Writes log records to standard error as lines of JSON, in the format of the host's logger.
//!
//! The rest of the program logs through the `log` facade and knows nothing about this. The host sorts the
//! lines by level, shows them if `TF_LOG` asks for it, and treats every key that does not begin with `@` as a
//! field.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::Write as _;
use std::panic::PanicHookInfo;

use jiff::Timestamp;
use log::kv::{self, Key, VisitSource};
use log::{Level, LevelFilter, Log, Metadata, Record};
use serde_json::{Map, Value};

/// The crate of this module: the first part of its records' targets.
const THIS_CRATE: &str = env!("CARGO_CRATE_NAME");
/// The host accepts lines up to 64 KiB; it would split a longer one into pieces of plain text.
const LONGEST_LINE: usize = 60 << 10;
/// How much is kept of the message of a line that is too long; escaping can turn one byte into six.
const CUT_MESSAGE: usize = 8 << 10;

/// From now on, sends panics and log records up to `level` to the host. For crates other than `crate_name`
/// and this one, only errors and warnings are sent.
pub(super) fn install(level: LevelFilter, crate_name: &'static str) {
    // A second call in the same process finds the logger already installed.
    if log::set_boxed_logger(Box::new(Logger { crates: [THIS_CRATE, crate_name] })).is_ok() {
        log::set_max_level(level);
        std::panic::set_hook(Box::new(log_panic));
    }
}

/// Writes the records that concern a practitioner.
#[derive(Debug)]
struct Logger {
    /// The crates whose records are written at every level.
    crates: [&'static str; 2],
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let target = metadata.target();
        let crate_name = target.split_once("::").map_or(target, |(crate_name, _)| crate_name);
        metadata.level() <= Level::Warn || self.crates.contains(&crate_name)
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            write_line(&line(record, Timestamp::now()));
        }
    }

    fn flush(&self) {}
}

fn write_line(line: &str) {
    // If standard error is gone, nobody is left to tell.
    let _ = std::io::stderr().lock().write_all(format!("{line}\n").as_bytes());
}

/// Formats the record as one line of JSON.
fn line(record: &Record<'_>, now: Timestamp) -> String {
    let message = record.args().to_string();
    let mut fields = RecordFields(head(record, &message, now));
    // `visit_pair` below never fails.
    let _ = record.key_values().visit(&mut fields);
    let line = Value::Object(fields.0).to_string();
    if line.len() <= LONGEST_LINE {
        return line;
    }
    let end = message.floor_char_boundary(CUT_MESSAGE);
    let mut head = head(record, message.get(..end).unwrap_or_default(), now);
    head.insert("truncated".to_owned(), Value::Bool(true));
    Value::Object(head).to_string()
}

/// The keys that the host knows. All values are strings: the host fails on others.
fn head(record: &Record<'_>, message: &str, now: Timestamp) -> Map<String, Value> {
    let level = record.level().as_str().to_ascii_lowercase();
    let module = record.target().replace("::", ".");
    // There must be exactly six fraction digits and a zone, or the host treats the line as plain text.
    let timestamp = format!("{now:.6}");
    let head = [("@level", level), ("@message", message.to_owned()), ("@module", module)];
    head.into_iter()
        .chain([("@timestamp", timestamp)])
        .map(|(key, value)| (key.to_owned(), Value::String(value)))
        .collect()
}

/// Collects the key-value pairs of a record.
struct RecordFields(Map<String, Value>);

impl<'kvs> VisitSource<'kvs> for RecordFields {
    fn visit_pair(&mut self, key: Key<'kvs>, value: kv::Value<'kvs>) -> Result<(), kv::Error> {
        if !key.as_str().starts_with('@') {
            self.0.insert(key.to_string(), Value::String(value.to_string()));
        }
        Ok(())
    }
}

fn log_panic(panic: &PanicHookInfo<'_>) {
    let message = panic.payload_as_str().unwrap_or("without a message");
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        log::error!(location:% = place, backtrace:% = backtrace; "panic: {message}");
    } else {
        log::error!(location:% = place; "panic: {message}");
    }
    // A panic in a task is caught, and a call that panicked is answered with a diagnostic. A panic outside a
    // task ends the process; the host shows lines that begin like this as a crash of the plugin, whatever
    // TF_LOG says.
    if std::thread::current().name() == Some("main") && tokio::task::try_id().is_none() {
        write_line(&format!("panic: {message}\n\n{place}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(message: &str, fields: &dyn kv::Source) -> Value {
        let now = "2024-02-03T04:05:06.1Z".parse().unwrap();
        let line = line(
            &Record::builder()
                .level(Level::Info)
                .target("provider::boxes")
                .args(format_args!("{message}"))
                .key_values(&fields)
                .build(),
            now,
        );
        assert!(line.len() <= LONGEST_LINE && !line.contains('\n'));
        serde_json::from_str(&line).unwrap()
    }

    #[test]
    fn a_record_is_a_line_the_host_can_read() {
        let expected = serde_json::json!({
            "@level": "info",
            "@message": "two\nlines",
            "@module": "provider.boxes",
            "@timestamp": "2024-02-03T04:05:06.100000Z",
            "request_id": "req_1",
            "status": "402",
        });
        let fields: [(&str, kv::Value<'_>); 2] = [("request_id", "req_1".into()), ("status", 402.into())];
        assert_eq!(written("two\nlines", &fields), expected);
    }

    #[test]
    fn a_field_cannot_pose_as_a_key_of_the_host() {
        let fields: [(&str, kv::Value<'_>); 1] = [("@level", 3.into())];
        assert_eq!(written("hello", &fields)["@level"], "info");
    }

    #[test]
    fn a_line_that_is_too_long_is_cut_and_says_so() {
        let cut = written(&"\u{1}ü".repeat(50_000), &[("body", "x")]);
        assert_eq!(cut["truncated"], true);
        assert!(cut["@message"].as_str().unwrap().len() <= CUT_MESSAGE);
    }

    #[test]
    fn of_other_crates_only_warnings_are_written() {
        let logger = Logger { crates: [THIS_CRATE, "toy_provider"] };
        let enabled =
            |level, target| logger.enabled(&Metadata::builder().level(level).target(target).build());
        assert!(enabled(Level::Trace, module_path!()));
        assert!(enabled(Level::Trace, "toy_provider"));
        assert!(enabled(Level::Trace, "toy_provider::boxes"));
        assert!(enabled(Level::Warn, "rustls::conn"));
        assert!(!enabled(Level::Info, "h2::connect"));
        assert!(!enabled(Level::Debug, "toy_provider_other"));
    }
}
