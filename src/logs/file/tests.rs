//! Tests the format of the entries, and many writers to one file.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::{FileSink, entry};
use crate::logs::Sink as _;
use crate::logs::line::{Http, LogLine, Severity};
use crate::stripe::trace::SpanId;

fn line(message: &str) -> LogLine {
    LogLine {
        severity: Severity::Warning,
        verbosity: 2,
        asked: true,
        message: message.to_owned(),
        fields: vec![
            ("connection", json!("locations/l/connections/n")),
            ("operation", json!("Create")),
            ("entity", json!("Customer")),
            ("attempt", json!(1)),
        ],
        http: Some(Http {
            method: "POST".to_owned(),
            url: "https://api.stripe.com/v1/customers".to_owned(),
            status: Some(402),
            latency: Duration::from_millis(1500),
            request_size: 12,
            response_size: Some(345),
            server: Some("127.0.0.1".parse().unwrap()),
        }),
        span: SpanId { trace: [0xab; 16], span: [1; 8] },
    }
}

#[test]
fn an_entry_has_the_keys_that_cloud_logging_knows() {
    let now: Timestamp = "2024-02-03T04:05:06.1Z".parse().unwrap();
    let expected = json!({
        "severity": "WARNING",
        "time": "2024-02-03T04:05:06.100000000Z",
        "message": "POST /v1/customers: 402",
        "logging.googleapis.com/labels": {
            "connection": "locations/l/connections/n", "operation": "Create", "entity": "Customer",
        },
        "logging.googleapis.com/trace": "abababababababababababababababab",
        "logging.googleapis.com/spanId": "0101010101010101",
        "logging.googleapis.com/trace_sampled": true,
        "httpRequest": {
            "requestMethod": "POST", "requestUrl": "https://api.stripe.com/v1/customers", "requestSize": "12",
            "latency": "1.500000000s", "status": 402, "responseSize": "345", "serverIp": "127.0.0.1",
        },
        "attempt": 1,
    });
    assert_eq!(entry(&line("POST /v1/customers: 402"), now, true), expected);
    assert!(entry(&line("x"), now, false).get("logging.googleapis.com/trace").is_none());
}

#[test]
fn many_writers_of_one_file_keep_lines_whole() {
    const WRITERS: usize = 8;
    const LINES: usize = 100;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            // Each writer opens the file separately, as another process would.
            let file = FileSink::open(&path, false).unwrap();
            scope.spawn(move || {
                for number in 0..LINES {
                    let text = format!("{writer} {number} {}", "ü".repeat(number * 97));
                    file.write(&line(&text), Timestamp::now());
                }
            });
        }
    });
    let text = std::fs::read_to_string(&path).unwrap();
    let mut next = [0; WRITERS];
    for line in text.lines() {
        let entry: Json = serde_json::from_str(line).unwrap();
        let message = entry["message"].as_str().unwrap();
        let numbers: Vec<usize> = message.split(' ').take(2).map(|n| n.parse().unwrap()).collect();
        assert_eq!(next[numbers[0]], numbers[1], "out of order");
        assert_eq!(message.matches('ü').count(), numbers[1] * 97);
        next[numbers[0]] += 1;
    }
    assert_eq!(next, [LINES; WRITERS]);
}

#[test]
fn a_file_is_for_its_owner_and_what_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    FileSink::open(&path, false).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let error = FileSink::open(folder.path(), false).unwrap_err();
    assert!(error.ends_with("it is no regular file"), "{error}");
    let error = FileSink::open(&folder.path().join("no/such"), false).unwrap_err();
    assert!(error.starts_with("cannot write the log file "), "{error}");
}
