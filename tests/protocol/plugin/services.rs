//! The services beside the provider, and the end.

use futures_util::{FutureExt as _, StreamExt as _, stream};
use stripe_provider::terraform::value::Value;
use stripe_provider::terraform::wire::go_plugin::grpc_broker_client::GrpcBrokerClient;
use stripe_provider::terraform::wire::go_plugin::grpc_controller_client::GrpcControllerClient;
use stripe_provider::terraform::wire::go_plugin::grpc_stdio_client::GrpcStdioClient;
use stripe_provider::terraform::wire::go_plugin::{ConnInfo, Empty};
use stripe_provider::terraform::wire::health::health_check_response::ServingStatus;
use stripe_provider::terraform::wire::health::health_client::HealthClient;
use stripe_provider::terraform::wire::health::{HealthCheckRequest, HealthCheckResponse};
use tonic::client::Grpc;
use tonic::transport::Channel;
use tonic::{Code, Request};
use tonic_prost::ProstCodec;

use crate::support::calls::Calls;
use crate::support::host::{Host, soon};
use crate::support::served::{Served, serve};
use crate::support::terraform::{Object, Terraform, client};
use crate::support::toy::boxes;

async fn served() -> (Served, Channel) {
    let host = Host::new().unwrap();
    let plugin = serve(&host.variables());
    let channel = soon(plugin.line.channel(host.client().unwrap())).await.unwrap();
    (plugin, channel)
}

/// Core, on the other end of a channel.
async fn over(channel: &Channel) -> Terraform {
    let client = client(channel.clone(), Calls::default());
    soon(Terraform::over(client)).await.unwrap_or_else(|fault| panic!("{fault}"))
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
async fn what_is_not_served_is_told_as_unimplemented() {
    let (_plugin, channel) = served().await;
    for path in ["/other.Service/Call", "/tfplugin5.Provider/Other", "/tfplugin5.Provider", "/other", "/"] {
        let mut client = Grpc::new(channel.clone());
        client.ready().await.unwrap();
        let codec = ProstCodec::<Empty, Empty>::default();
        let answer = soon(client.unary(Request::new(Empty {}), path.parse().unwrap(), codec)).await;
        assert_eq!(answer.unwrap_err().code(), Code::Unimplemented, "{path}");
    }
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
    let mut terraform = over(&channel).await;
    let plan = terraform.plan("toy_box", &Object::default(), &boxes::plain("slow")).await;
    let plan = plan.unwrap_or_else(|fault| panic!("{fault}"));
    // A slow box waits until it is stopped, and nobody stops it.
    let mut other = terraform.clone();
    let apply = tokio::spawn(async move { other.apply("toy_box", &plan).await.is_ok() });
    soon(begun(&mut terraform)).await;
    shut_down(&channel).await;
    soon(plugin.task).await.unwrap().unwrap();
    assert!(!apply.is_finished());
    apply.abort();
}

/// Waits until there is a box of wood.
async fn begun(terraform: &mut Terraform) {
    let config = Value::map([("kind", Value::from("wood"))]);
    while terraform
        .data("toy_boxes", &config)
        .await
        .is_ok_and(|counted| counted.get("count_of") == &Value::from(0))
    {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_message_of_many_megabytes_goes_both_ways() {
    let (_plugin, channel) = served().await;
    let mut config = boxes::plain("toys");
    config.set("note", "x".repeat(24 << 20).into());
    let mut terraform = over(&channel).await;
    let plan = soon(terraform.plan("toy_box", &Object::default(), &config)).await;
    let plan = plan.unwrap_or_else(|fault| panic!("{fault}"));
    assert!(plan.planned.state.get("note") == config.get("note"));
}
