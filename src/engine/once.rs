//! A call that makes something is sent once, whatever is cut off on the way.

use crate::connector::Error;
use crate::engine::PendingCreate;
use crate::stripe::Reply;

/// Sends a call under the key of a pending create. A key that an earlier run left and that only
/// brings that run's failure back is replaced by a new one.
pub(super) async fn send<F>(pending: &mut PendingCreate, call: impl Fn(String) -> F) -> Result<Reply, Error>
where
    F: Future<Output = Result<Reply, Error>>,
{
    let answered = call(pending.key().to_owned()).await;
    if answered.as_ref().is_err_and(|error| pending.is_spent_by(error)) {
        pending.renew();
        return call(pending.key().to_owned()).await;
    }
    answered
}

/// Notes in the journal what became of a pending create: made, as `id`, or refused. What may have
/// happened without an answer stays there for the next run.
pub(super) fn settle<T>(mut pending: PendingCreate, ended: &Result<T, Error>, id: impl Fn(&T) -> String) {
    match ended {
        Ok(made) => pending.answered(&id(made)),
        Err(error) if error.may_have_happened() => {}
        Err(_) => pending.failed(),
    }
}
