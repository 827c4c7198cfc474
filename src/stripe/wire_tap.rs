//! A tap on one connection to Stripe or a proxy, which reports its HTTP messages as bytes.
//!
//! HTTP/1.1 alternates between request and response. So the bytes of one direction are collected until the
//! other direction begins, and are then reported as one message. That way, a secret is never split at the
//! edge of a read and can be redacted.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;
use tokio_util::io::{InspectReader, InspectWriter};

use super::trace::{Direction, Event, HttpMessage, Span};
use crate::sync::lock;

/// A tap on the connection with this number in this process.
#[derive(Debug)]
pub(super) struct Tap {
    pub(super) number: u64,
    pub(super) address: SocketAddr,
    capture: Mutex<Capture>,
}

/// The message that is being collected.
#[derive(Debug)]
struct Capture {
    /// The span that wants the bytes; `None` while nothing is collected.
    span: Option<Span>,
    direction: Direction,
    bytes: Vec<u8>,
    pieces: usize,
    /// The end of the previous message.
    previous_end: Instant,
    first: Instant,
    last: Instant,
}

impl Tap {
    /// Creates a tap on a new connection to this address, with the next number.
    pub(super) fn new(address: SocketAddr) -> Arc<Self> {
        static NUMBERS: AtomicU64 = AtomicU64::new(1);
        Self::numbered(NUMBERS.fetch_add(1, Ordering::Relaxed), address)
    }

    /// Creates a tap on the stream inside the same connection: in a tunnel, or inside TLS.
    pub(super) fn inner(&self) -> Arc<Self> {
        Self::numbered(self.number, self.address)
    }

    fn numbered(number: u64, address: SocketAddr) -> Arc<Self> {
        Arc::new(Self { number, address, capture: Mutex::new(Capture::new()) })
    }

    /// Wraps the stream so that its bytes are recorded.
    pub(super) fn tapped<S: AsyncRead + AsyncWrite>(
        self: &Arc<Self>,
        stream: S,
    ) -> impl AsyncRead + AsyncWrite + use<S> {
        let (received, sent) = (Arc::clone(self), Arc::clone(self));
        let reader = InspectReader::new(stream, move |bytes| received.record(Direction::Received, bytes));
        InspectWriter::new(reader, move |bytes| sent.record(Direction::Sent, bytes))
    }

    /// From now on, collects bytes for the current span if its observer wants them.
    pub(super) fn start(&self) {
        let mut capture = self.lock();
        capture.span = Span::current().filter(Span::wants_bytes);
        capture.last = Instant::now();
    }

    /// Reports the last message and stops collecting: what follows is TLS, or idle time.
    pub(super) fn stop(&self) {
        let message = {
            let mut capture = self.lock();
            let message = capture.take();
            capture.span = None;
            message
        };
        self.report(message);
    }

    fn record(&self, direction: Direction, bytes: &[u8]) {
        let message = {
            let mut capture = self.lock();
            if capture.span.is_none() || bytes.is_empty() {
                return;
            }
            let ended = (capture.direction != direction).then(|| capture.take()).flatten();
            capture.push(direction, bytes);
            ended
        };
        self.report(message);
    }

    /// Must be called without the lock, because an observer may take a while.
    fn report(&self, message: Option<(Span, HttpMessage)>) {
        let Some((span, message)) = message else { return };
        span.notify(&Event::MessageBytes { connection: self.number, message: &message });
    }

    fn lock(&self) -> MutexGuard<'_, Capture> {
        lock(&self.capture)
    }
}

impl Capture {
    fn new() -> Self {
        let now = Instant::now();
        let (direction, bytes) = (Direction::Sent, Vec::new());
        Self { span: None, direction, bytes, pieces: 0, previous_end: now, first: now, last: now }
    }

    fn push(&mut self, direction: Direction, bytes: &[u8]) {
        let now = Instant::now();
        if self.pieces == 0 {
            (self.direction, self.first, self.previous_end) = (direction, now, self.last);
        }
        self.pieces += 1;
        self.last = now;
        self.bytes.extend_from_slice(bytes);
    }

    fn take(&mut self) -> Option<(Span, HttpMessage)> {
        let span = self.span.clone().filter(|_| self.pieces > 0)?;
        let message = HttpMessage {
            direction: self.direction,
            bytes: std::mem::take(&mut self.bytes),
            pieces: std::mem::take(&mut self.pieces),
            after: self.first - self.previous_end,
            duration: self.last - self.first,
        };
        Some((span, message))
    }
}
