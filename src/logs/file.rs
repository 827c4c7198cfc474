//! A file of JSON lines in the format of Cloud Logging's agents: special keys become properties of the entry,
//! all others its payload.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use crate::logs::Sink;
use crate::logs::line::{Http, LogLine, Severity};

/// The fields that become labels of an entry.
const LABELS: [&str; 3] = ["connection", "entity", "operation"];

/// A file to which lines are appended; any number of processes may share it.
#[derive(Debug)]
pub(super) struct FileSink {
    file: fs::File,
    path: PathBuf,
    /// Whether lines name their spans, which is only useful if spans are exported.
    traced: bool,
    failed: AtomicBool,
}

impl FileSink {
    /// Opens the file, or creates it, readable by its owner only, if it does not exist.
    ///
    /// # Errors
    /// The path cannot be opened or is not a regular file; the message contains the path.
    pub(super) fn open(path: &Path, traced: bool) -> Result<Self, String> {
        let refused = |why: &str| format!("cannot write the log file {}: {why}", path.display());
        // Opening a pipe would wait for a reader.
        if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(refused("it is no regular file"));
        }
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|error| refused(&error.to_string()))?;
        Ok(Self { file, path: path.to_owned(), traced, failed: AtomicBool::new(false) })
    }
}

impl Sink for FileSink {
    /// Uses one write per line, which the operating system does not interleave with other writes.
    fn write(&self, line: &LogLine, now: Timestamp) {
        let mut text = entry(line, now, self.traced).to_string();
        text.push('\n');
        let written = (&self.file).write_all(text.as_bytes());
        if let Err(error) = written
            && !self.failed.swap(true, Ordering::Relaxed)
        {
            log::warn!("cannot write the log file {}: {error}", self.path.display());
        }
    }
}

fn entry(line: &LogLine, now: Timestamp, traced: bool) -> Json {
    let mut entry = Map::new();
    let mut put = |name: &str, value: Json| drop(entry.insert(name.to_owned(), value));
    put("severity", json!(severity(line.severity)));
    put("time", json!(format!("{now:.9}")));
    put("message", json!(line.message));
    let labels = line.fields.iter().filter(|(name, _)| LABELS.contains(name));
    let labels: Map<String, Json> = labels.map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    put("logging.googleapis.com/labels", Json::Object(labels));
    if traced {
        put("logging.googleapis.com/trace", json!(hex::encode(line.span.trace)));
        put("logging.googleapis.com/spanId", json!(hex::encode(line.span.span)));
        put("logging.googleapis.com/trace_sampled", json!(true));
    }
    if let Some(http) = &line.http {
        put("httpRequest", request(http));
    }
    for (name, value) in line.fields.iter().filter(|(name, _)| !LABELS.contains(name)) {
        put(name, value.clone());
    }
    Json::Object(entry)
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Info => "INFO",
        Severity::Debug => "DEBUG",
    }
}

/// Builds the `httpRequest` of an entry. Its sizes are text, which is how JSON represents 64-bit numbers.
fn request(http: &Http) -> Json {
    let mut request = json!({
        "requestMethod": http.method,
        "requestUrl": http.url,
        "requestSize": http.request_size.to_string(),
        "latency": format!("{}.{:09}s", http.latency.as_secs(), http.latency.subsec_nanos()),
    });
    if let Some(request) = request.as_object_mut() {
        request.extend(http.status.map(|status| ("status".to_owned(), json!(status))));
        request.extend(http.response_size.map(|size| ("responseSize".to_owned(), json!(size.to_string()))));
        request.extend(http.server.map(|server| ("serverIp".to_owned(), json!(server.to_string()))));
    }
    request
}

#[cfg(test)]
mod tests;
