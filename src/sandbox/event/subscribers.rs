//! The receivers of an account's events: webhook endpoints, and event destinations that deliver to a webhook
//! endpoint.

use serde_json::Value as Json;

use crate::sandbox::auth_context;
use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::fields::{Body, flag, items, text};
use crate::sandbox::store::Session;
use crate::sandbox::webhook_delivery::Delivery;

/// A receiver of events.
pub(super) struct Subscriber {
    url: String,
    secret: String,
    kinds: Vec<Json>,
    /// Whether its events are thin, which means that they do not contain the object.
    is_thin: bool,
    /// Whether it belongs to the platform, which receives the events of connected accounts.
    pub is_platform: bool,
}

/// All receivers of an account's events.
pub(super) struct Subscribers(Vec<Subscriber>);

impl Subscribers {
    /// Returns the receivers of the account itself and of the platform that created it.
    pub fn of(session: &Session<'_>, space: &str) -> ApiResult<Self> {
        let mut all = enabled(session, space, false)?;
        if let Some((platform, _)) = auth_context::made(session, space)? {
            all.append(&mut enabled(session, &platform, true)?);
        }
        Ok(Self(all))
    }

    /// Returns those that asked for whole events of this kind.
    pub fn of_snapshots(&self, kind: &str) -> impl Iterator<Item = &Subscriber> {
        self.0.iter().filter(move |subscriber| !subscriber.is_thin && subscriber.asks_for(kind))
    }

    /// Returns those that asked for thin events of this kind.
    pub fn of_thin(&self, kind: &str) -> impl Iterator<Item = &Subscriber> {
        self.0.iter().filter(move |subscriber| subscriber.is_thin && subscriber.asks_for(kind))
    }
}

impl Subscriber {
    /// Returns the subscriber of an event destination, or `None` if it is disabled or not a webhook endpoint.
    pub fn of_destination(body: &Body, is_platform: bool) -> Option<Self> {
        let whose = if is_platform { "other_accounts" } else { "self" };
        let is_on = text(body, "status") == Some("enabled")
            && items(body, "events_from").iter().any(|from| from == whose);
        is_on.then(|| {
            Some(Self {
                url: text(body, "webhook_endpoint.url")?.to_owned(),
                secret: text(body, "webhook_endpoint.signing_secret")?.to_owned(),
                kinds: items(body, "enabled_events").to_vec(),
                is_thin: text(body, "event_payload") == Some("thin"),
                is_platform,
            })
        })?
    }

    fn of_endpoint(body: &Body, is_platform: bool) -> Option<Self> {
        (flag(body, "_connect") == is_platform).then(|| {
            Some(Self {
                url: text(body, "url")?.to_owned(),
                secret: text(body, "_secret")?.to_owned(),
                kinds: items(body, "enabled_events").to_vec(),
                is_thin: false,
                is_platform,
            })
        })?
    }

    fn asks_for(&self, kind: &str) -> bool {
        self.kinds.iter().any(|wanted| wanted == "*" || wanted == kind)
    }

    /// Returns the delivery of an event, or `None` if the URL is not on this machine.
    pub fn delivery(&self, space: &str, event: &str) -> Option<Delivery> {
        Delivery::new(space, event, &self.url, &self.secret)
    }
}

/// Returns the enabled receivers of a space's account, for its own events or for those of connected accounts.
fn enabled(session: &Session<'_>, space: &str, of_others: bool) -> ApiResult<Vec<Subscriber>> {
    let all = |object: &str| session.having_in(space, object, "status", "enabled");
    let (endpoints, destinations) = (all("webhook_endpoint")?, all("v2.core.event_destination")?);
    let endpoints = endpoints.iter().filter_map(|body| Subscriber::of_endpoint(body, of_others));
    let destinations = destinations.iter().filter_map(|body| Subscriber::of_destination(body, of_others));
    Ok::<_, ApiError>(endpoints.chain(destinations).collect())
}
