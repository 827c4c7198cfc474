//! The sandbox behind a port.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;

use super::Sandbox;
use super::fault::{Dropped, Leaves, answer};

/// No request of Stripe's API is near this size.
const LARGEST: usize = 16 << 20;
/// By then what was sent has left.
const FLUSHED: Duration = Duration::from_millis(20);
/// How long open requests may take once the end has come.
const GRACE: Duration = Duration::from_secs(2);

/// Serves a sandbox until `shutdown` is done.
pub async fn serve(
    listener: TcpListener,
    sandbox: Sandbox,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let graceful = GracefulShutdown::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        // A client that is gone already is no reason to end.
        let Ok((stream, _)) = accepted else { continue };
        // Small answers leave at once.
        let _ = stream.set_nodelay(true);
        let sandbox = sandbox.clone();
        let service = service_fn(move |request| handle(sandbox.clone(), request));
        let builder = Builder::new(TokioExecutor::new());
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            // A cut connection is what a scripted fault asks for.
            let _ = watched.await;
        });
    }
    // Whoever has not finished by then is cut off.
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    Ok(())
}

async fn handle(
    sandbox: Sandbox,
    request: http::Request<Incoming>,
) -> Result<http::Response<UnsyncBoxBody<Bytes, Dropped>>, Dropped> {
    let (parts, body) = request.into_parts();
    let response = match Limited::new(body, LARGEST).collect().await {
        Ok(body) => sandbox.handle(http::Request::from_parts(parts, body.to_bytes())).await?,
        Err(_) => answer(413, &[], String::new()),
    };
    let leaves = response.extensions().get().copied();
    Ok(response.map(|bytes| sent(bytes, leaves)))
}

/// A body as a fault wants it to leave.
fn sent(mut bytes: Bytes, leaves: Option<Leaves>) -> UnsyncBoxBody<Bytes, Dropped> {
    let first = if leaves.is_some() { bytes.split_to(bytes.len() / 2) } else { Bytes::new() };
    let (rest, pause) = match leaves {
        None => return Full::new(bytes).map_err(|never| match never {}).boxed_unsync(),
        Some(Leaves::Half) => (Err(Dropped), FLUSHED),
        Some(Leaves::Slowly(pause)) => (Ok(bytes), pause),
    };
    let parts = [(Ok(first), Duration::ZERO), (rest, pause)];
    let parts = stream::iter(parts).then(|(part, pause)| async move {
        tokio::time::sleep(pause).await;
        part.map(Frame::data)
    });
    StreamBody::new(parts).boxed_unsync()
}
