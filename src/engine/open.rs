//! Creates what an ephemeral resource opens: a session, a token, a link or a key.

use serde_json::Value as Json;
use uuid::Uuid;

use crate::catalog::Entity;
use crate::connector::{self, Connector, Error};
use crate::engine::drift;
use crate::engine::params::{Params, split_create};

/// Creates an object that no state keeps, under a key of its own, and returns it. It is not recorded in the
/// journal: if the answer is lost, another object serves as well, and Stripe ends both by itself.
pub async fn open(connector: &Connector, entity: &'static Entity, params: Params) -> Result<Json, Error> {
    let (first, second) = split_create(entity, params);
    let key = Uuid::new_v4().to_string();
    let reply = connector.create(entity, first.clone(), key.clone().into()).await?;
    if let Some(declined) = reply.declined {
        return Err(declined.into());
    }
    let made = reply.body;
    if second.is_empty() {
        return Ok(made);
    }
    let locator = connector::locator(entity, &first, &made, &key);
    let now = connector.update(entity, &locator, second).await?;
    Ok(drift::retain_answered_once(entity, &now, &made))
}
