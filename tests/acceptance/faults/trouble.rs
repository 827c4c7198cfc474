//! What goes wrong, and how it is brought about.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use crate::support::authority::Authority;
use crate::support::front::{Front, Shows};
use crate::support::workdir::Workdir;

/// More often than any run asks.
const ALWAYS: usize = 1000;

/// Something that goes wrong.
#[derive(Debug, Clone)]
pub struct Trouble {
    pub name: &'static str,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    /// So many fitting requests meet it.
    Scripted(Json, usize),
    /// Every connection meets it.
    Handshake(Shows),
    /// The clock of the machine is so many seconds ahead from now on: what the limit's file
    /// holds is that much older.
    Clock(i64),
}

/// Every trouble of the matrix.
pub fn troubles() -> Vec<Trouble> {
    let scripted = |name, kind, times| Trouble { name, kind: Kind::Scripted(kind, times) };
    let page = |status: u16, done: bool| json!({"answer": {"status": status, "headers": [["content-type", "text/html"]], "body": "<html>Oh</html>", "done": done}});
    let mut all: Vec<Trouble> =
        ["global-rate", "global-concurrency", "endpoint-rate", "endpoint-concurrency", "resource-specific"]
            .map(|reason| {
                scripted(reason, limited("rate_limit", &[("stripe-rate-limited-reason", reason)]), 4)
            })
            .into();
    all.extend([
        scripted("429 retry-after", limited("rate_limit", &[("retry-after", "1")]), 3),
        scripted("429 lock_timeout", limited("lock_timeout", &[]), 4),
        scripted("500 passing", refused(500, "api_error", "", &[]), ALWAYS),
        scripted("500 kept under the key", json!({"fail": 500}), ALWAYS),
        scripted("502 page", page(502, false), ALWAYS),
        scripted("502 page, done", page(502, true), ALWAYS),
        scripted("503", refused(503, "api_error", "", &[]), ALWAYS),
        scripted("503 twice", refused(503, "api_error", "", &[]), 2),
        scripted("200 page", page(200, false), ALWAYS),
        scripted("200 page, done", page(200, true), ALWAYS),
        scripted("403 page", page(403, false), ALWAYS),
        scripted("404 page", page(404, false), ALWAYS),
        scripted("404 page, done", page(404, true), ALWAYS),
        scripted("404 of another", json!({"answer": {"status": 404, "body": r#"{"error": {"message": "no route", "code": "not_found"}}"#}}), ALWAYS),
        scripted("404 of an address", refused(404, "invalid_request_error", "", &[]), ALWAYS),
        scripted("401 of Stripe", refused(401, "invalid_request_error", "", &[]), ALWAYS),
        scripted(
            "409 key in use",
            refused(409, "invalid_request_error", "idempotency_key_in_use", &[]),
            ALWAYS,
        ),
        scripted("reset before", json!("drop_before"), ALWAYS),
        scripted("reset after", json!("drop_after"), ALWAYS),
        scripted("reset after, once", json!("drop_after"), 1),
        scripted("reset in the body", json!("cut_body"), ALWAYS),
        scripted("slow", json!({"delay": 1300}), 4),
        scripted("slow body", json!({"slow_body": 1300}), 4),
        Trouble { name: "TLS broken", kind: Kind::Handshake(Shows::Nothing) },
        Trouble { name: "TLS of a stranger", kind: Kind::Handshake(Shows::Stranger) },
        Trouble { name: "clock back 1 h", kind: Kind::Clock(-3600) },
        Trouble { name: "clock forth 1 h", kind: Kind::Clock(3600) },
    ]);
    all
}

fn limited(code: &str, headers: &[(&str, &str)]) -> Json {
    refused(429, "invalid_request_error", code, headers)
}

fn refused(status: u16, kind: &str, code: &str, headers: &[(&str, &str)]) -> Json {
    let mut error = json!({"type": kind, "message": "A scripted refusal."});
    if !code.is_empty() {
        error["code"] = code.into();
    }
    let body = json!({ "error": error }).to_string();
    json!({"answer": {"status": status, "headers": headers, "body": body}})
}

/// The trouble at work on one working directory.
pub struct AtWork<'w> {
    workdir: &'w Workdir,
    kind: &'w Kind,
    front: Option<&'w Front>,
    before: usize,
}

impl Trouble {
    /// What goes before the provider's other settings; a front where TLS is at fault.
    pub fn front(&self, base: &str) -> Option<Front> {
        matches!(self.kind, Kind::Handshake(_)).then(|| Front::before(base, &Authority::new()))
    }

    /// Begins: requests of these methods, to paths that begin so, meet it.
    pub fn begin<'w>(
        &'w self,
        workdir: &'w Workdir,
        front: Option<&'w Front>,
        methods: &[&str],
        path: &str,
    ) -> AtWork<'w> {
        let mut at_work = AtWork { workdir, kind: &self.kind, front, before: 0 };
        at_work.before = at_work.met();
        match &self.kind {
            Kind::Scripted(kind, times) => {
                for method in methods {
                    workdir.script(method, path, *times, kind);
                }
            }
            Kind::Handshake(shows) => front.unwrap().show(*shows),
            Kind::Clock(seconds) => move_clock(workdir, *seconds),
        }
        at_work
    }
}

impl AtWork<'_> {
    /// Ends; answers how often it was met.
    pub fn end(self) -> usize {
        self.workdir.sandbox.clear_faults();
        if let Some(front) = self.front {
            front.show(Shows::Itself);
        }
        self.met() - self.before
    }

    fn met(&self) -> usize {
        match self.kind {
            Kind::Scripted(..) => self.workdir.sandbox.faults_met(),
            Kind::Handshake(_) => self.front.unwrap().refused(),
            // Whoever asks for a place reads the file.
            Kind::Clock(_) => self.workdir.sandbox.traffic().0,
        }
    }
}

/// Files in which processes share their limit.
fn windows(workdir: &Workdir) -> Vec<PathBuf> {
    let files = std::fs::read_dir(workdir.meeting_place()).into_iter().flatten().flatten();
    files.map(|file| file.path()).collect()
}

/// Every line of the file begins with an instant in microseconds. A second's worth of
/// admissions and a pause are added as the clock before the jump would have left them.
fn move_clock(workdir: &Workdir, seconds: i64) {
    let files = windows(workdir);
    assert!(!files.is_empty(), "no process has asked for a place yet");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = u64::try_from(now.as_micros()).unwrap();
    let then = now.saturating_add_signed(-seconds * 1_000_000);
    let admitted = (0..25).map(|_| [then, 1, 1]);
    let paused = [then + 30_000_000, u64::MAX, 0];
    let lines: Vec<u8> = admitted.chain([paused]).flatten().flat_map(u64::to_le_bytes).collect();
    for file in files {
        std::fs::write(file, &lines).unwrap();
    }
}
