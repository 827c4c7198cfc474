//! Events: creates the events for what a call changed, and their deliveries.
//!
//! The store records every change: an object stored or removed. When the call is done, the changes become
//! events, each with the object as it was at that moment. Events are stored like other objects and are sent
//! to the webhook endpoints that asked for them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde_json::Value as Json;

use crate::catalog::API_VERSION;
use crate::sandbox::call::entity;
use crate::sandbox::error::ApiResult;
use crate::sandbox::fields::{body, id, members, needed_number, object, set, text};
use crate::sandbox::store::{Body, ObjectChange, Session};
use crate::sandbox::webhook_delivery::Delivery;
use crate::sandbox::{complete, identifier, view};

mod cause;
mod kind;
mod subscribers;
mod thin;

pub(super) use cause::EventCause;
pub(super) use thin::{ABOUT, PINGED, about};

use subscribers::Subscribers;

/// Stores the events for all changes in the session, and returns their deliveries.
pub(super) fn record(session: &Session<'_>, cause: EventCause<'_>) -> ApiResult<Vec<Delivery>> {
    let changes = joined(session.take_changes());
    let mut deliveries = Vec::new();
    let mut subscribers = BTreeMap::new();
    for change in &changes {
        let subscribers = match subscribers.entry(change.space.as_str()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(Subscribers::of(session, &change.space)?),
        };
        if text(&change.after, PINGED).is_some() {
            deliveries.extend(thin::ping(session, change)?);
        }
        for kind in kind::of(change) {
            let event = event(change, &kind, cause)?;
            deliveries.append(&mut keep(session, event, &kind, (&change.space, subscribers))?);
            deliveries.append(&mut thin::tell(session, change, &kind, cause, subscribers)?);
        }
    }
    // Storing the events does not count as a change.
    session.take_changes();
    Ok(deliveries)
}

/// Merges the changes to one object within a turn, except that a change with an event of its own starts a new
/// one.
fn joined(steps: Vec<ObjectChange>) -> Vec<ObjectChange> {
    let mut changes: Vec<ObjectChange> = Vec::new();
    let mut last = BTreeMap::new();
    for step in steps {
        let (space, object, key) = step.subject();
        let subject = (step.turn, space.to_owned(), object.to_owned(), key.to_owned());
        let known = last.get(&subject).and_then(|at: &usize| changes.get_mut(*at));
        if let Some(known) = known.filter(|known| joins(known, &step)) {
            known.after = step.after;
            known.gone = step.gone;
        } else {
            last.insert(subject, changes.len());
            changes.push(step);
        }
    }
    changes
}

/// Whether a change continues an earlier one to the same object.
fn joins(known: &ObjectChange, step: &ObjectChange) -> bool {
    match (known.gone, step.gone) {
        (true, _) => false,
        (false, true) => known.before.is_none() || !kind::is_moment(known),
        (false, false) => !kind::is_moment(step),
    }
}

fn event(change: &ObjectChange, kind: &str, cause: EventCause<'_>) -> ApiResult<Body> {
    let mut body = complete::blank(entity("event")?);
    body.extend(body! {
        "id": identifier::random("evt_", 24), "api_version": API_VERSION, "created": cause.now,
        "livemode": cause.livemode, "type": kind,
        "request": {"id": cause.request, "idempotency_key": cause.idempotency_key},
    });
    let mut data = Body::new();
    let shown = |body: &Body| members(view::render(Json::Object(body.clone())));
    let after = shown(&change.after);
    if let Some(before) = change.before.as_ref().filter(|_| kind::tells_former(kind)) {
        let mut previous = previous(&shown(before), &after);
        previous.retain(|name, _| !kind::is_unsaid(object(&change.after), name));
        set(&mut data, "previous_attributes", previous);
    }
    set(&mut data, "object", after);
    set(&mut body, "data", data);
    Ok(body)
}

/// Builds the `previous_attributes`: the former values of changed members. Of an object, only its changed
/// members are included; a list is included as a whole; new members are null.
fn previous(before: &Body, after: &Body) -> Body {
    let former = |name: &String| {
        let told = match (before.get(name), after.get(name)) {
            (old, new) if old == new => return None,
            (Some(Json::Object(old)), Some(Json::Object(new))) => Json::Object(previous(old, new)),
            (old, _) => old.cloned().unwrap_or_default(),
        };
        Some((name.clone(), told))
    };
    let added = after.keys().filter(|name| !before.contains_key(*name));
    before.keys().chain(added).filter_map(former).collect()
}

/// Stores an event, and returns its deliveries. Deliveries to a platform name the connected account of the
/// event.
fn keep(
    session: &Session<'_>,
    mut event: Body,
    kind: &str,
    (space, subscribers): (&str, &Subscribers),
) -> ApiResult<Vec<Delivery>> {
    let account = space.split('/').next();
    let mut made = Vec::new();
    for subscriber in subscribers.of_snapshots(kind) {
        let delivery = subscriber.delivery(space, id(&event));
        made.extend(delivery.map(|delivery| (delivery, subscriber.is_platform)));
    }
    set(&mut event, "pending_webhooks", made.len());
    for (delivery, is_platform) in &mut made {
        let mut told = event.clone();
        if *is_platform {
            set(&mut told, "account", account);
        }
        delivery.content = serde_json::to_string_pretty(&view::render(Json::Object(told)))?;
    }
    session.put_in(space, &event)?;
    Ok(made.into_iter().map(|(delivery, _)| delivery).collect())
}

/// Counts one delivery of an event as done.
pub(super) fn delivered(session: &Session<'_>, event: &str) -> ApiResult<()> {
    let Some(mut body) = session.get_live("event", event)? else { return Ok(()) };
    let left = needed_number(&body, "pending_webhooks")? - 1;
    set(&mut body, "pending_webhooks", left.max(0));
    session.put(&body)
}
