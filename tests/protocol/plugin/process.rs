//! The real binary as a child process.

use std::collections::HashMap;
use std::process::Stdio;

use serde_json::Value;
use stripe_provider::terraform::host::{COOKIE, ClientIdentity};
use stripe_provider::terraform::wire::go_plugin::Empty;
use stripe_provider::terraform::wire::go_plugin::grpc_controller_client::GrpcControllerClient;
use stripe_provider::terraform::wire::health::HealthCheckRequest;
use stripe_provider::terraform::wire::health::health_client::HealthClient;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tonic::transport::Channel;

use crate::support::host::{HandshakeLine, Host, soon};
use crate::support::running::{Running, command};
use crate::support::signals::signal;

const BINARY: &str = env!("CARGO_BIN_EXE_terraform-provider-stripe");

async fn is_healthy(channel: &Channel) -> bool {
    let question = HealthCheckRequest { service: "plugin".to_owned() };
    soon(HealthClient::new(channel.clone()).check(question)).await.is_ok()
}

#[tokio::test]
async fn a_person_who_starts_it_is_told_what_it_is() {
    let ended = soon(command(BINARY, HashMap::new()).output()).await.unwrap();
    assert_eq!(ended.status.code(), Some(1));
    assert_eq!(ended.stdout, b"");
    let hint = String::from_utf8(ended.stderr).unwrap();
    assert!(hint.contains("plugin") && hint.contains("terraform init"), "{hint}");
    assert!(hint.contains("demo") && hint.contains("install") && hint.lines().count() == 3, "{hint}");
}

#[tokio::test]
async fn a_host_of_another_version_is_told_which_is_served() {
    let mut variables = Host::new().unwrap().variables();
    variables.insert("PLUGIN_PROTOCOL_VERSIONS", "6".to_owned());
    let ended = soon(command(BINARY, variables).output()).await.unwrap();
    assert_eq!((ended.status.code(), ended.stdout.as_slice()), (Some(1), &b""[..]));
    assert!(String::from_utf8(ended.stderr).unwrap().contains("only version 5"));
}

#[tokio::test]
async fn it_outlives_an_interrupt_and_ends_when_the_host_says_so() {
    let host = Host::new().unwrap();
    let mut plugin = Running::start(&host, command(BINARY, HashMap::new())).await;
    assert!(plugin.line.certificate.is_some());
    let channel = soon(plugin.line.channel(host.client().unwrap())).await.unwrap();
    signal("INT", &[plugin.id().into()]);
    assert!(is_healthy(&channel).await);
    soon(GrpcControllerClient::new(channel).shutdown(Empty {})).await.unwrap();
    assert!(plugin.ended().await.success());
}

#[tokio::test]
async fn it_ends_when_it_is_terminated() {
    let host = Host::new().unwrap();
    let mut plugin = Running::start(&host, command(BINARY, HashMap::new())).await;
    signal("TERM", &[plugin.id().into()]);
    assert!(plugin.ended().await.success());
}

#[tokio::test]
async fn it_ends_when_its_host_is_gone() {
    let host = Host::new().unwrap();
    // A shell in the place of the host, gone as soon as its input ends.
    let mut command = command("sh", HashMap::new());
    command.args(["-c", r#""$0" & read _"#, BINARY]).stdin(Stdio::piped());
    let mut plugin = Running::start(&host, command).await;
    let channel = soon(plugin.line.channel(host.client().unwrap())).await.unwrap();
    assert!(is_healthy(&channel).await);
    drop(plugin.stdin.take());
    plugin.ended().await;
    assert!(!is_healthy(&channel).await);
}

#[tokio::test]
async fn in_debug_mode_it_says_how_to_reach_it_and_ends_with_an_interrupt() {
    let folder = TempDir::new().unwrap();
    let mut command = command(BINARY, HashMap::new());
    let mut child = command.arg("--debug").env("PLUGIN_UNIX_SOCKET_DIR", folder.path()).spawn().unwrap();
    let id = child.id().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let setting = loop {
        let line = soon(lines.next_line()).await.unwrap().expect("a line with the setting");
        if let Some(setting) = line.trim().strip_prefix("TF_REATTACH_PROVIDERS=") {
            break setting.trim_matches('\'').to_owned();
        }
    };
    let setting: Value = serde_json::from_str(&setting).unwrap();
    for host in ["registry.terraform.io", "registry.opentofu.org"] {
        let plugin = &setting[format!("{host}/connectors/stripe")];
        assert_eq!(plugin["ProtocolVersion"], 5);
        assert_eq!(plugin["Pid"], id);
        let address = plugin["Addr"]["String"].as_str().unwrap();
        let line = HandshakeLine::parse(&format!("1|5|unix|{address}|grpc|")).unwrap();
        assert!(is_healthy(&soon(line.channel(ClientIdentity(None))).await.unwrap()).await);
    }
    signal("INT", &[id.into()]);
    assert!(soon(child.wait()).await.unwrap().success());
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[tokio::test]
async fn a_cookie_of_another_program_does_not_start_it() {
    let mut variables = Host::new().unwrap().variables();
    variables.insert(COOKIE.0, "another".to_owned());
    let ended = soon(command(BINARY, variables).output()).await.unwrap();
    assert_eq!((ended.status.code(), ended.stdout.as_slice()), (Some(1), &b""[..]));
}
