//! What Stripe does not have: a look into the sandbox, faults, a limit, the customer's part.
//!
//! ```text
//! GET    /_sandbox/objects                            how many objects of each type are alive
//! POST   /_sandbox/faults     {method, path, …, kind} the next fitting requests meet a fault
//! DELETE /_sandbox/faults                             no more faults
//! POST   /_sandbox/limit      {per_second}            refuses what is beyond; null refuses nothing
//! GET    /_sandbox/payment_intents/ID/authenticate    the customer authenticates (?outcome=failed: fails to)
//! ```

use bytes::Bytes;
use http::Response;
use serde_json::{Value as Json, json};

use super::Sandbox;
use super::behaviour;
use super::call::{Call, entity};
use super::error::{Failure, Outcome};
use super::event::Cause;
use super::fault::{Fault, answer};
use super::now;
use super::request::Caller;
use super::store::Body;

/// What every path here begins with.
pub(super) const PREFIX: &str = "/_sandbox/";

/// Answers a request about the sandbox itself.
pub(super) fn handle(sandbox: &Sandbox, request: &http::Request<Bytes>) -> Response<Bytes> {
    let path = request.uri().path().strip_prefix(PREFIX).unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    let done = match (request.method().as_str(), parts.as_slice()) {
        ("GET", ["objects"]) => {
            Ok(sandbox.counts().into_iter().map(|(object, count)| (object, Json::from(count))).collect())
        }
        ("POST", ["faults"]) => fault(sandbox, request),
        ("DELETE", ["faults"]) => {
            sandbox.clear_faults();
            Ok(json!({}))
        }
        ("POST", ["limit"]) => limit(sandbox, request),
        ("GET" | "POST", ["payment_intents", id, "authenticate"]) => {
            authenticate(sandbox, request, id).map_err(|failure| failure.envelope("", false).to_string())
        }
        _ => Err(format!("the sandbox has nothing at {path}")),
    };
    let (status, body) = match done {
        Ok(body) => (200, body.to_string()),
        Err(why) => (400, json!({ "error": why }).to_string()),
    };
    answer(status, &[("content-type".to_owned(), "application/json".to_owned())], body)
}

fn fault(sandbox: &Sandbox, request: &http::Request<Bytes>) -> Result<Json, String> {
    let fault: Fault = serde_json::from_slice(request.body()).map_err(|error| error.to_string())?;
    sandbox.script(fault);
    Ok(json!({}))
}

fn limit(sandbox: &Sandbox, request: &http::Request<Bytes>) -> Result<Json, String> {
    let asked: Json = serde_json::from_slice(request.body()).map_err(|error| error.to_string())?;
    let per_second =
        asked.get("per_second").and_then(Json::as_u64).and_then(|limit| usize::try_from(limit).ok());
    sandbox.limit_to(per_second);
    Ok(json!({ "per_second": per_second }))
}

/// The customer does what `next_action` asks for, or fails to.
fn authenticate(sandbox: &Sandbox, request: &http::Request<Bytes>, id: &str) -> Outcome<Json> {
    let caller = Caller::of(request).unwrap_or_else(|_| Caller::anybody());
    let mut store = sandbox.store();
    let session = store.begin(caller.space(), true)?;
    let call = Call {
        session: &session,
        entity: entity("payment_intent")?,
        params: Body::new(),
        id: id.to_owned(),
        parents: Vec::new(),
        path: String::new(),
        now: now(),
        livemode: caller.livemode,
        account: caller.account.clone(),
    };
    let fails = request.uri().query().is_some_and(|query| query.contains("outcome=failed"));
    let done = behaviour::authenticate(&call, !fails);
    let shown = done.and_then(|body| super::view::shown(&session, body, &[]));
    let cause = Cause { request: "", idempotency_key: None, livemode: caller.livemode, now: now() };
    let parcels = super::event::record(&session, cause)?;
    session.transaction.commit().map_err(Failure::from)?;
    sandbox.deliver(parcels);
    shown
}
