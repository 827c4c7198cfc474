//! Creates an object, once: in this run or in one that was cut off.

use std::io;

use serde_json::Value as Json;

use crate::catalog::Entity;
use crate::connector::{self, Connector};
use crate::engine::object::current;
use crate::engine::params::{Params, split_create};
use crate::engine::{Journal, PendingCreate, drift, fingerprint, once};
use crate::stripe::Reply;

/// An object that Stripe made.
#[derive(Debug)]
pub struct Created {
    /// Where it is: its id, behind the ids of what it belongs to.
    pub locator: String,
    /// The object as Stripe answered it.
    pub body: Json,
    /// Why the create could not be recorded before it was sent, if it could not.
    pub unrecorded: Option<io::Error>,
    /// Why the update with what only an update takes failed, if it did. The object exists.
    pub incomplete: Option<connector::Error>,
}

/// Creates an object with these params, under `key` unless an earlier run left one for the same
/// create. Params that only an update takes follow in a second call.
pub async fn create(
    connector: &Connector,
    journal: &Journal,
    entity: &'static Entity,
    params: Params,
    key: Option<&str>,
) -> Result<Created, connector::Error> {
    let sent = Json::Object(params.clone()).to_string();
    let mark = fingerprint(&["entity", &entity.name, &connector.identity(), &sent]);
    let (pending, recorded) = journal.begin(&entity.name, &mark, key);
    let (first, second) = split_create(entity, params);
    let (mut body, locator) = create_once(connector, entity, &first, pending).await?;
    let mut incomplete = None;
    if !second.is_empty() {
        match connector.update(entity, &locator, second).await {
            Ok(now) => body = drift::retain_answered_once(entity, &now, &body),
            Err(error) => incomplete = Some(error),
        }
    }
    Ok(Created { locator, body, unrecorded: recorded.err(), incomplete })
}

/// The object made under the key that is pending, and where it is.
async fn create_once(
    connector: &Connector,
    entity: &'static Entity,
    params: &Params,
    mut pending: PendingCreate,
) -> Result<(Json, String), connector::Error> {
    let call = |key: String| async move { connector.create(entity, params.clone(), &key).await };
    let mut answered = once::send(&mut pending, call).await;
    if let Ok(Reply { replayed: true, body, .. }) = &answered {
        let locator = connector::locator(entity, params, body, pending.key());
        match current(connector, entity, &locator).await {
            // The object of the earlier run was ended since: this create is a new one.
            Ok(None) => {
                pending.renew();
                answered = call(pending.key().to_owned()).await;
            }
            Ok(Some(now)) => {
                let body = drift::retain_answered_once(entity, &now, body);
                answered = answered.map(|reply| Reply { body, ..reply });
            }
            // The replayed body is older, but it is the object.
            Err(_) => {}
        }
    }
    let key = pending.key().to_owned();
    let made = answered.map(|reply| {
        let locator = connector::locator(entity, params, &reply.body, &key);
        (reply.body, locator)
    });
    once::settle(pending, &made, |(body, locator)| connector::id_of(body, locator).to_owned());
    made
}
