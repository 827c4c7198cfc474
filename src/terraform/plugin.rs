//! The child process that Terraform's plugin library expects: how the host finds and reaches the provider.
//!
//! Terraform starts the binary with a cookie in its environment, reads one line from its standard output, and
//! dials the address in that line: gRPC over a unix socket, where both sides present a certificate made for
//! this one run. This module does all of that for any tfplugin5 provider, without knowing what the provider
//! offers.
//!
//! [`serve`] runs from start to end as Terraform's child; [`serve_reattached`] serves a process that
//! Terraform joins later. Both use a [`Plugin`], which listens, and a [`CancellationToken`], which ends it.

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
/// The version of the plugin protocol that is served.
const PROTOCOL: u32 = 5;
/// How long open calls may still take after the end was requested; the host kills the process after two
/// seconds.
const GRACE: Duration = Duration::from_secs(1);
/// Flow control windows, sized so that a state of many megabytes need not wait for window updates.
const STREAM_WINDOW: u32 = 4 << 20;
const CONNECTION_WINDOW: u32 = 16 << 20;

/// Why a plugin could not be served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The process was not started by a host that knows the cookie.
    #[error(
        "this program is a plugin: terraform or tofu starts it, it does nothing by itself\n\n\
         name it in required_providers and run `terraform init`"
    )]
    NotStartedByHost,
    /// The host does not speak the protocol version that is served.
    #[error("the host offers plugin protocol versions {offered}, but only version {PROTOCOL} is served")]
    Version {
        /// The versions that the host offers, as it wrote them.
        offered: String,
    },
    /// The host's certificate cannot be parsed.
    #[error("PLUGIN_CLIENT_CERT is not a certificate in PEM")]
    ClientCertificate(#[source] rustls::pki_types::pem::Error),
    /// The certificate of this run could not be created.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// TLS could not be set up.
    #[error("cannot set up tls: {0}")]
    Tls(#[from] rustls::Error),
    /// `PLUGIN_MIN_PORT` and `PLUGIN_MAX_PORT` do not form a range.
    #[error("PLUGIN_MIN_PORT and PLUGIN_MAX_PORT make no range of ports: {ports}")]
    Ports {
        /// The two values, as `MIN-MAX`.
        ports: String,
    },
    /// The group that should own the socket does not exist on this machine.
    #[error("there is no group {group} for the socket (PLUGIN_UNIX_SOCKET_GROUP)")]
    Group {
        /// The name or number of the group.
        group: String,
    },
    /// The plugin cannot listen anywhere.
    #[error("cannot listen at {place}: {source}")]
    Listen {
        /// The folder or the addresses that were tried.
        place: String,
        /// The error of the operating system.
        source: io::Error,
    },
    /// Another operation failed in the operating system.
    #[error("cannot serve the plugin: {0}")]
    Io(#[from] io::Error),
    /// The gRPC server ended with an error.
    #[error("cannot serve the plugin: {0}")]
    Transport(#[from] tonic::transport::Error),
}

/// How serving a plugin ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shutdown {
    /// The host, or the person who started the process, requested the end at this instant. A host requests it
    /// when it is done with the provider, or when it is interrupted twice, even while calls are open.
    Requested(Instant),
    /// The host is gone or was interrupted twice, or a signal ended the process.
    Abandoned,
}

/// A plugin that listens but is not served yet.
#[derive(Debug)]
pub struct Plugin {
    socket: Socket,
    tls: Option<tls::ServerIdentity>,
    multiplexing: bool,
}

impl Plugin {
    /// Agrees with the host on a version and on security, then listens.
    pub fn bind(environment: &Environment) -> Result<Self, Error> {
        environment.agree_on_version()?;
        let tls = environment.client_certificate().map(tls::ServerIdentity::for_client).transpose()?;
        let socket = Socket::bind(environment)?;
        Ok(Self { socket, tls, multiplexing: environment.offers_multiplexing() })
    }

    /// Returns the line that tells the host where the plugin listens, without its line ending.
    pub fn handshake(&self) -> String {
        let certificate = self.tls.as_ref().map(tls::ServerIdentity::certificate).unwrap_or_default();
        let (network, address) = (self.socket.network(), self.socket.address());
        let line = format!("{CORE_PROTOCOL}|{PROTOCOL}|{network}|{address}|grpc|{certificate}");
        // Hosts that do not ask for multiplexing split the line into exactly six fields.
        if self.multiplexing { line + "|false" } else { line }
    }

    /// Serves until `end` is cancelled, either by the caller or by the host's request to shut down.
    pub async fn serve<P: Provider>(
        self,
        provider: ProviderServer<P>,
        end: CancellationToken,
    ) -> Result<Shutdown, Error> {
        let asked = Arc::<OnceLock<Instant>>::default();
        let router = Router::new(provider, &end, &asked);
        let incoming = connection::incoming(self.socket, self.tls);
        // No keep-alive: a run that is stopped with Ctrl-Z answers no pings, but must survive `fg`. No
        // timeout: a call takes as long as the remote side does.
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

/// Serves the host that started this process until the host asks for the end or is gone, or a signal arrives.
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
    // Installed before the handshake, because from then on an interrupt may reach the host and this process.
    let interrupts = lifetime::watch(Interrupt::Ignored, &end)?;
    writeln!(out, "{}", plugin.handshake())?;
    out.flush()?;
    let ended = plugin.serve(provider, end).await?;
    Ok(if interrupts.are_impatient().await { Shutdown::Abandoned } else { ended })
}

/// Serves hosts that a person points at this plugin, until it is interrupted.
///
/// `sources` are the provider source addresses under which it is known, such as
/// `registry.terraform.io/acme/toy`. Writes to `out` what to set in Terraform's shell.
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
