//! Sends a call that makes something only once, even if a run is cut off and another one resumes it.

use std::io;

use crate::catalog::OperationKind;
use crate::connector::{self, Connector, Error};
use crate::engine::journal::Intent;
use crate::engine::{Existence, ExistenceCheck, IdOrigin, Journal, PendingCreate};
use crate::stripe::{IdempotencyKey, Reply};

/// A call that is about to be sent.
pub(super) struct OutgoingCall<'s> {
    /// The entity type or action.
    pub what: &'s str,
    /// A hash of the content of the call.
    pub fingerprint: String,
    /// Who chooses the object's id.
    pub id_origin: IdOrigin,
}

/// A create or an action that failed.
#[derive(Debug)]
pub struct SendFailure {
    /// What went wrong.
    pub error: Error,
    /// Why the call could not be recorded before it was sent, if it could not but may have taken effect: no
    /// later run will find what it made.
    pub unrecorded: Option<io::Error>,
}

impl From<Error> for SendFailure {
    fn from(error: Error) -> Self {
        Self { error, unrecorded: None }
    }
}

/// Records a create. If a dead run left one with the same fingerprint, Stripe is asked for the account of the
/// current key, so that a rotated key finds that create and a key of another account does not.
pub(super) async fn begin(
    journal: &Journal,
    connector: &Connector,
    sending: OutgoingCall<'_>,
) -> Result<PendingCreate, Error> {
    let OutgoingCall { what, fingerprint, id_origin } = sending;
    let account = if journal.has_orphan(&fingerprint) {
        let account = connector.fetch_account_mark().await?;
        journal.recognise(&fingerprint, &account, |what, id| look(connector, what, id)).await;
        account
    } else {
        connector.account_mark().await?
    };
    Ok(journal.begin(Intent { what: what.to_owned(), fingerprint, id_origin, account }).await)
}

/// Looks for an object that another key made. Returns `None` if there is nothing to look for: a run of an
/// action is no object, and an id alone does not locate an object that belongs to another one.
fn look(connector: &Connector, what: &str, id: &str) -> Option<ExistenceCheck> {
    let entity = connector::entity(what).ok()?;
    if !entity.parents().is_empty() || entity.operation(OperationKind::Get).is_none() {
        return None;
    }
    let (connector, id) = (connector.clone(), id.to_owned());
    Some(Box::pin(async move {
        match connector.get(entity, &id).await {
            Ok(_) => Existence::Seen,
            // Stripe would give the same answer again.
            Err(error) if error.stripe().is_some_and(|it| it.is_gone() || it.lacks_permission()) => {
                Existence::NotSeen
            }
            Err(_) => Existence::Unknown,
        }
    }))
}

/// Sends a call under the key of a pending create. If the key was left by an earlier run and only replays
/// that run's failure, it is replaced by a new one.
pub(super) async fn send<F>(
    pending: &mut PendingCreate,
    call: impl Fn(IdempotencyKey) -> F,
) -> Result<Reply, Error>
where
    F: Future<Output = Result<Reply, Error>>,
{
    let answered = call(pending.key()).await;
    if answered.as_ref().is_err_and(|error| pending.is_spent_by(error)) {
        pending.renew();
        return call(pending.key()).await;
    }
    answered
}

/// Records the outcome of a pending create in the journal: made, with the id that `id` returns, or refused.
/// If there is no id, no state keeps the result, and the entry is done once Stripe has answered. A create
/// that may have taken effect without an answer, in this run or in the one that it resumes, stays in the
/// journal for the next run, with its account.
pub(super) async fn record_outcome<T>(
    pending: PendingCreate,
    connector: &Connector,
    ended: Result<T, Error>,
    id: impl Fn(&T) -> Option<String>,
) -> Result<T, SendFailure> {
    match ended {
        Ok(made) => {
            match id(&made) {
                Some(id) => pending.answered(&id).await,
                None => pending.ended().await,
            }
            Ok(made)
        }
        Err(error) if pending.stays_open_after(&error) => {
            let unrecorded = pending.unrecorded();
            pending.unanswered(connector.fetch_account_mark().await.ok());
            Err(SendFailure { error, unrecorded })
        }
        Err(error) => {
            pending.ended().await;
            Err(error.into())
        }
    }
}
