//! Where the plugin listens and what it says about that.

use std::collections::HashMap;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use stripe_provider::terraform::host::ClientIdentity;
use stripe_provider::terraform::plugin::Error;
use stripe_provider::terraform::wire::health::HealthCheckRequest;
use stripe_provider::terraform::wire::health::health_client::HealthClient;
use tempfile::TempDir;

use crate::support::host::{HandshakeLine, soon};
use crate::support::served::{bind, serve};

const FOLDER: &str = "PLUGIN_UNIX_SOCKET_DIR";

fn path_of(folder: &TempDir) -> String {
    folder.path().to_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_socket_is_only_ours_and_goes_with_the_plugin() {
    let folder = TempDir::new().unwrap();
    let plugin = serve(&HashMap::from([(FOLDER, path_of(&folder))]));
    assert_eq!(plugin.line.network, "unix");
    let socket = Path::new(&plugin.line.address).to_owned();
    assert_eq!(socket.parent(), Some(folder.path()));
    assert!(socket.file_name().unwrap().to_str().unwrap().starts_with("plugin"));
    assert_eq!(socket.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    plugin.end.cancel();
    soon(plugin.task).await.unwrap().unwrap();
    assert!(!socket.exists());
}

#[tokio::test]
async fn the_socket_is_shared_with_the_group_the_host_names() {
    let folder = TempDir::new().unwrap();
    let group = folder.path().metadata().unwrap().gid();
    let variables =
        HashMap::from([(FOLDER, path_of(&folder)), ("PLUGIN_UNIX_SOCKET_GROUP", group.to_string())]);
    let plugin = serve(&variables);
    let socket = Path::new(&plugin.line.address).metadata().unwrap();
    assert_eq!((socket.gid(), socket.permissions().mode() & 0o777), (group, 0o660));
}

#[tokio::test]
async fn a_group_nobody_knows_is_an_error() {
    let variables = HashMap::from([("PLUGIN_UNIX_SOCKET_GROUP", "no such group".to_owned())]);
    assert!(matches!(bind(&variables), Err(Error::Group { .. })));
}

#[tokio::test]
async fn without_room_for_a_socket_it_listens_on_a_port_the_host_allows() {
    let folder = TempDir::new().unwrap();
    let missing = format!("{}/missing", path_of(&folder));
    let plugin = serve(&HashMap::from([
        (FOLDER, missing),
        ("PLUGIN_MIN_PORT", "0".to_owned()),
        ("PLUGIN_MAX_PORT", "0".to_owned()),
    ]));
    assert_eq!(plugin.line.network, "tcp");
    assert!(plugin.line.address.starts_with("127.0.0.1:"));
    let channel = soon(plugin.line.channel(ClientIdentity(None))).await.unwrap();
    let question = HealthCheckRequest { service: "plugin".to_owned() };
    assert!(soon(HealthClient::new(channel).check(question)).await.is_ok());
}

#[tokio::test]
async fn without_room_for_a_socket_and_without_ports_it_says_so() {
    let folder = TempDir::new().unwrap();
    let missing = format!("{}/missing", path_of(&folder));
    let refused = bind(&HashMap::from([(FOLDER, missing.clone())])).unwrap_err();
    assert!(refused.to_string().contains(&missing), "{refused}");
}

#[tokio::test]
async fn the_line_has_a_seventh_field_only_for_hosts_that_ask() {
    let line = |variables| HandshakeLine::parse(&bind(&variables).unwrap().handshake()).unwrap();
    assert_eq!(line(HashMap::new()).fields, 6);
    assert_eq!(line(HashMap::from([("PLUGIN_MULTIPLEX_GRPC", "true".to_owned())])).fields, 7);
}
