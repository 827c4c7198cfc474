//! Events of version 2, which only say that something happened to an object; the receiver fetches the
//! details.

use serde_json::{Value as Json, json};

use crate::catalog::{OperationKind, catalog};
use crate::sandbox::call::{entity, moment};
use crate::sandbox::error::ApiResult;
use crate::sandbox::event::cause::EventCause;
use crate::sandbox::event::subscribers::{Subscriber, Subscribers};
use crate::sandbox::fields::{Body, body, id, member, object, text};
use crate::sandbox::store::{ObjectChange, Session};
use crate::sandbox::webhook_delivery::Delivery;
use crate::sandbox::{complete, identifier};

/// Stored with an event: the object that it concerns.
pub(in crate::sandbox) const ABOUT: &str = "_related_object";
/// Stored with the event of a ping: the destination that receives it.
pub(in crate::sandbox) const PINGED: &str = "_destination";

/// Stores the thin event for a change that version 1 calls `kind`, if anybody subscribed to it, and returns
/// its deliveries.
pub(super) fn tell(
    session: &Session<'_>,
    change: &ObjectChange,
    kind: &str,
    cause: EventCause<'_>,
    subscribers: &Subscribers,
) -> ApiResult<Vec<Delivery>> {
    let kind = format!("v1.{kind}");
    let mut asking = subscribers.of_thin(&kind).peekable();
    if asking.peek().is_none() {
        return Ok(Vec::new());
    }
    let entity = entity("v2.core.event")?;
    let created = entity.field("created").map(|field| moment(&field.kind, cause.now));
    let mut event = complete::blank(entity);
    event.extend(body! {
        "id": identifier::of(entity), "created": created, "livemode": cause.livemode, "type": kind,
        "reason": {"request": {"id": cause.request, "idempotency_key": cause.idempotency_key.unwrap_or_default()}, "type": "request"},
        (ABOUT): about(&change.after),
    });
    session.put_in(&change.space, &event)?;
    let deliveries = asking.filter_map(|subscriber| {
        let context = subscriber.is_platform.then(|| change.space.split('/').next()).flatten();
        delivery(subscriber, &change.space, &event, context)
    });
    Ok(deliveries.collect())
}

/// Returns the delivery of a ping, or `None` if the destination cannot be reached.
pub(super) fn ping(session: &Session<'_>, change: &ObjectChange) -> ApiResult<Option<Delivery>> {
    let event = &change.after;
    let destination = session.linked(event, PINGED, "v2.core.event_destination")?;
    let subscriber = destination.and_then(|body| Subscriber::of_destination(&body, false));
    Ok(subscriber.and_then(|subscriber| delivery(&subscriber, &change.space, event, None)))
}

fn delivery(subscriber: &Subscriber, space: &str, event: &Body, context: Option<&str>) -> Option<Delivery> {
    let mut made = subscriber.delivery(space, id(event))?;
    made.content = json!({
        "id": id(event), "object": object(event), "type": text(event, "type"), "livemode": member(event, "livemode"),
        "created": member(event, "created"), "context": context, "reason": member(event, "reason"),
        "related_object": member(event, ABOUT),
    })
    .to_string();
    Some(made)
}

/// The reference from an event to its object: type, id and URL.
pub(in crate::sandbox) fn about(body: &Body) -> Json {
    let of = object(body);
    let get = catalog().by_key(of).and_then(|entity| entity.operation(OperationKind::Get));
    let url = get.map(|get| get.path.replace("{id}", id(body)));
    json!({"id": id(body), "type": of, "url": url})
}
