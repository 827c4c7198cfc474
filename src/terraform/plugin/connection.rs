//! One connection of the host, secured when it asked for that.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::{Stream as Sequence, StreamExt as _, stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tonic::transport::server::Connected;

use crate::terraform::plugin::socket::Socket;
use crate::terraform::plugin::tls::Identity;

/// Bytes in both directions.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send {}

impl<S: AsyncRead + AsyncWrite + Send> Stream for S {}

/// How many clients may be shaking hands at a time; there is one, and perhaps strangers.
const HANDSHAKES: usize = 16;
/// How long a client may take to prove who it is.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// The pause after the operating system refused a connection, most likely for want of files.
const REFUSED_PAUSE: Duration = Duration::from_millis(50);

/// The clients that came and proved who they are.
pub(super) fn incoming(
    socket: Socket,
    identity: Option<Identity>,
) -> impl Sequence<Item = io::Result<Connection>> {
    let acceptor = identity.map(|identity| identity.acceptor());
    stream::unfold(socket, |socket| async {
        let stream = socket.accept().await;
        if stream.is_err() {
            sleep(REFUSED_PAUSE).await;
        }
        Some((stream, socket))
    })
    .map(move |stream| secure(stream, acceptor.clone()))
    .buffer_unordered(HANDSHAKES)
    .inspect(|connection| {
        if let Err(error) = connection {
            log::warn!("refused a connection: {error}");
        }
    })
}

async fn secure(
    stream: io::Result<Box<dyn Stream>>,
    acceptor: Option<TlsAcceptor>,
) -> io::Result<Connection> {
    let stream = Pin::from(stream?);
    let Some(acceptor) = acceptor else { return Ok(Connection(stream)) };
    let secured = timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await??;
    Ok(Connection(Box::pin(secured)))
}

/// A connection as the gRPC server takes it.
pub(super) struct Connection(Pin<Box<dyn Stream>>);

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) -> Self::ConnectInfo {}
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.0.as_mut().poll_read(context, into)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.as_mut().poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.as_mut().poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.as_mut().poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.0.as_mut().poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }
}
