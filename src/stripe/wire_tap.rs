//! One connection to Stripe or a proxy, whose bytes can be watched.
//!
//! HTTP/1.1 takes turns: a request, then its answer. So the bytes of one direction are kept
//! until the other one has its turn, and are told in one piece: a secret is never cut in two
//! by the edge of a read, and what is to be hidden can be found.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use super::trace::{Direction, Event, Scope};

/// A connection, by its number in this process.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) number: u64,
    pub(super) address: SocketAddr,
    turn: Mutex<Turn>,
}

/// What went in one direction since the other one had its turn.
#[derive(Debug)]
struct Turn {
    /// Whose request is on its way; none where nobody watches.
    scope: Option<Scope>,
    direction: Direction,
    bytes: Vec<u8>,
    pieces: usize,
    /// The end of the turn before.
    before: Instant,
    first: Instant,
    last: Instant,
}

impl Link {
    pub(super) fn new(address: SocketAddr) -> Arc<Self> {
        static NUMBERS: AtomicU64 = AtomicU64::new(1);
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        Arc::new(Self { number, address, turn: Mutex::new(Turn::new()) })
    }

    /// The same connection for what is spoken before or inside: each has turns of its own.
    pub(super) fn layer(&self) -> Arc<Self> {
        Arc::new(Self { number: self.number, address: self.address, turn: Mutex::new(Turn::new()) })
    }

    /// From now on the bytes belong to the current scope.
    pub(super) fn watch(&self) {
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        turn.scope = Scope::current().filter(Scope::hears_bytes);
        turn.last = Instant::now();
    }

    /// Tells what has not been told, and watches no longer: what follows belongs to nobody,
    /// or is TLS.
    pub(super) fn rest(&self) {
        let told = {
            let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
            let told = turn.ended();
            turn.scope = None;
            told
        };
        self.tell(told);
    }

    fn saw(&self, direction: Direction, bytes: &[u8]) {
        let told = {
            let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
            if turn.scope.is_none() || bytes.is_empty() {
                return;
            }
            let told = (turn.direction != direction).then(|| turn.ended()).flatten();
            turn.add(direction, bytes);
            told
        };
        self.tell(told);
    }

    /// Without the lock, so that an observer may take its time.
    fn tell(&self, turn: Option<(Scope, Told)>) {
        let Some((scope, told)) = turn else { return };
        scope.tell(&Event::Wire {
            link: self.number,
            direction: told.direction,
            bytes: &told.bytes,
            pieces: told.pieces,
            after: told.after,
            took: told.took,
        });
    }
}

/// A turn that is over.
struct Told {
    direction: Direction,
    bytes: Vec<u8>,
    pieces: usize,
    after: Duration,
    took: Duration,
}

impl Turn {
    fn new() -> Self {
        let now = Instant::now();
        let (direction, bytes) = (Direction::Sent, Vec::new());
        Self { scope: None, direction, bytes, pieces: 0, before: now, first: now, last: now }
    }

    fn add(&mut self, direction: Direction, bytes: &[u8]) {
        let now = Instant::now();
        if self.pieces == 0 {
            (self.direction, self.first, self.before) = (direction, now, self.last);
        }
        self.pieces += 1;
        self.last = now;
        self.bytes.extend_from_slice(bytes);
    }

    fn ended(&mut self) -> Option<(Scope, Told)> {
        let scope = self.scope.clone().filter(|_| self.pieces > 0)?;
        let told = Told {
            direction: self.direction,
            bytes: std::mem::take(&mut self.bytes),
            pieces: std::mem::take(&mut self.pieces),
            after: self.first - self.before,
            took: self.last - self.first,
        };
        Some((scope, told))
    }
}

/// A stream whose bytes a link sees.
#[derive(Debug)]
pub(super) struct Watched<S> {
    stream: S,
    link: Arc<Link>,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, link: &Arc<Link>) -> Self {
        Self { stream, link: Arc::clone(link) }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, into);
        if let Poll::Ready(Ok(())) = read {
            self.link.saw(Direction::Received, into.filled().get(before..).unwrap_or_default());
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        if let Poll::Ready(Ok(count)) = written {
            self.link.saw(Direction::Sent, bytes.get(..count).unwrap_or_default());
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
