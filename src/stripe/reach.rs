//! Reaching an address: in which words it fails, and the log line of one that takes long.

use std::fmt::Display;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::sleep;
use tower::{Layer, Service};

/// The most time for opening a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// How Stripe is reached where no proxy is named.
pub(super) const DIRECTLY: &str = "without a proxy";
/// From then on a connection that is not open yet is worth a line in the log.
const SLOW: Duration = Duration::from_secs(2);

/// The time for opening a connection, of the `timeout` of a whole request. It ends well before that one:
/// a host that drops packets is told as one where nobody answers, and nothing was sent to it.
pub(super) fn connect_limit(timeout: Duration) -> Duration {
    CONNECT_TIMEOUT.min(timeout / 4 * 3)
}

/// Waits for a connection to `target`, and logs once that it takes long.
pub(super) async fn told_when_slow<T>(target: &str, opening: impl Future<Output = T>) -> T {
    let mut opening = pin!(opening);
    tokio::select! {
        biased;
        opened = &mut opening => return opened,
        () = sleep(SLOW) => {}
    }
    log::warn!("no connection to {target} after {SLOW:?}; it is waited for up to {CONNECT_TIMEOUT:?}");
    opening.await
}

/// Where nobody answers, which way was tried, and why it failed.
pub(super) fn unreachable(address: impl Display, way: &str, why: impl Display) -> String {
    format!("{address}, {way}: {why}")
}

/// Around the service that opens the connections of a client, for [`told_when_slow`].
#[derive(Debug, Clone)]
pub(super) struct Told {
    /// Where connections are opened to.
    pub(super) target: Arc<str>,
}

/// A service that opens connections, with a log line for slow ones.
#[derive(Debug, Clone)]
pub(super) struct ToldService<S> {
    target: Arc<str>,
    inner: S,
}

impl<S> Layer<S> for Told {
    type Service = ToldService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ToldService { target: Arc::clone(&self.target), inner }
    }
}

impl<S: Service<R>, R> Service<R> for ToldService<S>
where
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let (target, opening) = (Arc::clone(&self.target), self.inner.call(request));
        Box::pin(async move { told_when_slow(&target, opening).await })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::net::SocketAddr;
    use std::time::Duration;

    use tokio::net::{TcpListener, TcpSocket, TcpStream};
    use tokio::time::{Instant, sleep, timeout};

    use super::{connect_limit, told_when_slow};

    /// A host that drops packets, while it is not dropped itself: its queue is full, and nobody takes from it.
    pub(in crate::stripe) struct SilentHost {
        pub(in crate::stripe) address: SocketAddr,
        _listener: TcpListener,
        _queue: Vec<TcpStream>,
    }

    impl SilentHost {
        pub(in crate::stripe) async fn start() -> Self {
            let socket = TcpSocket::new_v4().unwrap();
            socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
            let listener = socket.listen(1).unwrap();
            let (address, mut queue) = (listener.local_addr().unwrap(), Vec::new());
            while let Ok(stream) = timeout(Duration::from_millis(200), TcpStream::connect(address)).await {
                queue.push(stream.unwrap());
                assert!(queue.len() < 100, "the queue has no end");
            }
            Self { address, _listener: listener, _queue: queue }
        }
    }

    #[test]
    fn a_connection_has_less_time_than_its_request() {
        for timeout in [Duration::from_millis(300), Duration::from_secs(15), Duration::MAX] {
            assert!(connect_limit(timeout) < timeout, "{timeout:?}");
        }
        assert_eq!(connect_limit(Duration::from_mins(1)), Duration::from_secs(15));
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_connection_is_still_waited_for() {
        let start = Instant::now();
        let opened = told_when_slow("127.0.0.1:1", async {
            sleep(Duration::from_secs(5)).await;
            "open"
        });
        assert_eq!((opened.await, start.elapsed().as_secs()), ("open", 5));
    }
}
