//! What Stripe does not have: a look into the sandbox, faults, a limit, the customer's part.
//!
//! ```text
//! GET    /_sandbox/objects                            how many objects of each type are alive
//! POST   /_sandbox/faults     {method, path, …, kind} the next fitting requests meet a fault
//! DELETE /_sandbox/faults                             no more faults
//! POST   /_sandbox/limit      {per_second}            refuses what is beyond; null refuses nothing
//! POST   /_sandbox/payment_intents/ID/authenticate    the customer authenticates (?outcome=failed, or {outcome})
//! POST   /_sandbox/setup_intents/ID/authenticate      the same for a setup intent
//! POST   /_sandbox/checkout_sessions/ID/complete      the customer pays (?payment_method=…, or {payment_method})
//! GET    of the same three paths                      a page with buttons for that
//! ```
//!
//! A `GET` changes nothing, so that no link and no picture of a page can.

use bytes::Bytes;
use http::Response;
use serde_json::{Value as Json, json};

use super::auth_context::Caller;
use super::behaviour;
use super::call::{Call, entity};
use super::error::{Failure, Outcome, Stage};
use super::event::Cause;
use super::fault::{Fault, answer};
use super::instance::Sandbox;
use super::repeatable::now;

/// What every path here begins with.
pub(super) const PREFIX: &str = "/_sandbox/";

/// Answers a request about the sandbox itself.
pub(super) fn handle(sandbox: &Sandbox, request: &http::Request<Bytes>) -> Response<Bytes> {
    let path = request.uri().path().strip_prefix(PREFIX).unwrap_or_default();
    if let Some(page) = page(request, path) {
        return answer(200, &[("content-type".to_owned(), "text/html; charset=utf-8".to_owned())], page);
    }
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
        ("POST", [object @ ("payment_intents" | "setup_intents"), id, "authenticate"]) => {
            let fails = asked(request, "outcome").as_deref() == Some("failed");
            customer(sandbox, request, object, id, |call| behaviour::authenticate(call, !fails))
                .map_err(|failure| told(&failure))
        }
        ("POST", ["checkout_sessions", id, "complete"]) => {
            let method = asked(request, "payment_method");
            customer(sandbox, request, "checkout.sessions", id, |call| {
                behaviour::pay(call, method.as_deref().unwrap_or("pm_card_visa"))
            })
            .map_err(|failure| told(&failure))
        }
        (method, _) => Err(format!("the sandbox has nothing at {path} for {method}")),
    };
    let (status, body) = match done {
        Ok(body) => (200, body.to_string()),
        Err(why) => (400, json!({ "error": why }).to_string()),
    };
    answer(status, &[("content-type".to_owned(), "application/json".to_owned())], body)
}

/// A refusal as text.
fn told(failure: &Failure) -> String {
    failure.envelope("", false).to_string()
}

/// What a request asks for by a name: in its query, or in a body of plain JSON.
fn asked(request: &http::Request<Bytes>, name: &str) -> Option<String> {
    let query = request.uri().query().unwrap_or_default();
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let in_query = pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned());
    let in_body =
        || serde_json::from_slice::<Json>(request.body()).ok()?.get(name)?.as_str().map(str::to_owned);
    in_query.or_else(in_body)
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

/// What the customer sees at a browser: a button for each thing to do.
fn page(request: &http::Request<Bytes>, path: &str) -> Option<String> {
    let buttons: &[(&str, &str)] = match path.rsplit_once('/') {
        Some((_, "authenticate")) => &[("", "Authenticate"), ("?outcome=failed", "Fail to authenticate")],
        Some((_, "complete")) => {
            &[("", "Pay"), ("?payment_method=pm_card_chargeDeclined", "Pay with a card that is declined")]
        }
        _ => return None,
    };
    let form = |(query, label): &(&str, &str)| {
        format!("<form method=\"post\" action=\"{query}\"><button>{label}</button></form>")
    };
    let forms: String = buttons.iter().map(form).collect();
    (request.method() == http::Method::GET)
        .then(|| format!("<!doctype html><title>Stripe sandbox</title><p>The customer's part:</p>{forms}"))
}

/// The customer does a part at a browser; what is refused undoes nothing that was done before.
fn customer(
    sandbox: &Sandbox,
    request: &http::Request<Bytes>,
    objects: &str,
    id: &str,
    part: impl FnOnce(&Call<'_>) -> Outcome<Json>,
) -> Outcome<Json> {
    let entity = entity(objects.strip_suffix('s').unwrap_or(objects))?;
    let mut lease = sandbox.store().lease(true);
    let caller =
        Caller::of(&mut lease, request).or_else(|_| Caller::anybody(&mut lease, &entity.object, id))?;
    let session = lease.begin(caller.space(), true)?;
    let call = caller.call(&session, entity, id, behaviour::react);
    let done = part(&call);
    if done.as_ref().is_err_and(|failure| failure.stage != Stage::Done) {
        return done;
    }
    let shown = done.and_then(|body| super::expansion::shown(&session, body, &[]));
    let cause = Cause { request: "", idempotency_key: None, livemode: caller.livemode, now: now() };
    let parcels = super::event::record(&session, cause)?;
    session.transaction.commit().map_err(Failure::from)?;
    sandbox.deliver(parcels);
    shown
}
