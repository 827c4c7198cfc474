//! Runs one request in one transaction: authentication, idempotency, the call, its events.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Response};

use crate::catalog::{API_VERSION, Called};
use crate::sandbox::auth_context::Caller;
use crate::sandbox::call::Call;
use crate::sandbox::error::{ApiError, ApiResult, Stage};
use crate::sandbox::event::{self, EventCause};
use crate::sandbox::idempotency::Claim;
use crate::sandbox::repeatable::now;
use crate::sandbox::request::{ResolvedCall, is_v2};
use crate::sandbox::store::{RecordedResponse, Session, Store};
use crate::sandbox::webhook_delivery::Delivery;
use crate::sandbox::{behaviour, earlier, expand, identifier, include, reference, search, view};

/// The work of a request in its transaction; it returns a response body.
type Work<'w> = &'w dyn Fn(&Session<'_>, &Caller, ApiResult<ResolvedCall>) -> ApiResult<String>;

/// The response to a request, whether it was recorded earlier, and the events that the call caused.
struct Execution {
    response: RecordedResponse,
    replayed: bool,
    deliveries: Vec<Delivery>,
}

/// Answers a request; also returns the events that it caused, which must be delivered.
pub(super) fn answer(store: &Store, request: &http::Request<Bytes>) -> (Response<Bytes>, Vec<Delivery>) {
    respond(store, request, &|session, caller, resolved| perform(session, request, caller, resolved?))
}

/// Fails a request as Stripe does when something inside Stripe breaks: nothing is done, and the failure is
/// recorded under the key.
pub(super) fn fail(store: &Store, request: &http::Request<Bytes>, status: u16) -> Response<Bytes> {
    let failure = ApiError::new(status, "api_error", "An unknown error occurred.").at(Stage::Undone);
    respond(store, request, &|_, _, _| Err(failure.clone())).0
}

fn respond(
    store: &Store,
    request: &http::Request<Bytes>,
    work: Work<'_>,
) -> (Response<Bytes>, Vec<Delivery>) {
    let request_id = identifier::random("req_", 14);
    let caller = Caller::of(&mut store.lease(false), request);
    let livemode = caller.as_ref().is_ok_and(|caller| caller.livemode);
    let execution = caller.and_then(|caller| {
        earlier::check_version(request)?;
        execute_once(store, request, &caller, &request_id, work)
    });
    let Execution { response, replayed, deliveries } = execution.unwrap_or_else(|failure| {
        let response = error_response(&failure, request, &request_id, livemode);
        Execution { response, replayed: false, deliveries: Vec::new() }
    });
    (http_response(request, response, replayed, &request_id), deliveries)
}

fn error_response(
    failure: &ApiError,
    request: &http::Request<Bytes>,
    request_id: &str,
    livemode: bool,
) -> RecordedResponse {
    let body = if is_v2(request) { failure.v2_envelope() } else { failure.envelope(request_id, livemode) };
    RecordedResponse { status: failure.status, body: view::render(body).to_string() }
}

/// Runs a request unless a response to it is already recorded under its idempotency key.
fn execute_once(
    store: &Store,
    request: &http::Request<Bytes>,
    caller: &Caller,
    request_id: &str,
    work: Work<'_>,
) -> ApiResult<Execution> {
    let writes = request.method() != Method::GET;
    let claim = Claim::of(request)?;
    // A form of any length is read and checked before any other request has to wait for this one.
    let resolved = ResolvedCall::of(request, caller);
    let mut lease = store.lease(writes);
    let session = lease.begin(caller.space(), writes)?;
    if let Some(claim) = &claim
        && let Some(response) = claim.recorded(&session, now())?
    {
        return Ok(Execution { response, replayed: true, deliveries: Vec::new() });
    }
    let fails_undone =
        |outcome: &ApiResult<String>| outcome.as_ref().is_err_and(|failure| failure.stage == Stage::Undone);
    let response = match session.savepoint(|| work(&session, caller, resolved), fails_undone)? {
        Ok(body) => RecordedResponse { status: 200, body },
        Err(failure) if is_recorded(&failure, request) => {
            error_response(&failure, request, request_id, caller.livemode)
        }
        Err(failure) => return Err(failure),
    };
    let key = claim.as_ref().map(|claim| claim.key.as_str());
    let cause =
        EventCause { request: request_id, idempotency_key: key, livemode: caller.livemode, now: now() };
    let deliveries = event::record(&session, cause)?;
    if let Some(claim) = &claim {
        claim.record(&session, &response, now())?;
    }
    session.commit()?;
    Ok(Execution { response, replayed: false, deliveries })
}

/// Whether a failure is recorded under the idempotency key. In version 2, a request that was undone runs
/// again.
fn is_recorded(failure: &ApiError, request: &http::Request<Bytes>) -> bool {
    match failure.stage {
        Stage::Refused => false,
        Stage::Undone => !is_v2(request),
        Stage::Done => true,
    }
}

fn perform(
    session: &Session<'_>,
    request: &http::Request<Bytes>,
    caller: &Caller,
    resolved: ResolvedCall,
) -> ApiResult<String> {
    let call = Call {
        params: resolved.params,
        parents: resolved.parents,
        path: request.uri().path().to_owned(),
        ..Call::of(caller, session, resolved.entity, &resolved.id, behaviour::react)
    };
    if let Some(permission) = resolved.permission {
        permission.check(&call, resolved.client_secret.as_deref())?;
    }
    expand::check(call.entity, resolved.called, &resolved.expand)?;
    reference::check(&call, resolved.known, request.method() == Method::GET)?;
    let mut answer = match resolved.called {
        Called::Operation(operation) => behaviour::operate(&call, operation.kind)?,
        Called::Action(action) => behaviour::act(&call, &action.name)?,
    };
    if resolved.expand.iter().any(|path| path == expand::COUNT) {
        search::count(&call, &mut answer)?;
    }
    let mut shown = expand::apply(session, answer, &resolved.expand)?;
    include::leave_out(call.entity, resolved.called, &call.params, &mut shown);
    if let Some(permission) = resolved.permission.filter(|_| caller.publishable) {
        permission.keep_shown(&mut shown);
    }
    Ok(shown.to_string())
}

fn http_response(
    request: &http::Request<Bytes>,
    recorded: RecordedResponse,
    replayed: bool,
    request_id: &str,
) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(recorded.body));
    *response.status_mut() = recorded.status.try_into().unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert("stripe-version", HeaderValue::from_static(API_VERSION));
    let echoed = ["idempotency-key", "stripe-account", "stripe-context", "stripe-version"];
    for name in echoed {
        if let Some(value) = request.headers().get(name) {
            headers.insert(name, value.clone());
        }
    }
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert("request-id", value);
    }
    if replayed {
        headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    response
}
