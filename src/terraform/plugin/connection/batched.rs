//! A stream that combines the writes of one turn of the runtime.
//!
//! HTTP/2 flushes the message of an answer before its trailers, and flushes each answer on its own. Every
//! flush would cost a TLS record, a system call, and a wakeup of the host. So a flush first lets all tasks
//! that are ready run, and then writes everything that they have answered.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::JoinHandle;
use tokio_util::io::poll_write_buf;

/// The maximum number of bytes that are held back to be combined with more; this many fill a TLS record.
const MOST_KEPT: usize = 16 << 10;

/// A stream that combines the writes of one turn of the runtime.
pub(in crate::terraform::plugin) struct Batched<S> {
    stream: S,
    kept: BytesMut,
    /// A task that does nothing: once it has run, the tasks that were ready before it have run too.
    turn: Option<JoinHandle<()>>,
}

impl<S: AsyncWrite + Unpin> Batched<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, kept: BytesMut::new(), turn: None }
    }

    fn keep(&mut self, bytes: &[u8]) -> usize {
        let kept = bytes.len().min(MOST_KEPT.saturating_sub(self.kept.len()));
        self.kept.extend_from_slice(bytes.get(..kept).unwrap_or(bytes));
        kept
    }

    /// Makes room for more bytes.
    fn poll_room(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.kept.len() < MOST_KEPT { Poll::Ready(Ok(())) } else { self.poll_write_kept(context) }
    }

    fn poll_write_kept(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.kept.is_empty() {
            if ready!(poll_write_buf(Pin::new(&mut self.stream), context, &mut self.kept))? == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
        }
        self.turn = None;
        Poll::Ready(Ok(()))
    }

    /// Whether the tasks that were ready at the first call have run; wakes the caller's task once they have.
    fn is_turn_over(&mut self, context: &mut Context<'_>) -> bool {
        let turn = self.turn.get_or_insert_with(|| tokio::spawn(async {}));
        // A finished task must not be polled again.
        turn.is_finished() || Pin::new(turn).poll(context).is_ready()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Batched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // h2 does not flush again while it waits for input, so pending bytes are flushed here. A full socket
        // must not block reading.
        if !self.kept.is_empty()
            && let Poll::Ready(flushed) = self.as_mut().poll_flush(context)
        {
            flushed?;
        }
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Batched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_room(context))?;
        Poll::Ready(Ok(self.keep(bytes)))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_room(context))?;
        Poll::Ready(Ok(parts.iter().map(|part| self.keep(part)).sum()))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.kept.is_empty() {
            if !self.is_turn_over(context) {
                return Poll::Ready(Ok(()));
            }
            ready!(self.poll_write_kept(context))?;
        }
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_write_kept(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::pin::Pin;
    use std::task::{Context, Poll};
    use std::time::Duration;

    use futures_util::FutureExt as _;
    use tokio::io::{AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
    use tokio::task::yield_now;
    use tokio::time::timeout;

    use super::{Batched, MOST_KEPT};

    /// Records the writes that reach the system, which accepts at most `most` bytes of each.
    struct Written {
        writes: Vec<Vec<u8>>,
        most: usize,
    }

    impl AsyncWrite for Written {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            let taken = bytes.len().min(self.most);
            self.writes.push(bytes[..taken].to_vec());
            Poll::Ready(Ok(taken))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    fn batched(most: usize) -> Batched<Written> {
        Batched::new(Written { writes: Vec::new(), most })
    }

    #[tokio::test]
    async fn what_is_flushed_in_one_turn_is_one_write() {
        let mut stream = batched(usize::MAX);
        for part in ["message", " and trailers", " and another answer"] {
            stream.write_all(part.as_bytes()).await.unwrap();
            stream.flush().await.unwrap();
        }
        assert!(stream.stream.writes.is_empty(), "others may join");
        yield_now().await;
        stream.flush().await.unwrap();
        assert_eq!(stream.stream.writes, [b"message and trailers and another answer"]);
    }

    #[tokio::test]
    async fn a_flush_wakes_its_task_when_the_turn_is_over() {
        let mut stream = batched(usize::MAX);
        stream.write_all(b"answer").await.unwrap();
        let mut flushes = 0;
        let written = std::future::poll_fn(|context| {
            flushes += 1;
            assert!(Pin::new(&mut stream).poll_flush(context).is_ready());
            if stream.stream.writes.is_empty() { Poll::Pending } else { Poll::Ready(()) }
        });
        timeout(Duration::from_secs(5), written).await.unwrap();
        assert_eq!(flushes, 2);
    }

    #[tokio::test]
    async fn who_flushes_and_reads_is_answered() {
        let (ours, mut theirs) = tokio::io::duplex(64);
        let asked = tokio::spawn(async move {
            let mut stream = Batched::new(ours);
            stream.write_all(b"call").await.unwrap();
            stream.flush().await.unwrap();
            stream.read_u8().await.unwrap()
        });
        let answered = async {
            theirs.read_exact(&mut [0; 4]).await.unwrap();
            theirs.write_u8(7).await.unwrap();
            asked.await.unwrap()
        };
        assert_eq!(timeout(Duration::from_secs(5), answered).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn a_peer_that_reads_nothing_for_long_is_waited_for() {
        let (mut ours, mut theirs) = tokio::io::duplex(4);
        ours.write_all(b"full").await.unwrap();
        let mut stream = Batched::new(ours);
        stream.write_all(b"answer").await.unwrap();
        for _ in 0..3 {
            // The first flush lets other tasks run; the later ones find no room.
            assert!(stream.flush().now_or_never().is_none_or(|flushed| flushed.is_ok()));
            yield_now().await;
        }
        let mut read = [0; 10];
        let (written, all) = tokio::join!(stream.flush(), theirs.read_exact(&mut read));
        written.and(all).unwrap();
        assert_eq!(&read, b"fullanswer");
    }

    #[tokio::test]
    async fn nothing_is_lost_of_a_large_message_that_leaves_in_parts() {
        let message: Vec<u8> = (0..5 * MOST_KEPT + 7).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let mut stream = batched(1000);
        stream.write_all(&message).await.unwrap();
        stream.shutdown().await.unwrap();
        assert_eq!(stream.stream.writes.concat(), message);
    }
}
