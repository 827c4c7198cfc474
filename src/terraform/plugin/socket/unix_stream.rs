//! A connection of a unix socket.
//!
//! The runtime's own stream asks the system for events in both directions. A unix socket reports room to
//! write whenever its peer has read, which would wake the task for nothing after each answer. So this stream
//! asks only for incoming data, and for room to write only while there is none. The runtime's one-directional
//! types are the ends of pipes; a socket can be read and written like a pipe.

use std::io::{self, ErrorKind, IoSlice, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::unix::pipe;

/// A connection of a unix socket, woken when there is something to read.
#[derive(Debug)]
pub(in crate::terraform::plugin) struct UnixStream {
    stream: StdUnixStream,
    reader: pipe::Receiver,
    /// Set while the socket has no room; woken when it has room again.
    full: Option<pipe::Sender>,
}

impl UnixStream {
    pub(super) fn new(stream: tokio::net::UnixStream) -> io::Result<Self> {
        let stream = stream.into_std()?;
        let reader = pipe::Receiver::from_owned_fd_unchecked(stream.try_clone()?.into())?;
        Ok(Self { stream, reader, full: None })
    }

    /// Returns a writer that is woken when the socket has room.
    fn waiting_writer(&self) -> io::Result<pipe::Sender> {
        pipe::Sender::from_owned_fd_unchecked(self.stream.try_clone()?.into())
    }
}

impl AsyncRead for UnixStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.reader).poll_read(context, into)
    }
}

impl AsyncWrite for UnixStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(context, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut waiting = match self.full.take() {
            Some(waiting) => waiting,
            None => match (&self.stream).write_vectored(parts) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.waiting_writer()?,
                written => return Poll::Ready(written),
            },
        };
        let written = Pin::new(&mut waiting).poll_write_vectored(context, parts);
        self.full = written.is_pending().then_some(waiting);
        written
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.stream.shutdown(Shutdown::Write))
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Poll, Wake, Waker};
    use std::time::Duration;

    use tokio::io::{AsyncRead as _, AsyncReadExt as _, AsyncWriteExt as _, ReadBuf};
    use tokio::time::{sleep, timeout};

    use super::UnixStream;

    /// Counts how often a task was woken.
    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn pair() -> (UnixStream, tokio::net::UnixStream) {
        let (ours, theirs) = tokio::net::UnixStream::pair().unwrap();
        (UnixStream::new(ours).unwrap(), theirs)
    }

    #[tokio::test]
    async fn a_reader_is_woken_by_what_comes_and_not_by_a_peer_that_reads() {
        let (mut ours, mut theirs) = pair();
        let woken = Arc::<Woken>::default();
        let waker = Waker::from(Arc::clone(&woken));
        let mut space = [0; 8];
        let read =
            Pin::new(&mut ours).poll_read(&mut Context::from_waker(&waker), &mut ReadBuf::new(&mut space));
        assert!(matches!(read, Poll::Pending));
        ours.write_all(b"answer").await.unwrap();
        theirs.read_exact(&mut [0; 6]).await.unwrap();
        sleep(Duration::from_millis(20)).await;
        assert_eq!(woken.0.load(Ordering::SeqCst), 0);
        theirs.write_all(b"call").await.unwrap();
        timeout(Duration::from_secs(5), ours.read_exact(&mut [0; 4])).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_writer_waits_for_room_and_loses_nothing() {
        let (mut ours, mut theirs) = pair();
        let message: Vec<u8> = (0..2 << 20).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let written = async {
            ours.write_all(&message).await.unwrap();
            ours.shutdown().await.unwrap();
        };
        let read = async {
            sleep(Duration::from_millis(20)).await;
            let mut read = Vec::new();
            theirs.read_to_end(&mut read).await.unwrap();
            read
        };
        let (read, ()) =
            timeout(Duration::from_secs(20), async { tokio::join!(read, written) }).await.unwrap();
        assert!(read == message);
    }

    #[tokio::test]
    async fn a_peer_that_has_gone_ends_the_reading_and_refuses_the_writing() {
        let (mut ours, theirs) = pair();
        drop(theirs);
        assert_eq!(ours.read(&mut [0; 8]).await.unwrap(), 0);
        assert!(ours.write_all(b"answer").await.is_err());
    }
}
