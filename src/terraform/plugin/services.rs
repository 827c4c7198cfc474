//! The services besides the provider that the host's plugin library expects of any plugin.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use futures_util::{Stream, StreamExt as _, stream};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

use crate::terraform::wire::go_plugin::grpc_broker_server::{GrpcBroker, GrpcBrokerServer};
use crate::terraform::wire::go_plugin::grpc_controller_server::{GrpcController, GrpcControllerServer};
use crate::terraform::wire::go_plugin::grpc_stdio_server::{GrpcStdio, GrpcStdioServer};
use crate::terraform::wire::go_plugin::{ConnInfo, Empty, StdioData};
use crate::terraform::wire::health::health_check_response::ServingStatus;
use crate::terraform::wire::health::health_server::{Health, HealthServer};
use crate::terraform::wire::health::{HealthCheckRequest, HealthCheckResponse};

/// The service name in the host's health checks.
const PLUGIN: &str = "plugin";

/// A stream of responses that may stay open for as long as the plugin runs.
type ResponseStream<R> = Pin<Box<dyn Stream<Item = Result<R, Status>> + Send>>;

pub(super) fn controller(
    end: &CancellationToken,
    asked: &Arc<OnceLock<Instant>>,
) -> GrpcControllerServer<Controller> {
    GrpcControllerServer::new(Controller { end: end.clone(), asked: Arc::clone(asked) })
}

pub(super) fn stdio(end: &CancellationToken) -> GrpcStdioServer<Stdio> {
    GrpcStdioServer::new(Stdio { end: end.clone() })
}

pub(super) fn broker(end: &CancellationToken) -> GrpcBrokerServer<Broker> {
    GrpcBrokerServer::new(Broker { end: end.clone() })
}

pub(super) fn health(end: &CancellationToken) -> HealthServer<HealthService> {
    HealthServer::new(HealthService { end: end.clone() })
}

/// Ends the plugin when the host is done with it.
pub(super) struct Controller {
    end: CancellationToken,
    /// When the host asked for the end, if it did.
    asked: Arc<OnceLock<Instant>>,
}

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        log::debug!("the host asked to shut down");
        // The server finishes the open calls, and therefore still sends this response.
        self.asked.get_or_init(Instant::now);
        self.end.cancel();
        Ok(Response::new(Empty {}))
    }
}

/// The stream of the plugin's output. It stays empty: after the handshake, the plugin writes nothing to
/// standard output.
pub(super) struct Stdio {
    end: CancellationToken,
}

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    type StreamStdioStream = ResponseStream<StdioData>;

    async fn stream_stdio(&self, _: Request<()>) -> Result<Response<Self::StreamStdioStream>, Status> {
        let silence = stream::pending().take_until(self.end.clone().cancelled_owned());
        Ok(Response::new(Box::pin(silence)))
    }
}

/// The offers of further connections. The plugin offers none and accepts none.
pub(super) struct Broker {
    end: CancellationToken,
}

#[tonic::async_trait]
impl GrpcBroker for Broker {
    type StartStreamStream = ResponseStream<ConnInfo>;

    async fn start_stream(
        &self,
        offers: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<Self::StartStreamStream>, Status> {
        let silence = offers
            .into_inner()
            .filter_map(|_| std::future::ready(None))
            .take_until(self.end.clone().cancelled_owned());
        Ok(Response::new(Box::pin(silence)))
    }
}

/// The health of the plugin: it is serving for as long as it can answer.
pub(super) struct HealthService {
    end: CancellationToken,
}

fn status_of(service: &str) -> ServingStatus {
    // The empty name means the server as a whole.
    if matches!(service, PLUGIN | "") { ServingStatus::Serving } else { ServingStatus::ServiceUnknown }
}

#[tonic::async_trait]
impl Health for HealthService {
    type WatchStream = ResponseStream<HealthCheckResponse>;

    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        match status_of(&request.get_ref().service) {
            ServingStatus::ServiceUnknown => Err(Status::not_found("there is no service of this name")),
            status => Ok(Response::new(HealthCheckResponse { status: status.into() })),
        }
    }

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let status = status_of(&request.get_ref().service).into();
        let now = stream::once(std::future::ready(Ok(HealthCheckResponse { status })));
        let then = stream::pending().take_until(self.end.clone().cancelled_owned());
        Ok(Response::new(Box::pin(now.chain(then))))
    }
}
