//! The whole stack of one connection.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::Instant;

use super::window::wait_for_place;
use super::{Admission, Asked, NodeThrottle, ProcessWindow, Throttle, Window};

/// Stripe's limit for each endpoint, in transactions a second.
const PER_ENDPOINT: usize = 25;

/// Nodes of one connection under the limits that it shares with others.
#[derive(Debug)]
pub struct Stack {
    nodes: NodeThrottle,
    /// The account's limit, for everybody in the scope; several, the best first: the next one
    /// stands in while one cannot be asked.
    account: Vec<Arc<dyn Window>>,
    endpoints: Mutex<HashMap<String, Arc<ProcessWindow>>>,
}

impl Stack {
    /// Nodes under these windows, the best first; the last one should never fail.
    pub fn new(nodes: NodeThrottle, account: Vec<Arc<dyn Window>>) -> Self {
        Self { nodes, account, endpoints: Mutex::default() }
    }

    fn endpoint(&self, asked: Asked<'_>) -> Arc<ProcessWindow> {
        let name = format!("{} {}", asked.method, asked.endpoint);
        let mut endpoints = self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(endpoints.entry(name).or_insert_with(|| ProcessWindow::new(PER_ENDPOINT)))
    }

    /// A place in the first window that can be asked.
    async fn account_place(&self) {
        for window in &self.account {
            match wait_for_place(window.as_ref()).await {
                Ok(()) => return,
                Err(error) => log::warn!("{error}; a narrower scope stands in"),
            }
        }
    }
}

impl Throttle for Stack {
    fn admit<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Admission> {
        Box::pin(async move {
            let came = Instant::now();
            let endpoint = self.endpoint(asked);
            // A process window cannot fail.
            let _ = wait_for_place(endpoint.as_ref()).await;
            let admission = self.nodes.admit(self.account_place()).await;
            Admission { waited: came.elapsed(), ..admission }
        })
    }

    fn pushed_back(&self, pause: Duration) {
        self.nodes.pushed_back();
        let windows = self.account.clone();
        tokio::spawn(async move {
            for window in windows {
                if window.pause(pause).await.is_ok() {
                    return;
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use futures_util::future::{BoxFuture, join_all};
    use tokio::time::Instant;

    use super::super::window::Place;
    use super::super::{Asked, NodeThrottle, ProcessWindow, Throttle, Window, WindowError};
    use super::Stack;

    const PRICES: Asked<'_> = Asked { method: &http::Method::POST, endpoint: "/v1/prices" };
    const SECOND: Duration = Duration::from_secs(1);

    async fn times(stacks: &[Stack], each: usize) -> Vec<Instant> {
        let callers = stacks.iter().flat_map(|stack| {
            (0..each).map(move |_| async move {
                stack.admit(PRICES).await;
                Instant::now()
            })
        });
        join_all(callers).await
    }

    fn densest(times: &[Instant]) -> usize {
        let within =
            |start: Instant| times.iter().filter(|at| **at >= start && **at < start + SECOND).count();
        times.iter().map(|start| within(*start)).max().unwrap_or(0)
    }

    #[tokio::test(start_paused = true)]
    async fn connections_of_one_account_share_its_limit() {
        let account: Arc<dyn Window> = ProcessWindow::new(25);
        let stacks = [(); 3].map(|()| Stack::new(NodeThrottle::new(10, 10), vec![Arc::clone(&account)]));
        assert_eq!(densest(&times(&stacks, 50).await), 25);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_of_the_account_does_not_bring_two_seconds_of_nodes_together() {
        let account = ProcessWindow::new(100);
        let stack = Stack::new(NodeThrottle::new(1, 1), vec![account.clone()]);
        account.pause(Duration::from_secs(5)).await.unwrap();
        assert_eq!(densest(&times(&[stack], 30).await), 6);
    }

    #[derive(Debug)]
    struct Away;

    impl Window for Away {
        fn ask(&self) -> BoxFuture<'_, Result<Place, WindowError>> {
            let why = std::io::Error::other("away");
            Box::pin(async { Err(WindowError::File { path: "x".into(), why }) })
        }

        fn pause(&self, _pause: Duration) -> BoxFuture<'_, Result<(), WindowError>> {
            Box::pin(async { Ok(()) })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_window_stands_in_for_one_that_is_away() {
        let stack = Stack::new(NodeThrottle::new(10, 10), vec![Arc::new(Away), ProcessWindow::new(5)]);
        assert_eq!(densest(&times(&[stack], 20).await), 5);
    }
}
