//! Stripe's own mock, which checks every call against Stripe's description of the API.

use std::process::{Child, Command, Stdio};

use serde_json::Value as Json;
use tokio::runtime::Runtime;

use super::ports::{answers, free_port, wait_until};
use super::tap::Call;
use super::tools::Tool;

/// A mock for one test; it ends with this value.
pub struct StripeMock {
    child: Child,
    base: String,
    runtime: Runtime,
}

impl Drop for StripeMock {
    fn drop(&mut self) {
        // It may already have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl StripeMock {
    pub fn start() -> Self {
        let port = free_port();
        let mut command = Command::new(Tool::StripeMock.path());
        command.args(["-http-addr", &format!("127.0.0.1:{port}")]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mock = Self { child, base: format!("http://127.0.0.1:{port}"), runtime };
        wait_until("the stand-in listens", || answers(port));
        mock
    }

    /// Returns its objection to a call, or `None` if it accepts the call.
    pub fn objects_to(&self, call: &Call) -> Option<String> {
        let method = call.method.parse().unwrap();
        let request = reqwest::Client::new()
            .request(method, format!("{}{}", self.base, call.path))
            .bearer_auth("sk_test_123")
            .header("content-type", &call.content_type)
            .body(call.body.clone());
        let (status, text) = self.runtime.block_on(async {
            let response = request.send().await.unwrap();
            (response.status(), response.text().await.unwrap())
        });
        if status == 200 {
            return None;
        }
        let answer: Json = serde_json::from_str(&text).unwrap_or_default();
        let message = answer["error"]["message"].as_str().unwrap_or(&text);
        Some(format!("{} {}: {message}", call.method, call.path))
    }
}
