//! Events: what a call changed, told as Stripe tells it, and who is to hear of it.
//!
//! The store notes every object that a call keeps or removes. When the call is done, each
//! of them becomes the events of its kind, which are kept like any other object and go to
//! the webhook endpoints that asked for them.

use serde_json::{Value as Json, json};

use crate::catalog::API_VERSION;

use super::call::entity;
use super::courier::Parcel;
use super::error::Outcome;
use super::fields::{id, items, set, status, text};
use super::identifier;
use super::shape;
use super::store::{Body, Change, Session};
use super::view;

mod kind;

/// What the events of one call have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cause<'a> {
    /// The id of the request.
    pub request: &'a str,
    /// The key it came under.
    pub idempotency_key: Option<&'a str>,
    /// A call with a live key.
    pub livemode: bool,
    /// The time of the call.
    pub now: i64,
}

/// Keeps the events of everything that the session changed; what is to be delivered comes back.
pub(super) fn record(session: &Session<'_>, cause: Cause<'_>) -> Outcome<Vec<Parcel>> {
    let changes = session.take_changes();
    let mut parcels = Vec::new();
    if changes.is_empty() {
        return Ok(parcels);
    }
    let endpoints = session.having("webhook_endpoint", "status", "enabled")?;
    for change in &changes {
        for kind in kind::of(change) {
            let event = event(change, &kind, cause)?;
            keep(session, event, &kind, &endpoints, &mut parcels)?;
        }
    }
    // events change nothing that events tell of
    session.take_changes();
    Ok(parcels)
}

fn event(change: &Change, kind: &str, cause: Cause<'_>) -> Outcome<Body> {
    let mut body = shape::blank(entity("event")?);
    set(&mut body, "id", identifier::random("evt_", 24));
    set(&mut body, "api_version", API_VERSION);
    set(&mut body, "created", cause.now);
    set(&mut body, "livemode", cause.livemode);
    set(&mut body, "type", kind);
    set(&mut body, "request", json!({"id": cause.request, "idempotency_key": cause.idempotency_key}));
    let mut data = Body::new();
    let after = view::plain(Json::Object(change.after.clone()));
    if kind.ends_with(".updated")
        && let Some(before) = &change.before
    {
        set(&mut data, "previous_attributes", previous(view::plain(Json::Object(before.clone())), &after));
    }
    set(&mut data, "object", after);
    set(&mut body, "data", data);
    Ok(body)
}

/// The former values of the members that are others now.
fn previous(mut before: Json, after: &Json) -> Json {
    if let Some(members) = before.as_object_mut() {
        members.retain(|name, old| name != "updated" && after.get(name.as_str()) != Some(old));
    }
    before
}

fn keep(
    session: &Session<'_>,
    mut event: Body,
    kind: &str,
    endpoints: &[Body],
    parcels: &mut Vec<Parcel>,
) -> Outcome<()> {
    let hears = |endpoint: &&Body| {
        items(endpoint, "enabled_events").iter().any(|wanted| *wanted == "*" || *wanted == kind)
    };
    let reached = |endpoint: &Body| {
        let url = text(endpoint, "url").unwrap_or_default();
        let secret = text(endpoint, "_secret").unwrap_or_default();
        Parcel::new(&session.space, id(&event), url, secret)
    };
    let mut made: Vec<Parcel> = endpoints.iter().filter(hears).filter_map(reached).collect();
    set(&mut event, "pending_webhooks", made.len());
    let content = serde_json::to_string_pretty(&view::plain(Json::Object(event.clone())))?;
    for parcel in &mut made {
        parcel.content.clone_from(&content);
    }
    session.put(&event)?;
    parcels.append(&mut made);
    Ok(())
}

/// Whether Stripe has events of that kind.
pub(super) fn is_known(kind: &str) -> bool {
    kind::known().iter().any(|known| known == kind)
}

/// One of the receivers of an event has it.
pub(super) fn delivered(session: &Session<'_>, event: &str) -> Outcome<()> {
    let Some(mut body) = session.alive("event", event)? else { return Ok(()) };
    let left = super::fields::number(&body, "pending_webhooks") - 1;
    set(&mut body, "pending_webhooks", left.max(0));
    session.put(&body)
}

/// The state of an object, where it has one.
fn state(body: &Body) -> Option<&str> {
    Some(status(body)).filter(|state| !state.is_empty())
}
