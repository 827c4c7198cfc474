//! The host's connections, each over TLS if the host sent a certificate.

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
/// How long a client may take to authenticate.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// The pause after the operating system failed to accept a connection, most likely because file handles ran
/// out.
const REFUSED_PAUSE: Duration = Duration::from_millis(50);

/// The connections of authenticated clients, or of any client if `identity` is `None`.
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

/// The socket, and the clients that are authenticating.
struct Acceptor {
    socket: Socket,
    tls: Option<TlsAcceptor>,
    handshakes: JoinSet<io::Result<Connection>>,
    /// The handshakes in the order in which they began.
    waiting: VecDeque<AbortHandle>,
}

impl Acceptor {
    /// Returns the next connection of an authenticated client.
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

    /// Begins a handshake. Silent clients cannot keep others out: at the limit, the oldest handshake is
    /// aborted.
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

/// A connection in the form that the gRPC server expects.
pub(super) type Connection = Batched<Pin<Box<dyn ByteStream>>>;

impl<S> Connected for Batched<S> {
    type ConnectInfo = ();

    fn connect_info(&self) -> Self::ConnectInfo {}
}
