//! What every RPC goes through: run the work, and turn whatever goes wrong into the answer.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use tonic::{Request, Response};

use super::messages::{Answer, Question};
use super::{Reply, diagnostics};
use crate::terraform::diagnostic::Diagnostic;

/// Answers one RPC. A refusal and a panic both become an answer that carries them as an
/// error and nothing else, which Terraform takes as "nothing changed".
pub(super) async fn perform<Q, A, F>(rpc: &str, asked: Request<Q>, work: impl FnOnce(Q) -> F) -> Reply<A>
where
    Q: Question,
    A: Answer,
    F: Future<Output = Result<A, Diagnostic>>,
{
    let question = asked.into_inner();
    let subject = question.subject().to_owned();
    // A panic may leave a lock of the provider poisoned; whoever takes that lock next
    // panics too and ends up here again, so nothing half-done is mistaken for done.
    let ended = AssertUnwindSafe(async move { work(question).await }).catch_unwind().await;
    let refusal = match ended {
        Ok(Ok(answer)) => return Ok(Response::new(answer)),
        Ok(Err(refusal)) => refusal,
        Err(payload) => panicked(rpc, &subject, payload.as_ref()),
    };
    Ok(Response::new(A::refusing(diagnostics::to_wire(refusal))))
}

fn panicked(rpc: &str, subject: &str, payload: &(dyn Any + Send)) -> Diagnostic {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let subject = if subject.is_empty() { String::new() } else { format!(" of `{subject}`") };
    Diagnostic::error(
        "Provider Panicked",
        format!(
            "{rpc}{subject} panicked: {}. This is a bug in the provider; please report it with this text.",
            text.unwrap_or("no text")
        ),
    )
}
