//! The sandbox's own API: counts of objects, faults, the rate limit, and what a customer does on a page.
//!
//! ```text
//! GET    /_sandbox/objects                            how many objects of each type are alive
//! POST   /_sandbox/faults     {method, path, …, kind} the next matching requests meet a fault
//! DELETE /_sandbox/faults                             no more faults
//! POST   /_sandbox/limit      {per_second}            refuses requests beyond it; null refuses nothing
//! POST   /_sandbox/payment_intents/ID/authenticate    the customer authenticates (?outcome=failed, or {outcome})
//! POST   /_sandbox/setup_intents/ID/authenticate      the same for a setup intent
//! POST   /_sandbox/checkout_sessions/ID/complete      the customer pays (?payment_method=…, or {payment_method})
//! GET    of the same three paths                      a page with buttons for that
//! ```
//!
//! A `GET` changes nothing, so neither a link nor an image on a page can change anything.

use bytes::Bytes;
use http::Response;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use crate::sandbox::auth_context::Caller;
use crate::sandbox::call::{Call, entity};
use crate::sandbox::error::{ApiError, ApiResult, Stage};
use crate::sandbox::event::{self, EventCause};
use crate::sandbox::fault::{Fault, answer};
use crate::sandbox::fields::Body;
use crate::sandbox::instance::Sandbox;
use crate::sandbox::repeatable::now;
use crate::sandbox::{behaviour, expand, form, view};

/// The prefix of every path of this API.
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
        ("POST", [object @ ("payment_intents" | "setup_intents"), id, "authenticate"]) => outcome(request)
            .and_then(|succeeds| {
                customer(sandbox, request, object, id, |call| behaviour::authenticate(call, succeeds))
            }),
        ("POST", ["checkout_sessions", id, "complete"]) => {
            single_param(request, "payment_method").and_then(|method| {
                customer(sandbox, request, "checkout.sessions", id, |call| {
                    behaviour::pay(call, method.as_deref().unwrap_or("pm_card_visa"))
                })
            })
        }
        (method, _) => Err(ApiError::of("unknown_admin_path", &[("path", &path), ("method", &method)])),
    };
    let (status, body) = match done {
        Ok(body) => (200, body.to_string()),
        Err(failure) => (failure.status, view::render(json!({ "error": failure.error })).to_string()),
    };
    answer(status, &[("content-type".to_owned(), "application/json".to_owned())], body)
}

/// Returns the only param of a request, from its query or from a JSON body.
fn single_param(request: &http::Request<Bytes>, name: &str) -> ApiResult<Option<String>> {
    let query = form::decode(request.uri().query().unwrap_or_default());
    let mut given = query.map_err(|error| ApiError::of("unreadable", &[("error", &error)]))?;
    if !request.body().is_empty() {
        given.extend(read::<Body>(request)?);
    }
    if let Some(strange) = given.keys().find(|key| *key != name) {
        return Err(ApiError::of("unknown_param", &[("param", strange)]).param(strange.as_str()));
    }
    match given.get(name) {
        None => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(ApiError::of("not_of_type", &[("param", &name), ("type", &"a string")]).param(name)),
    }
}

/// Whether the authentication should succeed; it does by default.
fn outcome(request: &http::Request<Bytes>) -> ApiResult<bool> {
    match single_param(request, "outcome")?.as_deref() {
        None | Some("succeeded") => Ok(true),
        Some("failed") => Ok(false),
        Some(_) => {
            let values = "succeeded or failed";
            Err(ApiError::of("not_one_of", &[("param", &"outcome"), ("values", &values)]).param("outcome"))
        }
    }
}

/// Reads the JSON body of a request and refuses unknown members.
fn read<T: DeserializeOwned>(request: &http::Request<Bytes>) -> ApiResult<T> {
    serde_json::from_slice(request.body()).map_err(|error| ApiError::of("body_unfit", &[("error", &error)]))
}

fn fault(sandbox: &Sandbox, request: &http::Request<Bytes>) -> ApiResult<Json> {
    sandbox.script(read::<Fault>(request)?);
    Ok(json!({}))
}

/// The body of a request that sets the rate limit.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitBody {
    // Without this, a missing member would count as null.
    #[serde(deserialize_with = "Option::deserialize")]
    per_second: Option<usize>,
}

fn limit(sandbox: &Sandbox, request: &http::Request<Bytes>) -> ApiResult<Json> {
    let LimitBody { per_second } = read(request)?;
    sandbox.limit_to(per_second);
    Ok(json!({ "per_second": per_second }))
}

/// Builds the page for a browser: one button for each thing that the customer can do.
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

/// Does what the customer does in a browser. A failure does not undo what was done before it.
fn customer(
    sandbox: &Sandbox,
    request: &http::Request<Bytes>,
    objects: &str,
    id: &str,
    part: impl FnOnce(&Call<'_>) -> ApiResult<Json>,
) -> ApiResult<Json> {
    let entity = entity(objects.strip_suffix('s').unwrap_or(objects))?;
    let mut lease = sandbox.store().lease(true);
    let caller =
        Caller::of(&mut lease, request).or_else(|_| Caller::anybody(&mut lease, &entity.object, id))?;
    let session = lease.begin(caller.space(), true)?;
    let call = Call::of(&caller, &session, entity, id, behaviour::react);
    let done = part(&call);
    if done.as_ref().is_err_and(|failure| failure.stage != Stage::Done) {
        return done;
    }
    let shown = done.and_then(|body| expand::apply(&session, body, &[]));
    let cause = EventCause { request: "", idempotency_key: None, livemode: caller.livemode, now: now() };
    let deliveries = event::record(&session, cause)?;
    session.commit()?;
    sandbox.deliver(deliveries);
    shown
}
