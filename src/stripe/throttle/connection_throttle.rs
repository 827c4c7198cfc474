//! The whole stack of one connection.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::{Instant, sleep};

use super::{Admission, Asked, NodeThrottle, Part, Parts, Place, ProcessWindow, Reach, Throttle, Window};

/// Stripe's limit for each endpoint, in transactions a second.
const PER_ENDPOINT: usize = 25;
/// The endpoints that have another one, by what their path begins and ends with.
const OTHER_LIMITS: [(&str, &str, usize); 2] = [("/v1/", "/search", 20), ("/v1/files", "", 20)];

/// Who wakes later than this, because the machine is busy, has missed its place …
const LATE: Duration = Duration::from_millis(25);
/// … but not more often than this, or a busy machine would never send anything.
const MISSES: usize = 3;

/// So long a window that could not be asked is not asked again.
const AWAY: Duration = Duration::from_secs(10);

/// Nodes of one connection under the limits that it shares with others.
#[derive(Debug)]
pub struct Stack {
    nodes: NodeThrottle,
    connection: Part,
    /// What everybody in the scope shares; several, the best first: the next one stands in
    /// while one cannot be asked.
    shared: Vec<Shared>,
    /// Where the callers of one endpoint queue, so that they do not hold the others up.
    endpoints: Mutex<HashMap<Part, Arc<ProcessWindow>>>,
}

/// A window, and since when it could not be asked.
#[derive(Debug, Clone)]
struct Shared {
    window: Arc<dyn Window>,
    away_since: Arc<Mutex<Option<Instant>>>,
}

impl Shared {
    fn new(window: Arc<dyn Window>) -> Self {
        Self { window, away_since: Arc::default() }
    }

    /// What the window says; none where it cannot be asked, or could not a moment ago.
    async fn ask(&self, parts: Parts) -> Option<Place> {
        if self.away_since().is_some_and(|since| since.elapsed() < AWAY) {
            return None;
        }
        match self.window.ask(parts).await {
            Ok(place) => Some(place),
            Err(error) => {
                log::warn!("{error}; a narrower scope stands in");
                *self.away_since() = Some(Instant::now());
                None
            }
        }
    }

    fn away_since(&self) -> MutexGuard<'_, Option<Instant>> {
        self.away_since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stack {
    /// The nodes of the connection of that id under these windows, the best first; the last
    /// one should never fail.
    pub fn new(id: &str, nodes: NodeThrottle, shared: Vec<Arc<dyn Window>>) -> Self {
        // Connections of one id that have other nodes are not the same: none starves the other.
        let most = nodes.most();
        let connection = Part::new(&format!("connection {id} {most}"), most);
        let shared = shared.into_iter().map(Shared::new).collect();
        Self { nodes, connection, shared, endpoints: Mutex::default() }
    }

    fn queue(&self, endpoint: Part) -> Arc<ProcessWindow> {
        let mut endpoints = self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(endpoints.entry(endpoint).or_insert_with(|| ProcessWindow::new(endpoint.most)))
    }

    /// A place in the first window that can be asked; else how long the endpoint has to wait.
    async fn place(&self, parts: Parts) -> Result<(), Duration> {
        let mut missed = 0;
        for window in &self.shared {
            while let Some(place) = window.ask(parts).await {
                match place {
                    Place::Taken(wait) => {
                        let began = Instant::now();
                        sleep(wait).await;
                        if began.elapsed() <= wait + LATE || missed == MISSES {
                            return Ok(());
                        }
                        missed += 1;
                    }
                    Place::Later(wait) => sleep(wait).await,
                    Place::EndpointLater(wait) => return Err(wait),
                }
            }
        }
        Ok(())
    }
}

impl Throttle for Stack {
    fn admit<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Admission> {
        Box::pin(async move {
            let came = Instant::now();
            let parts = Parts { endpoint: endpoint(asked), connection: self.connection };
            let queue = self.queue(parts.endpoint);
            loop {
                wait_in(&queue).await;
                match self.nodes.admit(self.place(parts)).await {
                    Ok(admission) => return Admission { waited: came.elapsed(), ..admission },
                    // Others in the scope use the endpoint too.
                    Err(wait) => queue.hold(None, wait),
                }
            }
        })
    }

    fn pushed_back(&self, asked: Asked<'_>, reach: Reach, pause: Duration) {
        let whom = match reach {
            Reach::Call => return,
            Reach::Endpoint => Some(endpoint(asked)),
            Reach::Account => {
                self.nodes.pushed_back();
                None
            }
        };
        let windows = self.shared.clone();
        tokio::spawn(async move {
            for shared in windows {
                if shared.window.pause(whom, pause).await.is_ok() {
                    return;
                }
            }
        });
    }
}

/// The endpoint of a call, with Stripe's limit for it.
fn endpoint(asked: Asked<'_>) -> Part {
    let path = asked.endpoint;
    let other = OTHER_LIMITS.iter().find(|(begin, end, _)| path.starts_with(begin) && path.ends_with(end));
    let most = other.map_or(PER_ENDPOINT, |(_, _, most)| *most);
    Part::new(&format!("{} {path}", asked.method), most)
}

async fn wait_in(queue: &ProcessWindow) {
    loop {
        match queue.look(Parts::default()) {
            Place::Taken(wait) => return sleep(wait).await,
            Place::Later(wait) | Place::EndpointLater(wait) => sleep(wait).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use futures_util::future::{BoxFuture, join_all};
    use tokio::time::Instant;

    use super::super::{
        Asked, NodeThrottle, Part, Parts, Place, ProcessWindow, Reach, Throttle, Window, WindowError,
    };
    use super::Stack;

    const PRICES: Asked<'_> = Asked { method: &http::Method::POST, endpoint: "/v1/prices" };
    const SECOND: Duration = Duration::from_secs(1);

    async fn times(stacks: &[Stack], each: usize) -> Vec<Instant> {
        times_of(stacks, PRICES, each).await
    }

    async fn times_of(stacks: &[Stack], asked: Asked<'_>, each: usize) -> Vec<Instant> {
        let callers = stacks.iter().flat_map(|stack| {
            (0..each).map(move |_| async move {
                stack.admit(asked).await;
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
        let stacks = [(); 3].map(|()| Stack::new("", NodeThrottle::new(10, 10), vec![Arc::clone(&account)]));
        assert_eq!(densest(&times(&stacks, 50).await), 25);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_of_the_account_does_not_bring_two_seconds_of_nodes_together() {
        let account = ProcessWindow::new(100);
        let stack = Stack::new("", NodeThrottle::new(1, 1), vec![account.clone()]);
        account.pause(None, Duration::from_secs(5)).await.unwrap();
        assert_eq!(densest(&times(&[stack], 30).await), 6);
    }

    /// Cannot be asked, and counts how often it was.
    #[derive(Debug, Default)]
    struct Away(AtomicUsize);

    impl Window for Away {
        fn ask(&self, _parts: Parts) -> BoxFuture<'_, Result<Place, WindowError>> {
            self.0.fetch_add(1, Ordering::SeqCst);
            let why = std::io::Error::other("away");
            Box::pin(async {
                tokio::time::sleep(2 * SECOND).await;
                Err(WindowError::File { path: "x".into(), why })
            })
        }

        fn pause(&self, _: Option<Part>, _: Duration) -> BoxFuture<'_, Result<(), WindowError>> {
            Box::pin(async { Ok(()) })
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_window_stands_in_for_one_that_is_away() {
        let away = Arc::new(Away::default());
        let windows: Vec<Arc<dyn Window>> = vec![away.clone(), ProcessWindow::new(5)];
        let stack = Stack::new("", NodeThrottle::new(10, 10), windows);
        let start = Instant::now();
        assert_eq!(densest(&times(&[stack], 20).await), 5);
        assert!(start.elapsed() < 8 * SECOND, "one wait for what is away, not one a call");
        assert_eq!(away.0.load(Ordering::SeqCst), 1);
    }

    /// Stacks as several processes of one scope have them.
    fn processes(count: usize, id: &str, nodes: usize, account: usize) -> Vec<Stack> {
        let account: Arc<dyn Window> = ProcessWindow::new(account);
        let nodes = || NodeThrottle::new(nodes, nodes);
        (0..count).map(|_| Stack::new(id, nodes(), vec![Arc::clone(&account)])).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn the_nodes_of_a_connection_are_counted_across_the_scope() {
        let mut stacks = processes(4, "locations/l/connections/n", 2, 100);
        assert_eq!(densest(&times(&stacks, 20).await), 12);
        let other = Stack::new("another", NodeThrottle::new(2, 2), vec![stacks[0].shared[0].window.clone()]);
        stacks.push(other);
        tokio::time::advance(2 * SECOND).await;
        assert_eq!(densest(&times(&stacks, 20).await), 24, "another connection has nodes of its own");
    }

    #[tokio::test(start_paused = true)]
    async fn an_endpoint_is_limited_across_the_scope_and_alone() {
        let stacks = processes(4, "", 50, 100);
        let search = Asked { method: &http::Method::GET, endpoint: "/v1/prices/search" };
        let files = Asked { method: &http::Method::POST, endpoint: "/v1/files" };
        let (prices, searches, uploads) =
            tokio::join!(times(&stacks, 30), times_of(&stacks, search, 30), times_of(&stacks, files, 30),);
        assert_eq!([densest(&prices), densest(&searches), densest(&uploads)], [25, 20, 20]);
        let all: Vec<Instant> = [prices, searches, uploads].concat();
        assert!((55..=65).contains(&densest(&all)), "endpoints do not wait for each other");
    }

    #[tokio::test(start_paused = true)]
    async fn a_push_back_reaches_whom_it_is_about() {
        let stacks = processes(2, "", 50, 100);
        let others = Asked { method: &http::Method::GET, endpoint: "/v1/customers" };
        let pause = Duration::from_secs(10);
        let waited = async |asked| stacks[1].admit(asked).await.waited.as_secs();
        stacks[0].pushed_back(PRICES, Reach::Call, pause);
        tokio::task::yield_now().await;
        assert_eq!((waited(PRICES).await, waited(others).await), (0, 0));
        stacks[0].pushed_back(PRICES, Reach::Endpoint, pause);
        tokio::task::yield_now().await;
        let (held, free) = tokio::join!(waited(PRICES), waited(others));
        assert!(held >= 9 && free == 0, "the endpoint waits: {held}, {free}");
        stacks[0].pushed_back(PRICES, Reach::Account, pause);
        tokio::task::yield_now().await;
        let (held, also) = tokio::join!(waited(PRICES), waited(others));
        assert!(held >= 9 && also >= 9, "everybody waits: {held}, {also}");
    }
}
