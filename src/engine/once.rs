//! Sends a call that makes something once, even when a run is cut off and another one resumes it.

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
    /// A hash of what is sent.
    pub fingerprint: String,
    /// Who says the object's id.
    pub id_origin: IdOrigin,
}

/// A create or an action that failed.
#[derive(Debug)]
pub struct SendFailure {
    /// What went wrong.
    pub error: Error,
    /// Why it could not be recorded before it was sent, if it could not and yet may have happened: then no run
    /// finds again what it made.
    pub unrecorded: Option<io::Error>,
}

impl From<Error> for SendFailure {
    fn from(error: Error) -> Self {
        Self { error, unrecorded: None }
    }
}

/// Writes a create down. Where a dead run left one of the same fingerprint, Stripe is asked which account
/// this is, so that a key that was rotated finds it and a key of another account does not.
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

/// Looks for an object that another key made. None where there is nothing to look for: a run of an action is no object,
/// and the id alone does not say where an object is that belongs to another one.
fn look(connector: &Connector, what: &str, id: &str) -> Option<ExistenceCheck> {
    let entity = connector::entity(what).ok()?;
    if !entity.parents().is_empty() || entity.operation(OperationKind::Get).is_none() {
        return None;
    }
    let (connector, id) = (connector.clone(), id.to_owned());
    Some(Box::pin(async move {
        match connector.get(entity, &id).await {
            Ok(_) => Existence::Seen,
            // Asked again, Stripe would say the same.
            Err(error) if error.stripe().is_some_and(|it| it.is_gone() || it.lacks_permission()) => {
                Existence::NotSeen
            }
            Err(_) => Existence::Unknown,
        }
    }))
}

/// Sends a call under the key of a pending create. A key that an earlier run left and that only
/// brings that run's failure back is replaced by a new one.
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

/// Notes in the journal what became of a pending create: made, as `id`, or refused. What has no id is kept by no
/// state: it is done when Stripe has answered. What may have happened without an answer, in this run or in the one that
/// it was resumed from, stays there for the next run, with the account that it is in.
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
