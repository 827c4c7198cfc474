//! The client: calls become requests, and are sent until they have an answer.

use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use serde_json::Value as Json;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::secret::Secret;
use crate::stripe::error::{request_id, unexplained};
use crate::stripe::object_locks::Order;
use crate::stripe::trace::{self, Event};
use crate::stripe::{
    Asked, Body, Call, Error, Failure, Reply, Request, Response, Throttle, Transport, TransportError, Tries,
    Verdict, form, multipart, verdict,
};

/// What a client is made from.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `sk_…` or `rk_…`.
    pub api_key: Secret,
    /// `Stripe-Account`.
    pub account: Option<String>,
    /// `Stripe-Version`.
    pub api_version: String,
    /// Tries after the first, for failures; rate limits have a patience of their own.
    pub max_retries: u32,
    /// What `User-Agent` says.
    pub user_agent: String,
    /// Ends every wait, but no request that was sent: its answer is not lost.
    pub stopped: CancellationToken,
}

/// The way of every call to Stripe.
#[derive(Debug)]
pub struct Client {
    settings: Settings,
    transport: Arc<dyn Transport>,
    throttle: Arc<dyn Throttle>,
    order: Arc<Order>,
}

impl Client {
    /// A client over this transport, with this throttle.
    pub fn new(settings: Settings, transport: Arc<dyn Transport>, throttle: Arc<dyn Throttle>) -> Self {
        Self { settings, transport, throttle, order: Arc::default() }
    }

    /// The same client, throttle and order of writes included, over another transport.
    #[must_use]
    pub fn over(&self, transport: Arc<dyn Transport>) -> Self {
        let (settings, throttle) = (self.settings.clone(), Arc::clone(&self.throttle));
        Self { settings, transport, throttle, order: Arc::clone(&self.order) }
    }

    /// Sends one call until it succeeds, cannot succeed, or has used up its tries. All tries
    /// of a POST carry one key, so that Stripe makes it once.
    pub async fn send(&self, call: Call) -> Result<Reply, Error> {
        let endpoint = call.endpoint.clone();
        let request = self.request(call)?;
        let asked = Asked { method: &request.method, endpoint: &endpoint };
        let _in_turn = self.order.turn(&request).await;
        let mut tries = Tries { allowed: self.settings.max_retries, ..Tries::default() };
        let mut unknown = false;
        loop {
            let admission = self
                .or_stopped(self.throttle.admit(asked))
                .await
                .map_err(|error| error.after_unknown(unknown))?;
            let sent = self.transport.send(request.clone());
            let answered = trace::attempt(tries.made() + 1, admission, &endpoint, &request, sent).await;
            let (failure, error) = match answered.and_then(genuine) {
                Ok(Answer::Done(reply)) => return Ok(reply),
                Ok(Answer::Refused(response)) => refusal(&response),
                Err(error) => (Failure::unanswered(&error), Error::unanswered(&error)),
            };
            unknown |= error.may_have_happened();
            let wait = match verdict(&failure, &tries, jitter()) {
                Verdict::GiveUp => return Err(settled(error, unknown)),
                Verdict::Again(wait) => {
                    tries.failed += 1;
                    wait
                }
                Verdict::Limited(wait) => {
                    self.throttle.pushed_back(asked, failure.reach, wait);
                    tries.limited += 1;
                    tries.waited += wait;
                    wait
                }
            };
            trace::emit(|| Event::Retrying { wait });
            self.or_stopped(sleep(wait)).await.map_err(|_| error.after_unknown(unknown))?;
        }
    }

    async fn or_stopped<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        tokio::select! {
            biased;
            () = self.settings.stopped.cancelled() => Err(Error::stopped()),
            done = work => Ok(done),
        }
    }

    fn request(&self, call: Call) -> Result<Request, Error> {
        let mut headers = HeaderMap::new();
        let mut header = |name: HeaderName, value: &str| {
            let value = HeaderValue::from_str(value);
            let value = value
                .map_err(|_| TransportError::Fatal(format!("{name} has characters that no header can hold")));
            value.map(|value| drop(headers.insert(name, value))).map_err(|error| Error::unanswered(&error))
        };
        header(AUTHORIZATION, &format!("Bearer {}", self.settings.api_key.expose()))?;
        header(USER_AGENT, &self.settings.user_agent)?;
        header(HeaderName::from_static("stripe-version"), &self.settings.api_version)?;
        if let Some(account) = &self.settings.account {
            header(HeaderName::from_static("stripe-account"), account)?;
        }
        let key = call.idempotency_key.unwrap_or_else(|| Uuid::new_v4().to_string());
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
            (Body::Parts { file }, &Method::POST) => {
                // The same call under the same key must be the same bytes.
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

/// An answer that is Stripe's, or may be.
enum Answer {
    Done(Reply),
    Refused(Response),
}

/// Sorts an answer. One that says yes without an object comes from something on the way: the
/// request may have been done, and what was done cannot be told.
fn genuine(response: Response) -> Result<Answer, TransportError> {
    if !(200..300).contains(&response.status) {
        return Ok(Answer::Refused(response));
    }
    let request_id = request_id(&response.headers);
    let stripes = |body: &Json| {
        body.is_object() && (request_id.is_some() || body.get("object").or_else(|| body.get("id")).is_some())
    };
    let body: Option<Json> = serde_json::from_slice(&response.body).ok();
    let Some(body) = body.filter(stripes) else {
        return Err(TransportError::Broken(unexplained(&response)));
    };
    let replayed = response.headers.get("idempotent-replayed").is_some_and(|value| value == "true");
    Ok(Answer::Done(Reply { body, request_id, replayed }))
}

fn refusal(response: &Response) -> (Failure, Error) {
    let error = Error::answered(response);
    (Failure::answered(response, error.code()), error)
}

/// The last try's error. What Stripe says of the request itself holds, whatever tries before
/// came to; a limit, a page of a proxy or a key that is no more leaves the outcome open.
fn settled(error: Error, unknown: bool) -> Error {
    if error.is_final() { error } else { error.after_unknown(unknown) }
}

/// A random number from 0 to 1.
fn jitter() -> f64 {
    let (_, low) = Uuid::new_v4().as_u64_pair();
    f64::from(u32::try_from(low & 0xffff_ffff).unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests;
