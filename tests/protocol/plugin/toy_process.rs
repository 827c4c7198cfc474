//! The toy provider as a process of its own: handshake, mTLS, every RPC, and the end.
//!
//! The process is this test executable, started once more and told by a variable to serve.

use std::collections::{BTreeSet, HashMap};
use std::fs::OpenOptions;

use futures_util::{StreamExt as _, stream};
use stripe_provider::terraform::value::Value;
use stripe_provider::terraform::wire::go_plugin::grpc_broker_client::GrpcBrokerClient;
use stripe_provider::terraform::wire::go_plugin::grpc_controller_client::GrpcControllerClient;
use stripe_provider::terraform::wire::go_plugin::grpc_stdio_client::GrpcStdioClient;
use stripe_provider::terraform::wire::go_plugin::{ConnInfo, Empty};
use stripe_provider::terraform::wire::health::HealthCheckRequest;
use stripe_provider::terraform::wire::health::health_client::HealthClient;
use stripe_provider::terraform::wire::tfplugin5::{get_metadata, stop};
use tokio::process::Command;
use tonic::transport::Channel;

use crate::support::calls::Calls;
use crate::support::host::{Host, soon};
use crate::support::lifecycle::{Steps, lifecycle};
use crate::support::running::{self, Running};
use crate::support::terraform::{Terraform, client};
use crate::support::toy::program;
use crate::support::unimplemented;

/// The standard output of the process: the test harness has one of its own.
const OUTPUT: &str = "/dev/fd/3";

/// The test below by its name, without that of the crate.
fn test() -> &'static str {
    let path = concat!(module_path!(), "::every_rpc_is_answered_by_a_process");
    path.split_once("::").unwrap().1
}

/// The toy's process. The shell keeps standard output for the plugin and gives the harness
/// another, because a host takes the first line it reads for the handshake.
fn toy() -> Command {
    let mut command = running::command("sh", HashMap::new());
    command
        .args(["-c", r#"exec "$0" --exact "$1" --nocapture 3>&1 >/dev/null"#])
        .arg(std::env::current_exe().unwrap())
        .arg(test())
        .env(program::SERVES, "yes");
    command
}

#[tokio::test]
async fn every_rpc_is_answered_by_a_process() {
    if program::serves() {
        return program::serve(&mut OpenOptions::new().write(true).open(OUTPUT).unwrap()).await;
    }
    let host = Host::new().unwrap();
    let mut process = Running::start(&host, toy()).await;
    assert!(process.line.certificate.is_some());
    let channel = soon(process.line.channel(host.client().unwrap())).await.unwrap();
    let calls = Calls::default();
    soon(provider(channel.clone(), calls.clone())).await;
    soon(plugin_services(channel, calls.clone())).await;
    assert!(process.ended().await.success());
    assert_eq!(calls.so_far(), rpcs_in_the_protocol());
}

/// A box from create to delete, a data source, and what is not served.
async fn provider(channel: Channel, calls: Calls) {
    let mut client = client(channel, calls);
    let metadata = client.get_metadata(get_metadata::Request {}).await.unwrap().into_inner();
    assert_eq!(metadata.resources[0].type_name, "toy_box");
    let mut terraform = Terraform::over(client.clone()).await.unwrap_or_else(|fault| panic!("{fault}"));
    let life = async {
        terraform.configure(&Value::map([("room", Value::from("hall"))])).await?;
        lifecycle(&mut terraform, "toy_box", &Steps::of_a_box()).await?;
        terraform.data("toy_boxes", &Value::map([("kind", Value::from("tin"))])).await
    };
    let counted = life.await.unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(counted.get("count_of"), &Value::from(0), "the box is gone");
    unimplemented::calls(&mut client).await;
    let stopped = client.stop(stop::Request {}).await.unwrap().into_inner();
    assert_eq!(stopped.error, "");
}

/// Health, output and offers of connections, and at last the request to shut down.
async fn plugin_services(channel: Channel, calls: Calls) {
    let mut health = HealthClient::with_interceptor(channel.clone(), calls.clone());
    let question = HealthCheckRequest { service: "plugin".to_owned() };
    health.check(question.clone()).await.unwrap();
    let mut watched = health.watch(question).await.unwrap().into_inner();
    assert!(watched.message().await.unwrap().is_some());
    let mut stdio = GrpcStdioClient::with_interceptor(channel.clone(), calls.clone());
    let mut output = stdio.stream_stdio(()).await.unwrap().into_inner();
    let offers = stream::once(async { ConnInfo::default() }).chain(stream::pending());
    let mut broker = GrpcBrokerClient::with_interceptor(channel.clone(), calls.clone());
    let mut taken = broker.start_stream(offers).await.unwrap().into_inner();
    GrpcControllerClient::with_interceptor(channel, calls).shutdown(Empty {}).await.unwrap();
    assert_eq!(watched.message().await.unwrap(), None);
    assert_eq!(output.message().await.unwrap(), None);
    assert_eq!(taken.message().await.unwrap(), None);
}

/// Every RPC in the protocol's files, as `package.Service/Method`. Provisioners have a
/// service of their own, which is no provider's.
fn rpcs_in_the_protocol() -> BTreeSet<String> {
    let files = [
        include_str!("../../../proto/tfplugin5.proto"),
        include_str!("../../../proto/plugin.proto"),
        include_str!("../../../proto/health.proto"),
    ];
    let all: BTreeSet<_> = files.into_iter().flat_map(rpcs).collect();
    assert!(all.len() > 30, "{all:?}");
    all.into_iter().filter(|rpc| !rpc.starts_with("tfplugin5.Provisioner/")).collect()
}

fn rpcs(file: &str) -> Vec<String> {
    let (mut package, mut service, mut found) = ("", "", Vec::new());
    for line in file.lines() {
        let words: Vec<&str> = line.split([' ', '(', ';']).filter(|word| !word.is_empty()).collect();
        match words.as_slice() {
            ["package", name, ..] => package = name,
            ["service", name, ..] => service = name,
            ["rpc", name, ..] => found.push(format!("{package}.{service}/{name}")),
            _ => {}
        }
    }
    found
}
