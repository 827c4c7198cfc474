//! Runs the work of every RPC, and turns whatever goes wrong into a response.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use super::messages::{Request, Response};
use super::{RpcResult, diagnostics};
use crate::terraform::diagnostic::Diagnostic;
use crate::terraform::messages;

/// Answers one RPC. If `work` returns an error or panics, the response contains that as a diagnostic and
/// nothing else, which Terraform takes as "nothing changed".
pub(super) async fn dispatch<Q, R, F>(
    rpc: &str,
    request: tonic::Request<Q>,
    work: impl FnOnce(Q) -> F,
) -> RpcResult<R>
where
    Q: Request,
    R: Response,
    F: Future<Output = Result<R, Diagnostic>>,
{
    let request = request.into_inner();
    let subject = request.subject().to_owned();
    // Unwinding out of the provider is sound: the data behind its locks is consistent after each statement,
    // so the locks are taken even after a panic.
    let ended = AssertUnwindSafe(async move { work(request).await }).catch_unwind().await;
    let error = match ended {
        Ok(Ok(response)) => return Ok(tonic::Response::new(response)),
        Ok(Err(error)) => error,
        Err(payload) => panicked(rpc, &subject, payload.as_ref()),
    };
    Ok(tonic::Response::new(R::from_error(diagnostics::to_wire(error))))
}

/// Builds the message for a panic.
pub(super) fn panicked(rpc: &str, subject: &str, payload: &(dyn Any + Send)) -> Diagnostic {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let subject = if subject.is_empty() { String::new() } else { format!(" of `{subject}`") };
    messages::panicked(rpc, &subject, text.unwrap_or("no text"))
}
