//! Scripted faults: what goes wrong between a program and Stripe, on demand.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response};
use serde::Deserialize;

/// The connection was cut; there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection was cut by a scripted fault")]
pub struct Dropped;

/// Which requests meet which fault.
#[derive(Debug, Clone, Deserialize)]
pub struct Fault {
    /// `GET`, `POST` or `DELETE`; any when there is none.
    #[serde(default)]
    pub method: Option<String>,
    /// What the path begins with; any when there is none.
    #[serde(default)]
    pub path: Option<String>,
    /// So many fitting requests pass first.
    #[serde(default)]
    pub skip: usize,
    /// So many requests then meet it.
    #[serde(default = "once")]
    pub times: usize,
    /// What they meet.
    pub kind: FaultKind,
}

const fn once() -> usize {
    1
}

/// What a request meets.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The connection is cut before the request is looked at.
    DropBefore,
    /// The request is done, then the connection is cut.
    DropAfter,
    /// The request is done after this many milliseconds.
    #[serde(deserialize_with = "milliseconds")]
    Delay(Duration),
    /// Something else answers, and the request is not done.
    Answer {
        /// HTTP status.
        status: u16,
        /// Names and values.
        #[serde(default)]
        headers: Vec<(String, String)>,
        /// The body.
        #[serde(default)]
        body: String,
    },
}

fn milliseconds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_millis)
}

/// The faults still to come.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// What this request meets: the first fault that fits and is not used up.
    pub fn next(&mut self, request: &http::Request<Bytes>) -> Option<FaultKind> {
        let at = self.0.iter().position(|fault| fault.fits(request))?;
        let fault = self.0.get_mut(at)?;
        if fault.skip > 0 {
            fault.skip -= 1;
            return None;
        }
        let kind = fault.kind.clone();
        fault.times = fault.times.saturating_sub(1);
        if fault.times == 0 {
            self.0.remove(at);
        }
        Some(kind)
    }
}

impl Fault {
    fn fits(&self, request: &http::Request<Bytes>) -> bool {
        let method = self.method.as_deref().is_none_or(|method| request.method().as_str() == method);
        method && self.path.as_deref().is_none_or(|path| request.uri().path().starts_with(path))
    }
}

/// A made-up answer.
pub(super) fn answer(status: u16, headers: &[(String, String)], body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status.try_into().unwrap_or_default();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
