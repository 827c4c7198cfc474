//! Scripted faults: failures between a program and Stripe, on demand.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response};
use serde::Deserialize;

/// The connection was cut; there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection was cut by a scripted fault")]
pub struct Dropped;

/// Defines which requests meet which fault.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// `GET`, `POST` or `DELETE`; any method if it is not given.
    #[serde(default)]
    pub method: Option<String>,
    /// The beginning of the path; any path if it is not given.
    #[serde(default)]
    pub path: Option<String>,
    /// How many matching requests pass first.
    #[serde(default)]
    pub skip: usize,
    /// How many requests meet the fault after that.
    #[serde(default = "once")]
    pub times: usize,
    /// The fault that they meet.
    pub kind: FaultKind,
}

const fn once() -> usize {
    1
}

/// A fault that a request meets.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultKind {
    /// The connection is cut before the request is looked at.
    DropBefore,
    /// The request is carried out, then the connection is cut.
    DropAfter,
    /// The request is carried out, then the connection is cut in the middle of the body.
    CutBody,
    /// The request is carried out after this many milliseconds.
    #[serde(deserialize_with = "milliseconds")]
    Delay(Duration),
    /// The request is carried out; half of the body arrives this many milliseconds late.
    #[serde(deserialize_with = "milliseconds")]
    SlowBody(Duration),
    /// The request fails inside Stripe with this status: nothing is done, and the failure is recorded under
    /// the idempotency key.
    Fail(u16),
    /// Something other than Stripe answers.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The names and values of headers.
        #[serde(default)]
        headers: Vec<(String, String)>,
        /// The body.
        #[serde(default)]
        body: String,
        /// Whether the request is still carried out.
        #[serde(default)]
        done: bool,
    },
}

/// How a body is sent; kept in the extensions of an answer that met such a fault.
#[derive(Debug, Clone, Copy)]
pub enum BodyFault {
    /// Half of it is sent, then the connection is cut.
    Half,
    /// Its second half is sent this much later.
    Slowly(Duration),
}

fn milliseconds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_millis)
}

/// The faults that are still to come.
#[derive(Debug, Default)]
pub(super) struct Faults {
    to_come: Vec<Fault>,
    met: usize,
}

impl Faults {
    pub fn add(&mut self, fault: Fault) {
        self.to_come.push(fault);
    }

    pub fn clear(&mut self) {
        self.to_come.clear();
    }

    /// How many requests met a fault.
    pub fn met(&self) -> usize {
        self.met
    }

    /// Returns the fault for this request: the first one that matches and is not used up.
    pub fn next(&mut self, request: &http::Request<Bytes>) -> Option<FaultKind> {
        let at = self.to_come.iter().position(|fault| fault.fits(request))?;
        let fault = self.to_come.get_mut(at)?;
        if fault.skip > 0 {
            fault.skip -= 1;
            return None;
        }
        let kind = fault.kind.clone();
        self.met += 1;
        fault.times = fault.times.saturating_sub(1);
        if fault.times == 0 {
            self.to_come.remove(at);
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

/// Builds a scripted response.
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
