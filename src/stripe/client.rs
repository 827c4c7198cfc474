//! The client: turns calls into requests and retries them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use percent_encoding::percent_decode_str;
use serde_json::Value as Json;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::secret::Secret;
use crate::stripe::error::describe_foreign;
use crate::stripe::object_locks::ObjectLocks;
use crate::stripe::tally::{CallTotals, Tally};
use crate::stripe::trace::{self, Event};
use crate::stripe::{
    Body, Call, Error, FailedRequest, PermitRequest, Reply, Request, Response, RetryDecision, RetryState,
    Throttle, Transport, TransportError, form, multipart,
};

/// The settings of a client.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Stripe's key: `sk_…` or `rk_…`.
    pub api_key: Secret,
    /// The connected account for `Stripe-Account` (`acct_…`), or a path of contexts for `Stripe-Context`.
    pub account: Option<String>,
    /// The API version for `Stripe-Version`.
    pub api_version: String,
    /// The maximum number of retries after failures. Waits for rate limits come on top of that.
    pub max_retries: u32,
    /// The program and its version, for `User-Agent`.
    pub user_agent: String,
    /// Cancelling it ends every wait and every read, but no write that was sent: its response is not lost.
    pub stopped: CancellationToken,
}

tokio::task_local! {
    /// Set while calls are sent that a stop does not hold back.
    static FINISHES: ();
}

/// Runs work that completes something already begun. Its calls are sent even after a stop, because no later
/// run would send them.
pub async fn finishing<T>(work: impl Future<Output = T>) -> T {
    FINISHES.scope((), work).await
}

/// Sends calls to Stripe over one transport, under one throttle.
#[derive(Debug)]
pub struct Client {
    settings: Settings,
    transport: Arc<dyn Transport>,
    throttle: Arc<dyn Throttle>,
    object_locks: Arc<ObjectLocks>,
    /// Whether any request has been answered, by Stripe or by a proxy in its place.
    answered: AtomicBool,
    tally: Arc<Tally>,
}

impl Client {
    /// Creates a client with this transport and this throttle.
    pub fn new(settings: Settings, transport: Arc<dyn Transport>, throttle: Arc<dyn Throttle>) -> Self {
        let (object_locks, tally) = (Arc::default(), Arc::default());
        Self { settings, transport, throttle, object_locks, answered: AtomicBool::default(), tally }
    }

    /// Returns a client that uses another transport with the same throttle and the same object locks.
    #[must_use]
    pub fn with_transport(&self, transport: Arc<dyn Transport>) -> Self {
        let (settings, throttle) = (self.settings.clone(), Arc::clone(&self.throttle));
        let (object_locks, tally) = (Arc::clone(&self.object_locks), Arc::clone(&self.tally));
        Self { settings, transport, throttle, object_locks, answered: AtomicBool::default(), tally }
    }

    /// The totals of all calls so far.
    pub fn totals(&self) -> CallTotals {
        self.tally.totals()
    }

    /// Sends one call, and sends it again after failures that a retry can fix. All attempts of a POST carry
    /// the same idempotency key, so that Stripe executes it only once.
    ///
    /// # Errors
    /// The failure of the last attempt. [`Error::may_have_happened`] takes all attempts into account.
    pub async fn send(&self, call: Call) -> Result<Reply, Error> {
        let (endpoint, key, kind) = (call.endpoint.clone(), call.idempotency_key.clone(), call.kind);
        let request = self.request(call)?;
        let permit = PermitRequest { method: &request.method, endpoint: &endpoint, key: key.as_ref() };
        let _object_lock = self.unless_stopped(self.object_locks.acquire(&request, &endpoint)).await?;
        let mut retries = RetryState { max_retries: self.settings.max_retries, ..RetryState::default() };
        let mut outcome_open = false;
        let mut first_sent = None;
        loop {
            let admission = self
                .unless_stopped(self.throttle.admit(permit))
                .await
                .map_err(|error| error.or_may_have_happened(outcome_open))?;
            self.tally.admitted(admission.waited);
            let first_sent = *first_sent.get_or_insert_with(Instant::now);
            self.tally.sent(kind, retries.count() > 0);
            let sending = self.exchange(&request);
            let response = trace::attempt(retries.count() + 1, admission, &endpoint, &request, sending).await;
            let answered = self.answered.fetch_or(response.is_ok(), Ordering::Relaxed);
            let (failure, error) = match response.and_then(sort_response) {
                Ok(AttemptOutcome::Success(reply)) => return Ok(reply),
                Ok(AttemptOutcome::Failure(response)) => self.failure_of(&response),
                Err(error) => {
                    (FailedRequest::from_transport(&error, answered), Error::from_transport(&error))
                }
            };
            outcome_open |= error.may_have_happened();
            retries.elapsed = first_sent.elapsed();
            let wait = match retries.decide(&failure, random_jitter()) {
                RetryDecision::GiveUp => return Err(final_error(error, outcome_open)),
                RetryDecision::Retry(wait) => {
                    retries.failures += 1;
                    wait
                }
                RetryDecision::RetryLimited(wait) => {
                    self.throttle.rate_limited(permit, failure.limit_scope, wait);
                    retries.rate_limits += 1;
                    retries.waited += wait;
                    wait
                }
            };
            trace::emit(|| Event::Retrying { wait });
            self.unless_stopped(sleep(wait)).await.map_err(|_| error.or_may_have_happened(outcome_open))?;
        }
    }

    /// Sends one attempt and returns its response. A stop ends the wait of a read: only the outcome of a write must be
    /// known.
    async fn exchange(&self, request: &Request) -> Result<Response, TransportError> {
        let sending = self.transport.send(request.clone());
        if request.method != Method::GET {
            return sending.await;
        }
        self.unless_stopped(sending).await.unwrap_or(Err(TransportError::Stopped))
    }

    /// Builds the failure that a response reports, without the key: a server in Stripe's place may echo it.
    fn failure_of(&self, response: &Response) -> (FailedRequest, Error) {
        let error = Error::from_response(response).without(&self.settings.api_key);
        (FailedRequest::from_response(response, error.code()), error)
    }

    async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        if FINISHES.try_with(|()| ()).is_ok() {
            return Ok(work.await);
        }
        tokio::select! {
            biased;
            () = self.settings.stopped.cancelled() => Err(Error::stopped()),
            done = work => Ok(done),
        }
    }

    fn request(&self, call: Call) -> Result<Request, Error> {
        check_path(&call.path).map_err(|error| Error::from_transport(&error))?;
        let mut headers = HeaderMap::new();
        let mut header = |name: HeaderName, value: &str| {
            let value = HeaderValue::from_str(value);
            let value = value
                .map_err(|_| TransportError::Fatal(format!("{name} has characters that no header can hold")));
            value
                .map(|value| drop(headers.insert(name, value)))
                .map_err(|error| Error::from_transport(&error))
        };
        header(AUTHORIZATION, &format!("Bearer {}", self.settings.api_key.expose()))?;
        header(USER_AGENT, &self.settings.user_agent)?;
        header(HeaderName::from_static("stripe-version"), &self.settings.api_version)?;
        if let Some(account) = &self.settings.account {
            let name = if account.contains('/') { "stripe-context" } else { "stripe-account" };
            header(HeaderName::from_static(name), account)?;
        }
        let key = call.idempotency_key.map_or_else(|| Uuid::new_v4().to_string(), |key| key.text);
        if call.method == Method::POST {
            header(HeaderName::from_static("idempotency-key"), &key)?;
        }
        let (target, body) = match (call.body, &call.method) {
            (Body::Json, &Method::POST) => {
                header(CONTENT_TYPE, "application/json")?;
                (call.path, Json::Object(call.params).to_string().into_bytes())
            }
            (Body::Form, &Method::POST) => {
                header(CONTENT_TYPE, "application/x-www-form-urlencoded")?;
                (call.path, form::encode(&call.params).into_bytes())
            }
            (Body::Multipart { file }, &Method::POST) => {
                // Stripe refuses different bytes under the same idempotency key, so the boundary must not
                // change.
                let boundary = format!("part-{key}");
                header(CONTENT_TYPE, &format!("multipart/form-data; boundary={boundary}"))?;
                (call.path, multipart::encode(&call.params, &file, &boundary))
            }
            (_, _) if call.params.is_empty() => (call.path, Vec::new()),
            (_, _) => (format!("{}?{}", call.path, form::encode(&call.params)), Vec::new()),
        };
        if let Some(key) = headers.get_mut(AUTHORIZATION) {
            key.set_sensitive(true);
        }
        Ok(Request { method: call.method, target, headers, body: Bytes::from(body) })
    }
}

/// Refuses a path that another URL parser would read as a different path: WHATWG's parser resolves dot
/// segments, including percent-encoded ones, and drops control characters.
fn check_path(path: &str) -> Result<(), TransportError> {
    let printable = path.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\#?".contains(&byte));
    let climbs = |part: &str| matches!(&*percent_decode_str(part).decode_utf8_lossy(), "." | "..");
    let fits = printable && path.starts_with('/') && !path.split('/').any(climbs);
    let why = || TransportError::Fatal("an id in the path of the call leads to another path".to_owned());
    fits.then_some(()).ok_or_else(why)
}

/// How Stripe responded to one attempt.
enum AttemptOutcome {
    Success(Reply),
    Failure(Response),
}

/// Classifies a response. A 2xx response without an object comes from a proxy or a firewall, so it is unknown
/// whether Stripe has executed the request.
fn sort_response(response: Response) -> Result<AttemptOutcome, TransportError> {
    if !(200..300).contains(&response.status) {
        return Ok(AttemptOutcome::Failure(response));
    }
    let (request_id, replayed) = (response.request_id(), response.is_replayed());
    let is_stripes = |body: &Json| {
        let named = body.get("object").or_else(|| body.get("id")).is_some();
        let is_error = body.get("error").is_some_and(Json::is_object);
        body.is_object() && (named || request_id.is_some() && !is_error)
    };
    let body: Option<Json> = serde_json::from_slice(&response.body).ok();
    let Some(body) = body.filter(is_stripes) else {
        return Err(TransportError::Broken(describe_foreign(&response)));
    };
    Ok(AttemptOutcome::Success(Reply { body, request_id, replayed, declined: None }))
}

/// Returns the error to report. Stripe's verdict on the request itself also settles earlier attempts; a rate
/// limit, a proxy's page or a revoked key leaves their outcome open.
fn final_error(error: Error, outcome_open: bool) -> Error {
    if error.settles_outcome() { error } else { error.or_may_have_happened(outcome_open) }
}

/// A random number between 0 and 1.
fn random_jitter() -> f64 {
    let (_, low) = Uuid::new_v4().as_u64_pair();
    f64::from(u32::try_from(low & 0xffff_ffff).unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests;
