//! The RPCs for actions.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::ready;
use futures_util::stream::{BoxStream, StreamExt as _, once};
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{Request, Status};

use super::Service;
use super::diagnostics::{printable, to_wire};
use super::dispatch::dispatch;
use super::validation::{self, STORES_NOTHING};
use crate::terraform::Provider;
use crate::terraform::diagnostic::{Diagnostic, has_errors};
use crate::terraform::messages;
use crate::terraform::provider::{Family, Progress};
use crate::terraform::wire::tfplugin5::invoke_action::event::{Completed, Type};
use crate::terraform::wire::tfplugin5::{invoke_action, plan_action, validate_action_config};

/// The progress messages of a running action, followed by its result.
pub(super) type Events = BoxStream<'static, Result<invoke_action::Event, Status>>;

pub(super) fn validate<P: Provider>(
    service: &Service<P>,
    request: &validate_action_config::Request,
) -> Result<validate_action_config::Response, Diagnostic> {
    let subject = (Family::Action, request.action_type.as_str());
    let diagnostics = validation::validate(service, subject, request.config.as_ref(), STORES_NOTHING)?;
    Ok(validate_action_config::Response { diagnostics })
}

/// Checks the rules again: values that were unknown when the configuration was validated may be known now.
pub(super) async fn plan<P: Provider>(
    service: &Service<P>,
    request: plan_action::Request,
) -> Result<plan_action::Response, Diagnostic> {
    let codec = service.codecs.of(&service.provider, Family::Action, &request.action_type)?;
    let config = codec.decode_config(request.config.as_ref())?;
    let mut found = codec.check(&config);
    if !has_errors(&found) {
        found = service.provider.plan_action(&request.action_type, config).await;
    }
    Ok(plan_action::Response { diagnostics: codec.diagnostics(found), deferred: None })
}

/// Runs an action in its own task, so that it runs to completion even if nobody listens any more. Progress
/// messages after a stop are delivered with the result: Terraform 1.15 crashes on progress that it no longer
/// listens for.
pub(super) fn invoke<P: Provider>(service: Service<P>, request: Request<invoke_action::Request>) -> Events {
    let (progress, told) = mpsc::unbounded_channel();
    let ended = tokio::spawn(dispatched(service.clone(), request, Progress::new(progress)));
    let late = Arc::new(Mutex::new(Vec::new()));
    let told_late = Arc::clone(&late);
    let progress = move |message: String| {
        let message = printable(&P::hide_secrets(&message));
        if service.is_stopped.load(Ordering::Relaxed) {
            late.lock().unwrap_or_else(PoisonError::into_inner).push(to_wire(messages::told_late(&message)));
            return None;
        }
        Some(event(Type::Progress(invoke_action::event::Progress { message })))
    };
    let completed = once(async move {
        let mut completed = ended.await.map_err(|lost| Status::aborted(lost.to_string()))??;
        completed.diagnostics.append(&mut told_late.lock().unwrap_or_else(PoisonError::into_inner));
        event(Type::Completed(completed))
    });
    UnboundedReceiverStream::new(told)
        .filter_map(move |message| ready(progress(message)))
        .chain(completed)
        .boxed()
}

async fn dispatched<P: Provider>(
    service: Service<P>,
    request: Request<invoke_action::Request>,
    progress: Progress,
) -> Result<Completed, Status> {
    let work = |request| async move { run(&service, request, progress).await };
    dispatch("InvokeAction", request, work).await.map(tonic::Response::into_inner)
}

async fn run<P: Provider>(
    service: &Service<P>,
    request: invoke_action::Request,
    progress: Progress,
) -> Result<Completed, Diagnostic> {
    let codec = service.codecs.of(&service.provider, Family::Action, &request.action_type)?;
    let config = codec.decode_config(request.config.as_ref())?;
    let mut found = codec.check(&config);
    if !has_errors(&found) {
        found = service.provider.invoke_action(&request.action_type, config, progress).await;
    }
    Ok(Completed { diagnostics: codec.diagnostics(found) })
}

#[expect(clippy::unnecessary_wraps, reason = "the item of a stream of an RPC")]
fn event(of: Type) -> Result<invoke_action::Event, Status> {
    Ok(invoke_action::Event { r#type: Some(of) })
}
