//! Event destinations, the webhook endpoints of version 2. A ping causes an event.

use crate::sandbox::behaviour::prelude::*;
use crate::sandbox::behaviour::{generic, webhook_endpoint};
use crate::sandbox::event::{ABOUT, PINGED, about};

/// The behaviours of this module.
pub(super) const BEHAVIOURS: &[Behaviour] = &[Behaviour {
    operations: &[(Create, create)],
    actions: &[("PingV2CoreEventDestination", ping)],
    ..Behaviour::of(&["v2.core.event_destination"])
}];

/// `POST /v2/core/event_destinations`.
fn create(call: &Call<'_>) -> ApiResult<Json> {
    webhook_endpoint::warn_of_unreachable(text(&call.params, "webhook_endpoint.url"));
    generic::create(call)
}

/// `POST /v2/core/event_destinations/{id}/ping`.
fn ping(call: &Call<'_>) -> ApiResult<Json> {
    let body = call.named()?;
    let mut event = call.fresh_of("v2.core.event")?;
    event.extend(body! {
        "type": "v2.core.event_destination.ping", (ABOUT): about(&body), (PINGED): id(&body),
    });
    call.keep(event)
}
