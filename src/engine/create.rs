//! Creates an object only once, even if an earlier run was cut off while creating it.

use std::io;

use serde_json::Value as Json;

use crate::catalog::Entity;
use crate::connector::{self, Connector};
use crate::engine::object::current;
use crate::engine::once::OutgoingCall;
use crate::engine::params::{Params, paths_of_second_call, split_create};
use crate::engine::restore::{asks_for_end, is_over};
use crate::engine::succession::taking_over;
use crate::engine::{
    EndOutcome, IdOrigin, Journal, PendingCreate, Predecessor, RecoveredObject, SendFailure, drift,
    fingerprint, once,
};
use crate::stripe::{IdempotencyKey, Reply, finishing};

/// An object that was created in Stripe.
#[derive(Debug)]
pub struct Created {
    /// Its locator: its id, preceded by the ids of its parents.
    pub locator: String,
    /// The object as Stripe answered it.
    pub body: Json,
    /// How many objects of the same list this run has read or created.
    pub expected_reads: usize,
    /// Why the create could not be recorded before it was sent, if it could not.
    pub unrecorded: Option<io::Error>,
    /// The interrupted run that had made the object; `None` if the object is new.
    pub adopted: Option<RecoveredObject>,
    /// Why Stripe declined what the object was created for, such as a payment, if it did. The object exists
    /// all the same.
    pub declined: Option<connector::Error>,
    /// The paths of params that only an update takes, and why this update failed, if it did. The object
    /// exists all the same.
    pub incomplete: Option<(Vec<String>, connector::Error)>,
    /// The result of ending the replaced object, if it could not be ended before the create.
    pub succession: Option<Result<EndOutcome, connector::Error>>,
}

/// A create to be sent.
#[derive(Debug)]
pub struct CreateRequest<'c> {
    /// The entity type.
    pub entity: &'static Entity,
    /// The params of the new object.
    pub params: Params,
    /// The object that the new one replaces.
    pub replaces: Option<Predecessor<'c>>,
    /// Whether a state keeps the object. If it does, a run that is cut off before the state has it must find
    /// it again.
    pub in_state: bool,
}

/// The call that creates an object; an update may follow it.
#[derive(Clone, Copy)]
struct FirstCall<'c> {
    entity: &'static Entity,
    /// The params that are wanted.
    wanted: &'c Params,
    /// Those of `wanted` that a create takes.
    params: &'c Params,
    /// Whether a state keeps the object.
    in_state: bool,
}

/// Creates an object. Params that only an update takes follow in a second call, unless the object
/// already has them. Unique names and roles, such as a lookup key or a default price, pass to it
/// from the object that it replaces.
pub async fn create(
    connector: &Connector,
    journal: &Journal,
    creation: CreateRequest<'_>,
) -> Result<Created, SendFailure> {
    let CreateRequest { entity, params, replaces, in_state } = creation;
    let params = match &replaces {
        Some(old) => old.taken_over(&params),
        None => params,
    };
    let params = resumed(journal, entity, params);
    let sending = OutgoingCall {
        what: &entity.name,
        fingerprint: print_of(entity, &params),
        id_origin: IdOrigin::from(params.contains_key("id") || !entity.has_own_id()),
    };
    let pending = once::begin(journal, connector, sending).await?;
    let (first, mut second) = split_create(entity, params.clone());
    let call = FirstCall { entity, wanted: &params, params: &first, in_state };
    let mut made = create_once(connector, call, pending).await?;
    // The object is to be ended, and nothing takes its place.
    if made.declined.is_some() {
        return Ok(made);
    }
    second.retain(|name, desired| !drift::is_so(entity, name, desired, &made.body));
    if !second.is_empty() {
        let names = paths_of_second_call(&first, &second);
        match connector.update(entity, &made.locator, second).await {
            Ok(now) => made.body = drift::retain_answered_once(entity, &now, &made.body),
            Err(error) => made.incomplete = Some((names, error)),
        }
    }
    if let Some(old) = replaces {
        made.succession = finishing(old.hand_over(connector, &made.body)).await.transpose();
    }
    Ok(made)
}

/// The fingerprint of a create, the same in every run.
pub(super) fn print_of(entity: &Entity, params: &Params) -> String {
    fingerprint(&["entity", &entity.name, &Json::Object(params.clone()).to_string()])
}

/// The params with which an interrupted run sent this create. The object that it was to replace may no longer
/// be in the state, or may have lost its names, so that only the journal tells whether they were taken over.
pub(super) fn resumed(journal: &Journal, entity: &Entity, params: Params) -> Params {
    let over = taking_over(entity, params.clone(), |_| true);
    if over != params && journal.has_orphan(&print_of(entity, &over)) { over } else { params }
}

/// The current state of the object that an earlier run made. Returns `None` if it was ended since, so that a
/// new one is created. An object whose id the practitioner chose is used even if it is archived, because no
/// other object can have this id. So is an object that the earlier run itself ended because its params ask
/// for that.
async fn made_before(
    connector: &Connector,
    call: FirstCall<'_>,
    locator: &str,
    answered: &Json,
) -> Result<Option<Json>, connector::Error> {
    let FirstCall { entity, wanted, .. } = call;
    let now = current(connector, entity, locator).await?;
    let ends = !wanted.contains_key("id") && !is_over(entity, answered);
    Ok(now.filter(|now| !(ends && is_over(entity, now) && !asks_for_end(entity, wanted, now))))
}

/// Creates the object under the pending key, or adopts the one that was created under it.
async fn create_once(
    connector: &Connector,
    first: FirstCall<'_>,
    mut pending: PendingCreate,
) -> Result<Created, SendFailure> {
    let FirstCall { entity, params, in_state, .. } = first;
    let call = |key: IdempotencyKey| async move { connector.create(entity, params.clone(), key).await };
    let mut answered = once::send(&mut pending, call).await;
    if let Ok(Reply { replayed: true, body, .. }) = &answered {
        let locator = connector::locator(entity, params, body, pending.key_text());
        match made_before(connector, first, &locator, body).await {
            Ok(None) => {
                pending.renew();
                answered = call(pending.key()).await;
            }
            Ok(Some(now)) => {
                let body = drift::retain_answered_once(entity, &now, body);
                answered = answered.map(|reply| Reply { body, ..reply });
            }
            // The replayed body is older, but it shows the same object.
            Err(_) => {}
        }
    }
    let made = answered.map(|reply| {
        let locator = connector::locator(entity, params, &reply.body, pending.key_text());
        let adopted = pending.adopted(connector::id_of(&reply.body, &locator), reply.replayed);
        let (body, unrecorded) = (reply.body, pending.unrecorded());
        let expected_reads = connector.count_listed(entity, &locator, &body);
        Created {
            locator,
            body,
            expected_reads,
            adopted,
            unrecorded,
            declined: reply.declined.map(connector::Error::from),
            incomplete: None,
            succession: None,
        }
    });
    let id = |made: &Created| connector::id_of(&made.body, &made.locator).to_owned();
    once::record_outcome(pending, connector, made, |made| in_state.then(|| id(made))).await
}
