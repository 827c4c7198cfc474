//! The services beside the provider, and the end.

use futures_util::{FutureExt as _, StreamExt as _, stream};
use stripe_provider::terraform::wire::go_plugin::grpc_broker_client::GrpcBrokerClient;
use stripe_provider::terraform::wire::go_plugin::grpc_controller_client::GrpcControllerClient;
use stripe_provider::terraform::wire::go_plugin::grpc_stdio_client::GrpcStdioClient;
use stripe_provider::terraform::wire::go_plugin::{ConnInfo, Empty};
use stripe_provider::terraform::wire::health::health_check_response::ServingStatus;
use stripe_provider::terraform::wire::health::health_client::HealthClient;
use stripe_provider::terraform::wire::health::{HealthCheckRequest, HealthCheckResponse};
use stripe_provider::terraform::wire::tfplugin5::provider_client::ProviderClient;
use stripe_provider::terraform::wire::tfplugin5::{DynamicValue, list_resource, prepare_provider_config};
use tonic::Code;
use tonic::transport::Channel;

use crate::host::{Host, Served, serve, soon};
use crate::toy::MESSAGE_LIMIT;

async fn served() -> (Served, Channel) {
    let host = Host::new();
    let plugin = serve(&host.variables());
    let channel = soon(plugin.line.channel(host.client())).await;
    (plugin, channel)
}

fn question(service: &str) -> HealthCheckRequest {
    HealthCheckRequest { service: service.to_owned() }
}

async fn shut_down(channel: &Channel) {
    soon(GrpcControllerClient::new(channel.clone()).shutdown(Empty {})).await.expect("an answer");
}

#[tokio::test]
async fn the_plugin_is_healthy() {
    let (_plugin, channel) = served().await;
    let mut health = HealthClient::new(channel);
    for service in ["plugin", ""] {
        let answer = soon(health.check(question(service))).await.unwrap().into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving);
    }
    assert_eq!(soon(health.check(question("other"))).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn health_can_be_watched_until_the_end() {
    let (plugin, channel) = served().await;
    let mut health = HealthClient::new(channel.clone());
    let mut watched = soon(health.watch(question("plugin"))).await.unwrap().into_inner();
    let first: HealthCheckResponse = soon(watched.message()).await.unwrap().unwrap();
    assert_eq!(first.status(), ServingStatus::Serving);
    plugin.end.cancel();
    assert_eq!(soon(watched.message()).await.unwrap(), None);
}

#[tokio::test]
async fn the_streams_of_output_and_offers_stay_open_and_silent_until_the_end() {
    let (plugin, channel) = served().await;
    let mut output = soon(GrpcStdioClient::new(channel.clone()).stream_stdio(())).await.unwrap().into_inner();
    let offers = stream::once(async { ConnInfo::default() }).chain(stream::pending());
    let mut taken =
        soon(GrpcBrokerClient::new(channel.clone()).start_stream(offers)).await.unwrap().into_inner();
    // A whole call later there is still nothing on them.
    soon(HealthClient::new(channel.clone()).check(question("plugin"))).await.unwrap();
    assert!(output.message().now_or_never().is_none());
    assert!(taken.message().now_or_never().is_none());
    shut_down(&channel).await;
    assert_eq!(soon(output.message()).await.unwrap(), None);
    assert_eq!(soon(taken.message()).await.unwrap(), None);
    soon(plugin.task).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_request_to_shut_down_is_answered_and_then_obeyed() {
    let (plugin, channel) = served().await;
    shut_down(&channel).await;
    soon(plugin.task).await.unwrap().unwrap();
    let refused = soon(HealthClient::new(channel).check(question("plugin"))).await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn a_call_that_never_ends_does_not_outlive_the_grace() {
    let (plugin, channel) = served().await;
    let mut provider = ProviderClient::new(channel.clone());
    let listing = soon(provider.list_resource(list_resource::Request::default())).await.unwrap();
    let asked = std::time::Instant::now();
    shut_down(&channel).await;
    soon(plugin.task).await.unwrap().unwrap();
    assert!(asked.elapsed() < std::time::Duration::from_secs(2), "the host would kill it");
    drop(listing);
}

#[tokio::test]
async fn a_message_of_many_megabytes_goes_both_ways() {
    let (_plugin, channel) = served().await;
    let mut provider = ProviderClient::new(channel).max_decoding_message_size(MESSAGE_LIMIT);
    let config = Some(DynamicValue { msgpack: vec![7; 24 << 20], json: Vec::new() });
    let request = prepare_provider_config::Request { config: config.clone() };
    let answer = soon(provider.prepare_provider_config(request)).await.unwrap().into_inner();
    assert!(answer.prepared_config == config);
}
