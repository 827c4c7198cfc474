//! Tests of the throttle of one connection: which requests its limits hold back, and which they do not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use tokio::time::Instant;

use super::super::*;
use crate::stripe::IdempotencyKey;

const PRICES: Request<'_> = Request { method: &http::Method::POST, endpoint: "/v1/prices", key: None };
const SECOND: Duration = Duration::from_secs(1);

fn throttle(id: &str, nodes: usize, windows: Vec<Arc<dyn Window>>) -> ConnectionThrottle {
    ConnectionThrottle::new(id, NodeThrottle::new(nodes, nodes), windows)
}

async fn times(throttles: &[ConnectionThrottle], each: usize) -> Vec<Instant> {
    times_of(throttles, PRICES, each).await
}

type Request<'a> = PermitRequest<'a>;

async fn times_of(all: &[ConnectionThrottle], request: Request<'_>, each: usize) -> Vec<Instant> {
    let callers = all.iter().flat_map(|throttle| {
        (0..each).map(move |_| async move {
            throttle.admit(request).await;
            Instant::now()
        })
    });
    join_all(callers).await
}

fn densest(times: &[Instant]) -> usize {
    let within = |start: Instant| times.iter().filter(|at| **at >= start && **at < start + SECOND).count();
    times.iter().map(|start| within(*start)).max().unwrap_or(0)
}

#[tokio::test]
async fn a_request_that_is_due_waits_for_no_tick_of_the_clock() {
    let throttle = throttle("", 1, vec![ProcessWindow::new(25)]);
    assert!(throttle.admit(PRICES).now_or_never().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_request_is_admitted_when_its_key_is_ready_and_keeps_no_other_waiting() {
    let throttle = throttle("", 1, vec![ProcessWindow::new(25)]);
    let key = IdempotencyKey::from("key").sent_after(|| Box::pin(tokio::time::sleep(10 * SECOND)));
    let start = Instant::now();
    let admitted_after = async |request| {
        let waited = throttle.admit(request).await.waited;
        (start.elapsed(), waited)
    };
    let slow = admitted_after(Request { key: Some(&key), ..PRICES });
    let ((slow, waited), (other, _)) = tokio::join!(slow, admitted_after(PRICES));
    assert!(slow >= 10 * SECOND && other < SECOND, "{slow:?}, {other:?}");
    assert!(waited < SECOND, "the limit was not what it waited for: {waited:?}");
}

#[tokio::test(start_paused = true)]
async fn connections_of_one_account_share_its_limit() {
    let account: Arc<dyn Window> = ProcessWindow::new(25);
    let throttles = [(); 3].map(|()| throttle("", 10, vec![Arc::clone(&account)]));
    assert_eq!(densest(&times(&throttles, 50).await), 25);
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_the_account_does_not_bring_two_seconds_of_nodes_together() {
    let account = ProcessWindow::new(100);
    let throttle = throttle("", 1, vec![account.clone()]);
    account.pause(None, Duration::from_secs(5)).await.unwrap();
    assert_eq!(densest(&times(&[throttle], 30).await), 6);
}

/// A window that cannot be reached, and that counts the attempts to reach it.
#[derive(Debug, Default)]
struct Unreachable(AtomicUsize);

impl Window for Unreachable {
    fn try_admit(&self, _keys: LimitKeys) -> BoxFuture<'_, Result<Decision, WindowError>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        let why = std::io::Error::other("unreachable");
        Box::pin(async {
            tokio::time::sleep(2 * SECOND).await;
            Err(WindowError::File { path: "x".into(), why })
        })
    }

    fn pause(&self, _: Option<LimitKey>, _: Duration) -> BoxFuture<'_, Result<(), WindowError>> {
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test(start_paused = true)]
async fn the_next_window_is_used_while_one_cannot_be_reached() {
    let unreachable = Arc::new(Unreachable::default());
    let windows: Vec<Arc<dyn Window>> = vec![unreachable.clone(), ProcessWindow::new(5)];
    let throttle = throttle("", 10, windows);
    let start = Instant::now();
    assert_eq!(densest(&times(&[throttle], 20).await), 5);
    assert!(start.elapsed() < 8 * SECOND, "one wait for the unreachable window, not one a call");
    assert_eq!(unreachable.0.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_pause_holds_where_its_window_is_lost() {
    let windows: Vec<Arc<dyn Window>> = vec![Arc::new(Unreachable::default()), ProcessWindow::new(5)];
    let throttle = throttle("", 10, windows);
    let start = Instant::now();
    throttle.rate_limited(PRICES, LimitScope::Account, 10 * SECOND);
    tokio::task::yield_now().await;
    throttle.admit(PRICES).await;
    assert!(start.elapsed() >= 10 * SECOND, "{:?}", start.elapsed());
}

/// A window that counts how often it is asked.
#[derive(Debug)]
struct Counting(Arc<ProcessWindow>, AtomicUsize);

impl Window for Counting {
    fn try_admit(&self, keys: LimitKeys) -> BoxFuture<'_, Result<Decision, WindowError>> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.try_admit(keys)
    }

    fn pause(&self, key: Option<LimitKey>, pause: Duration) -> BoxFuture<'_, Result<(), WindowError>> {
        self.0.pause(key, pause)
    }
}

#[tokio::test(start_paused = true)]
async fn a_window_is_not_asked_before_it_can_grant() {
    let counting = Arc::new(Counting(ProcessWindow::new(10), AtomicUsize::default()));
    let throttle = throttle("", 10, vec![counting.clone()]);
    assert_eq!(densest(&times(&[throttle], 60).await), 10);
    assert_eq!(counting.1.load(Ordering::SeqCst), 60);
}

/// The throttles of several processes in one scope.
fn processes(count: usize, id: &str, nodes: usize, account: usize) -> Vec<ConnectionThrottle> {
    let account: Arc<dyn Window> = ProcessWindow::new(account);
    (0..count).map(|_| throttle(id, nodes, vec![Arc::clone(&account)])).collect()
}

#[tokio::test(start_paused = true)]
async fn the_nodes_of_a_connection_are_counted_across_the_scope() {
    let mut throttles = processes(4, "locations/l/connections/n", 2, 100);
    assert_eq!(densest(&times(&throttles, 20).await), 12);
    throttles.push(throttle("another", 2, vec![throttles[0].shared[0].window.clone()]));
    tokio::time::advance(2 * SECOND).await;
    assert_eq!(densest(&times(&throttles, 20).await), 24, "another connection has nodes of its own");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_is_limited_across_the_scope_and_alone() {
    let throttles = processes(4, "", 50, 100);
    let search = Request { method: &http::Method::GET, endpoint: "/v1/prices/search", key: None };
    let files = Request { method: &http::Method::POST, endpoint: "/v1/files", key: None };
    let times = |request| times_of(&throttles, request, 30);
    let (prices, searches, uploads) = tokio::join!(times(PRICES), times(search), times(files));
    // Another process may learn of an admission a moment late, so one may be missing.
    for (times, limit) in [(&prices, 25), (&searches, 20), (&uploads, 20)] {
        assert!((limit - 1..=limit).contains(&densest(times)), "{} of {limit}", densest(times));
    }
    let all: Vec<Instant> = [prices, searches, uploads].concat();
    assert!((55..=65).contains(&densest(&all)), "endpoints do not wait for each other");
}

#[tokio::test(start_paused = true)]
async fn a_429_delays_the_requests_under_its_limit() {
    let throttles = processes(2, "", 50, 100);
    let others = Request { method: &http::Method::GET, endpoint: "/v1/customers", key: None };
    let pause = Duration::from_secs(10);
    let waited = async |request| throttles[1].admit(request).await.waited.as_secs();
    throttles[0].rate_limited(PRICES, LimitScope::Call, pause);
    tokio::task::yield_now().await;
    assert_eq!((waited(PRICES).await, waited(others).await), (0, 0));
    throttles[0].rate_limited(PRICES, LimitScope::Endpoint, pause);
    tokio::task::yield_now().await;
    let (endpoint, free) = tokio::join!(waited(PRICES), waited(others));
    assert!(endpoint >= 9 && free == 0, "the endpoint waits: {endpoint}, {free}");
    throttles[0].rate_limited(PRICES, LimitScope::Account, pause);
    tokio::task::yield_now().await;
    let (one, other) = tokio::join!(waited(PRICES), waited(others));
    assert!(one >= 9 && other >= 9, "every request waits: {one}, {other}");
}
