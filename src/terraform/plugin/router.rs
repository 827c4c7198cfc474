//! Combines the services of a plugin: a call goes to the service that its path names.

use std::convert::Infallible;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Instant;

use futures_util::future::{self, BoxFuture, FutureExt as _};
use http::{Request, Response};
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tonic::body::Body;
use tonic::server::NamedService;
use tower_service::Service;

use super::services::{self, Broker, Controller, HealthService, Stdio};
use crate::terraform::Provider;
use crate::terraform::protocol::Server as ProviderServer;
use crate::terraform::wire::go_plugin::grpc_broker_server::GrpcBrokerServer;
use crate::terraform::wire::go_plugin::grpc_controller_server::GrpcControllerServer;
use crate::terraform::wire::go_plugin::grpc_stdio_server::GrpcStdioServer;
use crate::terraform::wire::health::health_server::HealthServer;

/// The provider, and the other services that the host's plugin library expects.
pub(super) struct Router<P: Provider> {
    provider: ProviderServer<P>,
    health: HealthServer<HealthService>,
    controller: GrpcControllerServer<Controller>,
    stdio: GrpcStdioServer<Stdio>,
    broker: GrpcBrokerServer<Broker>,
}

impl<P: Provider> Router<P> {
    /// Creates the services of one run: cancelling `end` ends it, and `asked` records when the host asked for
    /// the end.
    pub(super) fn new(
        provider: ProviderServer<P>,
        end: &CancellationToken,
        asked: &Arc<OnceLock<Instant>>,
    ) -> Self {
        Self {
            provider,
            health: services::health(end),
            controller: services::controller(end, asked),
            stdio: services::stdio(end),
            broker: services::broker(end),
        }
    }
}

impl<P: Provider> Clone for Router<P> {
    fn clone(&self) -> Self {
        Self {
            provider: self.provider.clone(),
            health: self.health.clone(),
            controller: self.controller.clone(),
            stdio: self.stdio.clone(),
            broker: self.broker.clone(),
        }
    }
}

impl<P: Provider> Service<Request<Body>> for Router<P> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        match service_name(request.uri().path()) {
            ProviderServer::<P>::NAME => self.provider.call(request),
            HealthServer::<HealthService>::NAME => self.health.call(request),
            GrpcControllerServer::<Controller>::NAME => self.controller.call(request),
            GrpcStdioServer::<Stdio>::NAME => self.stdio.call(request),
            GrpcBrokerServer::<Broker>::NAME => self.broker.call(request),
            name => {
                let refusal = Status::unimplemented(format!("there is no service {name}"));
                future::ready(Ok(refusal.into_http())).boxed()
            }
        }
    }
}

/// Returns the service in a gRPC path, which has the form `/service/method`.
fn service_name(path: &str) -> &str {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split_once('/').map_or(path, |(service, _)| service)
}
