//! `terraform-provider-stripe sandbox`: the embedded Stripe as a server.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;

use tokio::net::TcpListener;

use crate::command::Error;
use crate::sandbox::{self, Sandbox};

/// Serves until interrupted. The first line says where, for whoever asked for port 0.
pub(super) async fn serve(listen: SocketAddr, data: Option<&Path>, out: &mut dyn Write) -> Result<(), Error> {
    let stripe = match data {
        Some(file) => {
            Sandbox::open(file).map_err(|error| format!("cannot open {}: {error}", file.display()))?
        }
        None => Sandbox::memory()?,
    };
    let listener =
        TcpListener::bind(listen).await.map_err(|error| format!("cannot listen on {listen}: {error}"))?;
    writeln!(out, "sandbox listening on http://{}", listener.local_addr()?)?;
    out.flush()?;
    let interrupted = async {
        // Without a handler the default action ends the process, which is as good.
        let _ = tokio::signal::ctrl_c().await;
    };
    sandbox::serve(listener, stripe, interrupted).await?;
    Ok(())
}
