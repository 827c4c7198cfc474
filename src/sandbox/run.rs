//! Runs one request in one transaction: authentication, idempotency, the call, its events.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Response};

use crate::catalog::{API_VERSION, Called};
use crate::sandbox::auth_context::{Caller, header};
use crate::sandbox::call::Call;
use crate::sandbox::error::{ApiError, ApiResult, Stage};
use crate::sandbox::event::{self, EventCause};
use crate::sandbox::idempotency::{Claim, RecordedResponse};
use crate::sandbox::repeatable::now;
use crate::sandbox::request::{ResolvedCall, is_v2};
use crate::sandbox::store::{Session, Store};
use crate::sandbox::webhook_delivery::Delivery;
use crate::sandbox::{
    behaviour, download, earlier, expand, expansion, identifier, include, reference, search, view,
};

/// An answer, whether it was given before, and the events that came of the call.
struct RunResult {
    answer: RecordedResponse,
    replayed: bool,
    deliveries: Vec<Delivery>,
}

/// Answers a request; the events that came of it are to be delivered.
pub(super) fn answer(store: &Store, request: &http::Request<Bytes>) -> (Response<Bytes>, Vec<Delivery>) {
    answered(store, request, |session, caller, resolved| perform(session, request, caller, resolved?))
}

/// Fails a request as Stripe does when something of its own breaks: nothing is done, and the
/// failure is kept under the key.
pub(super) fn fail(store: &Store, request: &http::Request<Bytes>, status: u16) -> Response<Bytes> {
    let failure = ApiError::new(status, "api_error", "An unknown error occurred.");
    answered(store, request, |_, _, _| Err(ApiError { stage: Stage::Undone, ..failure })).0
}

fn answered(
    store: &Store,
    request: &http::Request<Bytes>,
    perform: impl FnOnce(&Session<'_>, &Caller, ApiResult<ResolvedCall>) -> ApiResult<String>,
) -> (Response<Bytes>, Vec<Delivery>) {
    let request_id = identifier::random("req_", 14);
    let caller = Caller::of(&mut store.lease(false), request);
    if let (Some(file), Ok(caller)) = (download::requested_file(request), &caller)
        && !caller.publishable
        && let Ok(response) = download::answer(&mut store.lease(false), caller, file)
    {
        return (response, Vec::new());
    }
    let livemode = caller.as_ref().is_ok_and(|caller| caller.livemode);
    let caller = caller.and_then(|caller| earlier::check_version(request).map(|()| caller));
    let given = caller.and_then(|caller| given(store, request, &caller, &request_id, perform));
    let mut given = given.unwrap_or_else(|failure| RunResult {
        answer: refusal(&failure, request, &request_id, livemode),
        replayed: false,
        deliveries: Vec::new(),
    });
    let deliveries = std::mem::take(&mut given.deliveries);
    (response(request, given, &request_id), deliveries)
}

fn refusal(
    failure: &ApiError,
    request: &http::Request<Bytes>,
    request_id: &str,
    livemode: bool,
) -> RecordedResponse {
    let body = if is_v2(request) { failure.v2_envelope() } else { failure.envelope(request_id, livemode) };
    RecordedResponse { status: failure.status, body: view::plain(body).to_string() }
}

/// The answer of this request, or the one that was given to it before.
fn given(
    store: &Store,
    request: &http::Request<Bytes>,
    caller: &Caller,
    request_id: &str,
    perform: impl FnOnce(&Session<'_>, &Caller, ApiResult<ResolvedCall>) -> ApiResult<String>,
) -> ApiResult<RunResult> {
    let v2 = is_v2(request);
    let claims = request.method() == Method::POST || (v2 && request.method() == Method::DELETE);
    let writes = request.method() != Method::GET;
    let target = request.uri().path_and_query().map_or("", http::uri::PathAndQuery::as_str);
    let key = header(request, "idempotency-key").filter(|_| claims);
    let claim = key.map(|key| Claim::new(key, target, request.body())).transpose()?;
    // A form of any length is read and checked before anybody has to wait for it
    let resolved = ResolvedCall::of(request, caller);
    let mut lease = store.lease(writes);
    let session = lease.begin(caller.space(), writes)?;
    if let Some(claim) = &claim
        && let Some(answer) = claim.earlier(&session, now())?
    {
        return Ok(RunResult { answer, replayed: true, deliveries: Vec::new() });
    }
    session.transaction.execute_batch("SAVEPOINT call")?;
    let answer = match perform(&session, caller, resolved) {
        Ok(body) => RecordedResponse { status: 200, body },
        Err(failure) => {
            undo(&session, &failure, v2)?;
            refusal(&failure, request, request_id, caller.livemode)
        }
    };
    let cause =
        EventCause { request: request_id, idempotency_key: key, livemode: caller.livemode, now: now() };
    let deliveries = event::record(&session, cause)?;
    if let Some(claim) = &claim {
        claim.keep(&session, &answer, now())?;
    }
    session.transaction.commit()?;
    Ok(RunResult { answer, replayed: false, deliveries })
}

/// Undoes what a failed call did, where that does not stay. The failure comes back where its answer is not
/// kept: version 2 runs a request again that failed.
fn undo(session: &Session<'_>, failure: &ApiError, v2: bool) -> ApiResult<()> {
    match failure.stage {
        Stage::Done => Ok(()),
        Stage::Undone if !v2 => {
            session.transaction.execute_batch("ROLLBACK TO call")?;
            session.take_changes();
            Ok(())
        }
        Stage::Refused | Stage::Undone => Err(failure.clone()),
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
        ..caller.call(session, resolved.entity, &resolved.id, behaviour::react)
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
    let mut shown = expansion::expanded(session, answer, &resolved.expand)?;
    include::leave_out(call.entity, resolved.called, &call.params, &mut shown);
    if let Some(permission) = resolved.permission.filter(|_| caller.publishable) {
        permission.keep_shown(&mut shown);
    }
    Ok(shown.to_string())
}

fn response(request: &http::Request<Bytes>, given: RunResult, request_id: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(given.answer.body));
    *response.status_mut() = given.answer.status.try_into().unwrap_or_default();
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
    if given.replayed {
        headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    response
}
