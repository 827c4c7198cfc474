//! A TLS server in front of a sandbox that can break connections or present the wrong certificate.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

use super::authority::{Authority, LOCAL};

/// What a connection gets to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    /// A certificate of the trusted authority.
    Itself,
    /// A certificate of another authority.
    Stranger,
    /// Nothing: the connection is closed in the middle of the handshake.
    Nothing,
}

/// A TLS server in front of the sandbox.
pub struct Front {
    pub base: String,
    /// The trusted authority that signed the certificate, in PEM.
    pub authority: String,
    shared: Arc<Shared>,
    _runtime: Runtime,
}

struct Shared {
    shows: Mutex<Shows>,
    refused: AtomicUsize,
}

impl Front {
    /// Starts a server in front of the sandbox at this base address, with a certificate of this authority.
    pub fn before(base: &str, authority: &Authority) -> Self {
        let inner: SocketAddr = base.trim_start_matches("http://").parse().unwrap();
        let (itself, stranger) = (authority.acceptor(LOCAL), Authority::new().acceptor(LOCAL));
        let shared = Arc::new(Shared { shows: Mutex::new(Shows::Itself), refused: AtomicUsize::new(0) });
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).unwrap();
        let base = format!("https://{}", listener.local_addr().unwrap());
        let state = Arc::clone(&shared);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shows = *state.shows.lock().unwrap();
                if shows != Shows::Itself {
                    state.refused.fetch_add(1, Ordering::SeqCst);
                }
                let acceptor = if shows == Shows::Stranger { stranger.clone() } else { itself.clone() };
                tokio::spawn(serve(stream, shows, acceptor, inner));
            }
        });
        Self { base, authority: authority.pem(), shared, _runtime: runtime }
    }

    /// Sets what the next connections get to see.
    pub fn show(&self, shows: Shows) {
        *self.shared.shows.lock().unwrap() = shows;
    }

    /// How many connections did not get to see the trusted certificate.
    pub fn refused(&self) -> usize {
        self.shared.refused.load(Ordering::SeqCst)
    }
}

async fn serve(stream: TcpStream, shows: Shows, acceptor: TlsAcceptor, inner: SocketAddr) {
    if shows == Shows::Nothing {
        // By now, the client has begun the handshake.
        let _ = stream.readable().await;
        return;
    }
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    let mut inner = TcpStream::connect(inner).await.unwrap();
    let _ = tokio::io::copy_bidirectional(&mut stream, &mut inner).await;
}
