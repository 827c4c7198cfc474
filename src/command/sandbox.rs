//! `terraform-provider-stripe sandbox`: serves the sandbox over HTTP.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;

use tokio::net::TcpListener;

use crate::command::Error;
use crate::sandbox::{self, Sandbox, ServerOptions};

/// Serves until interrupted. The first line of output states the address, even for port 0.
pub(super) async fn serve(
    listen: SocketAddr,
    data: Option<&Path>,
    allow_remote: bool,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let stripe = match data {
        Some(file) => {
            Sandbox::open(file).map_err(|error| format!("cannot open {}: {error}", file.display()))?
        }
        None => Sandbox::memory()?,
    };
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        format!("cannot listen on {listen}: {error}\n`--listen 0` takes a port that is free")
    })?;
    writeln!(out, "sandbox listening on http://{}", listener.local_addr()?)?;
    out.flush()?;
    let interrupted = async {
        // If no handler can be installed, an interrupt ends the process, which is fine too.
        let _ = tokio::signal::ctrl_c().await;
    };
    let options = ServerOptions { remote: allow_remote, ..ServerOptions::default() };
    sandbox::serve_on(options, listener, stripe, interrupted).await?;
    Ok(())
}
