//! The child process that Terraform's plugin library expects: how the provider is found and reached.
//!
//! Terraform starts the binary with a cookie in its environment, reads one line from its
//! standard output, and dials the address in it: gRPC over a unix socket, both sides
//! presenting a certificate made for this one run. This module does all of that and serves
//! any tfplugin5 provider, and does not know what it provides.
//!
//! [`serve`] is a whole life as Terraform's child, [`serve_reattached`] one that Terraform
//! joins. Both are a [`Plugin`], which listens, and a [`CancellationToken`], which ends it.

use std::io::{self, Write};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use tonic::transport::Server;

use crate::terraform::Provider;
use crate::terraform::protocol::Server as ProviderServer;

mod connection;
mod environment;
mod lifetime;
mod logger;
mod reattach;
mod router;
mod services;
mod socket;
mod tls;

pub use environment::{COOKIE, Environment, ProviderName};

use lifetime::Interrupt;
use router::Router;
use socket::Socket;

/// The version of the handshake line itself.
const CORE_PROTOCOL: u32 = 1;
/// The version of the plugin protocol that is spoken.
const PROTOCOL: u32 = 5;
/// How long open calls may take once the end has come; the host kills after two seconds.
const GRACE: Duration = Duration::from_secs(1);
/// Flow control windows: a state of many megabytes should not wait for updates.
const STREAM_WINDOW: u32 = 4 << 20;
const CONNECTION_WINDOW: u32 = 16 << 20;

/// Why a plugin could not be served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody who knows the cookie started the process.
    #[error(
        "this program is a plugin: terraform or tofu starts it, it does nothing by itself\n\n\
         name it in required_providers and run `terraform init`"
    )]
    NotStartedByHost,
    /// The host speaks no version of the protocol that is served.
    #[error("the host offers plugin protocol versions {offered}, but only version {PROTOCOL} is served")]
    Version {
        /// What the host offers, as it wrote it.
        offered: String,
    },
    /// The host's certificate is not one.
    #[error("PLUGIN_CLIENT_CERT is not a certificate in PEM")]
    ClientCertificate(#[source] rustls::pki_types::pem::Error),
    /// The certificate of this run could not be made.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// TLS could not be set up.
    #[error("cannot set up tls: {0}")]
    Tls(#[from] rustls::Error),
    /// `PLUGIN_MIN_PORT` and `PLUGIN_MAX_PORT` make no range.
    #[error("PLUGIN_MIN_PORT and PLUGIN_MAX_PORT make no range of ports: {ports}")]
    Ports {
        /// What was written, as `MIN-MAX`.
        ports: String,
    },
    /// The group the socket shall belong to is not known here.
    #[error("there is no group {group} for the socket (PLUGIN_UNIX_SOCKET_GROUP)")]
    Group {
        /// The name or number of the group.
        group: String,
    },
    /// There is no place to listen.
    #[error("cannot listen at {place}: {source}")]
    Listen {
        /// The folder or the addresses that were tried.
        place: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// The operating system refused something else.
    #[error("cannot serve the plugin: {0}")]
    Io(#[from] io::Error),
    /// The gRPC server ended with an error.
    #[error("cannot serve the plugin: {0}")]
    Transport(#[from] tonic::transport::Error),
}

/// How the service of a plugin ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shutdown {
    /// The host, or the person who started the process, asked for the end at this instant. A host that is
    /// interrupted twice asks too, while calls are open; else it asks when it is done with the provider.
    Requested(Instant),
    /// The host is gone or was interrupted twice, or a signal ended the process.
    Abandoned,
}

/// A plugin that listens and is not served yet.
#[derive(Debug)]
pub struct Plugin {
    socket: Socket,
    tls: Option<tls::ServerIdentity>,
    multiplexing: bool,
}

impl Plugin {
    /// Agrees with the host on version and security, and listens.
    pub fn bind(environment: &Environment) -> Result<Self, Error> {
        environment.agree_on_version()?;
        let tls = environment.client_certificate().map(tls::ServerIdentity::for_client).transpose()?;
        let socket = Socket::bind(environment)?;
        Ok(Self { socket, tls, multiplexing: environment.offers_multiplexing() })
    }

    /// The line that tells the host where the plugin is, without its line end.
    pub fn handshake(&self) -> String {
        let certificate = self.tls.as_ref().map(tls::ServerIdentity::certificate).unwrap_or_default();
        let (network, address) = (self.socket.network(), self.socket.address());
        let line = format!("{CORE_PROTOCOL}|{PROTOCOL}|{network}|{address}|grpc|{certificate}");
        // Hosts that do not ask for it split the line into exactly six fields.
        if self.multiplexing { line + "|false" } else { line }
    }

    /// Serves until `end` is cancelled, by the caller or by the host's request to shut down.
    pub async fn serve<P: Provider>(
        self,
        provider: ProviderServer<P>,
        end: CancellationToken,
    ) -> Result<Shutdown, Error> {
        let asked = Arc::<OnceLock<Instant>>::default();
        let router = Router::new(provider, &end, &asked);
        let incoming = connection::incoming(self.socket, self.tls);
        // No keep-alive: a run stopped with Ctrl-Z answers no ping and must survive `fg`.
        // No timeout: a call takes as long as the remote side does.
        let serving = Server::builder()
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .serve_with_incoming_shutdown(router, incoming, end.clone().cancelled_owned());
        let overdue = async {
            end.cancelled().await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            served = serving => served?,
            () = overdue => log::warn!("ended with calls still open"),
        }
        Ok(asked.get().map_or(Shutdown::Abandoned, |asked| Shutdown::Requested(*asked)))
    }
}

/// Serves the host that started this process, until it says so, ends, or a signal comes.
///
/// Writes one line to `out`, which is standard output, and nothing after it.
pub async fn serve<P: Provider>(
    environment: Environment,
    provider: ProviderServer<P>,
    out: &mut dyn Write,
) -> Result<Shutdown, Error> {
    environment.check_cookie()?;
    logger::install(environment.log_level(), environment.crate_name());
    let plugin = Plugin::bind(&environment)?;
    let end = CancellationToken::new();
    // Before the handshake: from then on the host may be interrupted, and we with it.
    let interrupts = lifetime::watch(Interrupt::Ignored, &end)?;
    writeln!(out, "{}", plugin.handshake())?;
    out.flush()?;
    let ended = plugin.serve(provider, end).await?;
    Ok(if interrupts.are_impatient().await { Shutdown::Abandoned } else { ended })
}

/// Serves hosts that a person tells where the plugin is, until interrupted.
///
/// `sources` are the provider source addresses it is known under, such as
/// `registry.terraform.io/acme/toy`; what to set in the shell of Terraform is written to `out`.
pub async fn serve_reattached<P: Provider>(
    environment: Environment,
    provider: ProviderServer<P>,
    sources: &[String],
    out: &mut dyn Write,
) -> Result<Shutdown, Error> {
    logger::install(environment.log_level(), environment.crate_name());
    let plugin = Plugin::bind(&environment.without_host())?;
    let end = CancellationToken::new();
    lifetime::watch(Interrupt::Ends, &end)?;
    reattach::announce(&plugin.socket, sources, out)?;
    let interrupted = end.clone();
    let asked = async {
        interrupted.cancelled().await;
        Instant::now()
    };
    let (served, asked) = tokio::join!(plugin.serve(provider, end), asked);
    served.map(|_| Shutdown::Requested(asked))
}
