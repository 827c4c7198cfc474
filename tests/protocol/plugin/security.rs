//! Who may connect, and how.

use std::collections::HashMap;

use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};
use stripe_provider::terraform::host::{ClientIdentity, channel_over};
use stripe_provider::terraform::plugin::Error;
use stripe_provider::terraform::wire::tfplugin5::get_provider_schema;
use stripe_provider::terraform::wire::tfplugin5::provider_client::ProviderClient;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::host::{HandshakeLine, Host, soon};
use crate::support::served::{bind, serve};

/// Whether a client gets as far as the first byte of HTTP/2 from the server.
async fn is_admitted(
    line: &HandshakeLine,
    client: ClientIdentity,
    version: &'static SupportedProtocolVersion,
) -> bool {
    match soon(line.secure(client, version)).await {
        Ok(mut stream) => soon(stream.read_u8()).await.is_ok(),
        Err(_) => false,
    }
}

#[tokio::test]
async fn the_host_is_served_over_http2() {
    let host = Host::new().unwrap();
    let plugin = serve(&host.variables());
    for version in [&TLS12, &TLS13] {
        let stream = soon(plugin.line.secure(host.client().unwrap(), version)).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        assert_eq!(stream.get_ref().1.protocol_version(), Some(version.version));
        let channel = soon(channel_over(stream)).await.unwrap();
        let mut provider = ProviderClient::new(channel);
        let schema = soon(provider.get_schema(get_provider_schema::Request {}));
        assert!(schema.await.unwrap().into_inner().provider.is_some());
    }
}

#[tokio::test]
async fn who_shows_the_hosts_certificate_and_has_its_key_is_admitted() {
    let host = Host::new().unwrap();
    let plugin = serve(&host.variables());
    for version in [&TLS12, &TLS13] {
        assert!(is_admitted(&plugin.line, host.client().unwrap(), version).await);
    }
}

#[tokio::test]
async fn who_shows_no_certificate_is_refused() {
    let host = Host::new().unwrap();
    let plugin = serve(&host.variables());
    for version in [&TLS12, &TLS13] {
        assert!(!is_admitted(&plugin.line, ClientIdentity(None), version).await);
    }
}

#[tokio::test]
async fn who_shows_another_certificate_is_refused() {
    let host = Host::new().unwrap();
    let plugin = serve(&host.variables());
    for version in [&TLS12, &TLS13] {
        assert!(!is_admitted(&plugin.line, Host::new().unwrap().client().unwrap(), version).await);
    }
}

#[tokio::test]
async fn who_shows_the_hosts_certificate_without_its_key_is_refused() {
    let host = Host::new().unwrap();
    let plugin = serve(&host.variables());
    for version in [&TLS12, &TLS13] {
        assert!(!is_admitted(&plugin.line, host.signed_by(&Host::new().unwrap()).unwrap(), version).await);
    }
}

#[tokio::test]
async fn the_host_is_served_after_strangers_were_refused() {
    let host = Host::new().unwrap();
    let plugin = serve(&host.variables());
    // One that says nothing, and one that speaks HTTP/2 without TLS.
    let silent = plugin.line.connect().await.unwrap();
    let open = soon(channel_over(plugin.line.connect().await.unwrap())).await;
    if let Ok(channel) = open {
        let refused = ProviderClient::new(channel).get_schema(get_provider_schema::Request {}).await;
        assert!(refused.is_err());
    }
    assert!(is_admitted(&plugin.line, host.client().unwrap(), &TLS13).await);
    drop(silent);
}

#[tokio::test]
async fn strangers_that_say_nothing_do_not_keep_the_host_out() {
    let host = Host::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let no_folder = folder.path().join("missing").display().to_string();
    let ports = [("PLUGIN_MIN_PORT", "0"), ("PLUGIN_MAX_PORT", "0")];
    let tcp = ports.map(|(name, port)| (name, port.to_owned()));
    for (more, network) in
        [(vec![], "unix"), ([&tcp[..], &[("PLUGIN_UNIX_SOCKET_DIR", no_folder)]].concat(), "tcp")]
    {
        let mut variables = host.variables();
        variables.extend(more);
        let plugin = serve(&variables);
        assert_eq!(plugin.line.network, network);
        let mut strangers = Vec::new();
        for number in 0..200 {
            let mut stranger = soon(plugin.line.connect()).await.unwrap();
            if number % 2 == 0 {
                // The beginning of a greeting that never ends.
                soon(stranger.write_all(&[0x16, 0x03, 0x01, 0x02])).await.unwrap();
            }
            strangers.push(stranger);
        }
        assert!(is_admitted(&plugin.line, host.client().unwrap(), &TLS13).await, "{network}");
        drop(strangers);
    }
}

#[tokio::test]
async fn a_host_without_a_certificate_is_served_in_the_open() {
    let mut variables = Host::new().unwrap().variables();
    variables.remove("PLUGIN_CLIENT_CERT");
    let plugin = serve(&variables);
    assert_eq!(plugin.line.certificate, None);
    let channel = soon(plugin.line.channel(ClientIdentity(None))).await.unwrap();
    let mut provider = ProviderClient::new(channel);
    let schema = soon(provider.get_schema(get_provider_schema::Request {}));
    assert!(schema.await.is_ok());
}

#[tokio::test]
async fn a_certificate_that_is_none_is_an_error() {
    let broken = HashMap::from([("PLUGIN_CLIENT_CERT", "hello".to_owned())]);
    assert!(matches!(bind(&broken), Err(Error::ClientCertificate(_))));
}
