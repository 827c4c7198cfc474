//! The connections of the host, each over TLS when the host sent a certificate.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use futures_util::{Stream, stream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tonic::transport::server::Connected;

use crate::terraform::plugin::socket::{ByteStream, Socket};
use crate::terraform::plugin::tls::ServerIdentity;

mod batched;

use batched::Batched;

/// How many TLS handshakes may be under way at a time: the host makes one, strangers may make others.
const HANDSHAKES: usize = 128;
/// How long a client may take to prove who it is.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// The pause after the operating system refused a connection, most likely for want of files.
const REFUSED_PAUSE: Duration = Duration::from_millis(50);

/// The connections of clients that have proved who they are; of any client where `identity` is none.
pub(super) fn incoming(
    socket: Socket,
    identity: Option<ServerIdentity>,
) -> impl Stream<Item = io::Result<Connection>> {
    let tls = identity.map(|identity| identity.acceptor());
    let acceptor = Acceptor { socket, tls, handshakes: JoinSet::new(), waiting: VecDeque::new() };
    stream::unfold(acceptor, |mut acceptor| async {
        let connection = acceptor.next().await;
        Some((connection, acceptor))
    })
}

/// The socket, and the clients that are proving who they are.
struct Acceptor {
    socket: Socket,
    tls: Option<TlsAcceptor>,
    handshakes: JoinSet<io::Result<Connection>>,
    /// The handshakes in the order they began.
    waiting: VecDeque<AbortHandle>,
}

impl Acceptor {
    /// The next connection of a client that has proved who it is.
    async fn next(&mut self) -> io::Result<Connection> {
        loop {
            tokio::select! {
                accepted = self.socket.accept() => match accepted {
                    Ok(stream) => self.begin(stream),
                    Err(error) => {
                        log::warn!("refused a connection: {error}");
                        sleep(REFUSED_PAUSE).await;
                    }
                },
                Some(ended) = self.handshakes.join_next() => match ended {
                    Ok(Ok(connection)) => return Ok(connection),
                    Ok(Err(error)) => log::warn!("refused a connection: {error}"),
                    Err(_) => log::warn!("refused a connection that said nothing while others waited"),
                },
            }
        }
    }

    /// Begins a handshake. Those that are silent keep nobody out: the oldest makes room.
    fn begin(&mut self, stream: Box<dyn ByteStream>) {
        self.waiting.retain(|handshake| !handshake.is_finished());
        if self.waiting.len() >= HANDSHAKES
            && let Some(oldest) = self.waiting.pop_front()
        {
            oldest.abort();
        }
        self.waiting.push_back(self.handshakes.spawn(secure(stream, self.tls.clone())));
    }
}

async fn secure(stream: Box<dyn ByteStream>, tls: Option<TlsAcceptor>) -> io::Result<Connection> {
    let stream = Pin::from(stream);
    let Some(tls) = tls else { return Ok(Batched::new(stream)) };
    let secured = timeout(HANDSHAKE_TIMEOUT, tls.accept(stream)).await??;
    Ok(Batched::new(Box::pin(secured)))
}

/// A connection as the gRPC server takes it.
pub(super) type Connection = Batched<Pin<Box<dyn ByteStream>>>;

impl<S> Connected for Batched<S> {
    type ConnectInfo = ();

    fn connect_info(&self) -> Self::ConnectInfo {}
}
