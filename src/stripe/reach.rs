//! Opens connections to an address: explains failures, and logs slow ones.

use std::fmt::Display;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::sleep;
use tower::{Layer, Service};

/// The maximum time for opening a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// After this time, a connection that is not open yet is worth a line in the log.
const SLOW: Duration = Duration::from_secs(2);

/// The time for opening a connection, out of the `timeout` of a whole request. It ends well before that
/// timeout, so that a host that drops packets is reported as unreachable, with nothing sent to it.
pub(super) fn connect_limit(timeout: Duration) -> Duration {
    CONNECT_TIMEOUT.min(timeout / 4 * 3)
}

/// The target of a connection and the way to it.
#[derive(Debug, Clone)]
pub(super) struct DialTarget {
    /// `api.stripe.com:443, without a proxy`.
    words: String,
    /// The time for opening a connection.
    limit: Duration,
}

impl DialTarget {
    /// A direct way to `host:port`.
    pub(super) fn direct(address: impl Display, limit: Duration) -> Self {
        Self { words: format!("{address}, without a proxy"), limit }
    }

    /// A way to `host:port` through the environment's proxy, also given as `host:port`.
    pub(super) fn through(address: impl Display, proxy: &str, limit: Duration) -> Self {
        Self { words: format!("{address}, through the proxy {proxy}, which the environment names"), limit }
    }

    /// A way to a proxy itself, given as `host:port`, which `origin` names.
    pub(super) fn to_proxy(address: impl Display, origin: &str, limit: Duration) -> Self {
        Self { words: format!("the proxy {address}, which {origin} names"), limit }
    }

    /// Waits for a connection, and logs once if it takes long.
    pub(super) async fn log_when_slow<T>(&self, opening: impl Future<Output = T>) -> T {
        let mut opening = pin!(opening);
        tokio::select! {
            biased;
            opened = &mut opening => return opened,
            () = sleep(SLOW) => {}
        }
        log::warn!("{}", self.slow());
        opening.await
    }

    fn slow(&self) -> String {
        let Self { words, limit } = self;
        format!("{words}: no connection after {SLOW:?}; it is waited for up to {limit:?}")
    }

    /// Describes an unreachable address: the way that was tried, and why it failed.
    pub(super) fn unreachable(&self, why: impl Display) -> String {
        format!("{}: {why}", self.words)
    }
}

/// A layer around a client's connector that applies [`DialTarget::log_when_slow`].
#[derive(Debug, Clone)]
pub(super) struct SlowDialLayer(pub(super) Arc<DialTarget>);

/// A service that opens connections and logs slow ones.
#[derive(Debug, Clone)]
pub(super) struct SlowDialService<S> {
    route: Arc<DialTarget>,
    inner: S,
}

impl<S> Layer<S> for SlowDialLayer {
    type Service = SlowDialService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        SlowDialService { route: Arc::clone(&self.0), inner }
    }
}

impl<S: Service<R>, R> Service<R> for SlowDialService<S>
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
        let (route, opening) = (Arc::clone(&self.route), self.inner.call(request));
        Box::pin(async move { route.log_when_slow(opening).await })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::net::SocketAddr;
    use std::time::Duration;

    use tokio::net::{TcpListener, TcpSocket, TcpStream};
    use tokio::time::{Instant, sleep, timeout};

    use super::{DialTarget, connect_limit};

    /// A host that silently drops packets for as long as this value lives: its queue is full, and nobody
    /// accepts from it.
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
        let route = DialTarget::direct("127.0.0.1:1", Duration::from_secs(15));
        let opened = route.log_when_slow(async {
            sleep(Duration::from_secs(5)).await;
            "open"
        });
        assert_eq!((opened.await, start.elapsed().as_secs()), ("open", 5));
    }

    #[test]
    fn a_slow_connection_is_told_with_its_way_and_its_limit() {
        let route = DialTarget::through("api.stripe.com:443", "proxy.example:3128", Duration::from_secs(6));
        assert_eq!(
            route.slow(),
            "api.stripe.com:443, through the proxy proxy.example:3128, which the environment names: no connection \
             after 2s; it is waited for up to 6s"
        );
    }
}
