//! Calls of a sandbox in process.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Map, Value as Json};
use stripe_provider::sandbox::Sandbox;
use stripe_provider::stripe::form;

/// The time at which a sandbox that repeats itself stands still: 2027-01-15 08:00:00 UTC.
pub const STILL: i64 = 1_800_000_000;

/// A sandbox and the runtime it answers on.
pub struct Stripe {
    sandbox: Sandbox,
    runtime: Arc<tokio::runtime::Runtime>,
    answered: RefCell<Vec<(String, Json)>>,
    /// Of how many others this is the copy of a copy.
    copied: u64,
    watch: Option<Watch>,
}

/// Somebody who is told of each call after it.
pub type Watch = Box<dyn Fn(&str) + Send>;

impl Stripe {
    pub fn new() -> Self {
        Self::over(Sandbox::memory().unwrap())
    }

    /// Calls of a sandbox that others may call too.
    pub fn over(sandbox: Sandbox) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        Self { sandbox, runtime: Arc::new(runtime), answered: RefCell::default(), copied: 0, watch: None }
    }

    /// Calls of a sandbox of which somebody is told.
    pub fn watched(sandbox: Sandbox, watch: Watch) -> Self {
        Self { watch: Some(watch), ..Self::over(sandbox) }
    }

    /// A sandbox that answers the same in each run.
    pub fn still() -> Self {
        Self::over(Sandbox::memory().unwrap().repeating(STILL, 0))
    }

    /// A sandbox of its own that begins with what is in this one; each copy goes on in the same way.
    pub fn copy(&self) -> Self {
        let sandbox = self.sandbox.copy().unwrap().repeating(STILL, self.copied + 1);
        let runtime = Arc::clone(&self.runtime);
        Self { sandbox, runtime, answered: RefCell::default(), copied: self.copied + 1, watch: None }
    }

    /// How many calls were made so far.
    pub fn calls(&self) -> usize {
        self.answered.borrow().len()
    }

    /// Every answer to a call with params since this was last asked, with what was called.
    pub fn answered(&self) -> Vec<(String, Json)> {
        self.answered.take()
    }

    /// One request with more headers than the usual ones: status and body.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> (u16, Vec<u8>) {
        let mut request = http::Request::builder().method(method).uri(path);
        request = request.header("authorization", "Bearer sk_test_every");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Bytes::from(body)).unwrap();
        let response = self.runtime.block_on(self.sandbox.handle(request)).unwrap();
        if let Some(watch) = &self.watch {
            watch(&format!("{method} {path}"));
        }
        (response.status().as_u16(), response.into_body().to_vec())
    }

    /// One call with params: status and answer.
    pub fn call(&self, method: &str, path: &str, params: &Json) -> (u16, Json) {
        let empty = Map::new();
        let params = params.as_object().unwrap_or(&empty);
        let (status, answer) = if method == "POST" && path.starts_with("/v2/") {
            let body = serde_json::to_vec(params).unwrap();
            self.send(method, path, &[("content-type", "application/json")], body)
        } else if method == "POST" {
            self.send(method, path, &[], form::encode(params).into_bytes())
        } else {
            let query = form::encode(params);
            let mark = if query.is_empty() { "" } else { "?" };
            self.send(method, &format!("{path}{mark}{query}"), &[], Vec::new())
        };
        let answer: Json = serde_json::from_slice(&answer).unwrap();
        self.answered.borrow_mut().push((format!("{method} {path}"), answer.clone()));
        (status, answer)
    }

    /// A call that must succeed.
    pub fn done(&self, method: &str, path: &str, params: &Json) -> Json {
        let (status, answer) = self.call(method, path, params);
        assert_eq!(status, 200, "{method} {path} {params}: {answer}");
        answer
    }

    /// An upload of a text file, which must succeed.
    pub fn upload(&self, path: &str, params: &Json) -> Json {
        let (status, answer) = self.call_with_file(path, params);
        assert_eq!(status, 200, "{answer}");
        answer
    }

    /// One call with params and a text file.
    pub fn call_with_file(&self, path: &str, params: &Json) -> (u16, Json) {
        let mut body = String::new();
        for pair in form::encode(params.as_object().unwrap()).split('&') {
            let (name, value) = pair.split_once('=').unwrap();
            let (name, value) = (unescaped(name), unescaped(value));
            write!(body, "--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .unwrap();
        }
        body += "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"note.txt\"\r\n\
                 Content-Type: text/plain\r\n\r\nhello\r\n--b--\r\n";
        let kind = ("content-type", "multipart/form-data; boundary=b");
        let (status, answer) = self.send("POST", path, &[kind], body.into_bytes());
        let answer: Json = serde_json::from_slice(&answer).unwrap();
        self.answered.borrow_mut().push((format!("POST {path}"), answer.clone()));
        (status, answer)
    }
}

/// The brackets of names and the few other characters that tests send.
fn unescaped(text: &str) -> String {
    text.replace("%5B", "[").replace("%5D", "]").replace("%20", " ").replace("%2F", "/")
}
