//! Serves a sandbox over HTTP.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};

use crate::sandbox::auth_context::ReachedAs;
use crate::sandbox::fault::{BodyFault, Dropped, answer};
use crate::sandbox::instance::Sandbox;

mod gate;

/// The maximum size of a body; no request to Stripe's API comes close.
const LARGEST: usize = 16 << 20;
/// How long the first half of a cut body may take to be sent.
const FLUSHED: Duration = Duration::from_millis(20);
/// How long open requests may take after a shutdown.
const GRACE: Duration = Duration::from_secs(2);
/// How long to pause when the machine cannot open more connections.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// Who may reach a served sandbox, and the time limits.
#[derive(Debug, Clone, Copy)]
pub struct ServerOptions {
    /// Whether other machines may reach it. If not, a `Host` with another name is refused: that is how a web
    /// page could reach a port on its reader's machine.
    pub remote: bool,
    /// How long the head of the next request may take.
    pub head: Duration,
    /// How long the body of a request may take.
    pub body: Duration,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self { remote: false, head: Duration::from_mins(5), body: Duration::from_mins(1) }
    }
}

/// Serves a sandbox to this machine until `shutdown` completes.
pub async fn serve(
    listener: TcpListener,
    sandbox: Sandbox,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    serve_on(ServerOptions::default(), listener, sandbox, shutdown).await
}

/// Serves a sandbox with these options until `shutdown` completes.
pub async fn serve_on(
    options: ServerOptions,
    listener: TcpListener,
    sandbox: Sandbox,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let graceful = GracefulShutdown::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener) => accepted,
            () = &mut shutdown => break,
        };
        // A client that is already gone is no reason to stop.
        let Some(stream) = accepted else { continue };
        // Sends small answers at once.
        let _ = stream.set_nodelay(true);
        let sandbox = sandbox.clone();
        let service = service_fn(move |request| handle(options, sandbox.clone(), request));
        let mut builder = http1::Builder::new();
        // A client may close its sending side early; its request is still answered.
        builder.timer(TokioTimer::new()).header_read_timeout(options.head).half_close(true);
        let watched = graceful.watch(builder.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // A scripted fault may ask for a cut connection, so errors are ignored.
            let _ = watched.await;
        });
    }
    // Connections that are still open after that are closed.
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    Ok(())
}

/// Returns the next connection. If no more can be opened, this pauses: the waiting one stays in the queue,
/// and the error would recur at once.
async fn accept(listener: &TcpListener) -> Option<TcpStream> {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    match listener.accept().await {
        Ok((stream, _)) => Some(stream),
        Err(error) => {
            if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
                tokio::time::sleep(EXHAUSTED).await;
            }
            None
        }
    }
}

async fn handle(
    options: ServerOptions,
    sandbox: Sandbox,
    request: http::Request<Incoming>,
) -> Result<http::Response<UnsyncBoxBody<Bytes, Dropped>>, Dropped> {
    let (mut parts, body) = request.into_parts();
    let host = parts.headers.get(http::header::HOST).and_then(|host| host.to_str().ok());
    if let Some(host) = host.map(str::to_owned) {
        parts.extensions.insert(ReachedAs(host));
    }
    if let Some(why) = gate::refusal(&parts, options.remote) {
        return Ok(answer(403, &[], why).map(|bytes| sent(bytes, None)));
    }
    let response = match tokio::time::timeout(options.body, Limited::new(body, LARGEST).collect()).await {
        Ok(Ok(body)) => sandbox.handle(http::Request::from_parts(parts, body.to_bytes())).await?,
        Ok(Err(_)) => answer(413, &[], String::new()),
        Err(_) => answer(408, &[("connection".to_owned(), "close".to_owned())], String::new()),
    };
    let leaves = response.extensions().get().copied();
    Ok(response.map(|bytes| sent(bytes, leaves)))
}

/// Builds a body that is sent as the fault says.
fn sent(mut bytes: Bytes, leaves: Option<BodyFault>) -> UnsyncBoxBody<Bytes, Dropped> {
    let first = if leaves.is_some() { bytes.split_to(bytes.len() / 2) } else { Bytes::new() };
    let (rest, pause) = match leaves {
        None => return Full::new(bytes).map_err(|never| match never {}).boxed_unsync(),
        Some(BodyFault::Half) => (Err(Dropped), FLUSHED),
        Some(BodyFault::Slowly(pause)) => (Ok(bytes), pause),
    };
    let parts = [(Ok(first), Duration::ZERO), (rest, pause)];
    let parts = stream::iter(parts).then(|(part, pause)| async move {
        tokio::time::sleep(pause).await;
        part.map(Frame::data)
    });
    StreamBody::new(parts).boxed_unsync()
}
