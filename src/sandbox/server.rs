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

/// The largest body that is read; no request of Stripe's API is near it.
const LARGEST: usize = 16 << 20;
/// How long the first half of a cut body is given to leave.
const FLUSHED: Duration = Duration::from_millis(20);
/// How long open requests may take after a shutdown.
const GRACE: Duration = Duration::from_secs(2);
/// How long to pause where the machine cannot open more connections.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// Who may reach a served sandbox, and the time limits.
#[derive(Debug, Clone, Copy)]
pub struct ServerOptions {
    /// Whether other machines may reach it. Otherwise a `Host` with another name is refused: that is how a
    /// web page reaches a port of its reader's machine.
    pub remote: bool,
    /// How long the next head of a request may take.
    pub head: Duration,
    /// How long the body of a request may take.
    pub body: Duration,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self { remote: false, head: Duration::from_mins(5), body: Duration::from_mins(1) }
    }
}

/// Serves a sandbox to this machine until `shutdown` is done.
pub async fn serve(
    listener: TcpListener,
    sandbox: Sandbox,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    serve_on(ServerOptions::default(), listener, sandbox, shutdown).await
}

/// Serves a sandbox with these options until `shutdown` is done.
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
        // A client that is gone already is no reason to end.
        let Some(stream) = accepted else { continue };
        // Small answers leave at once.
        let _ = stream.set_nodelay(true);
        let sandbox = sandbox.clone();
        let service = service_fn(move |request| handle(options, sandbox.clone(), request));
        let mut builder = http1::Builder::new();
        // A client may close its sending side early; its request is still answered.
        builder.timer(TokioTimer::new()).header_read_timeout(options.head).half_close(true);
        let watched = graceful.watch(builder.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // A cut connection is what a scripted fault asks for.
            let _ = watched.await;
        });
    }
    // Connections that are still open by then are closed.
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    Ok(())
}

/// The next connection. If no more can be opened, it pauses: the waiting one stays in the queue, and the
/// error would come again at once.
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

/// A body, sent as the fault says.
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
