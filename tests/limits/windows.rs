//! The windows themselves: the counters that processes share, in a Redis and in a file.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use stripe_provider::stripe::{
    ConnectionThrottle, Decision, HostWindow, LimitKey, LimitKeys, NodeThrottle, PermitRequest,
    ProcessWindow, RedisWindow, Throttle, Window,
};
use tokio::runtime::Runtime;

use crate::support::harness::{Case, case};
use crate::support::redis::Redis;

pub fn cases() -> Vec<Case> {
    vec![
        case!(throttles_with_the_same_redis_share_a_limit, Redis),
        case!(async a_pause_delays_every_request, Redis),
        case!(async another_window_is_used_when_the_redis_goes_away, Redis),
        case!(the_nodes_of_a_connection_are_counted_across_a_redis, Redis),
        case!(the_nodes_of_a_connection_are_counted_across_a_machine),
        case!(async a_redis_admits_the_requests_of_a_second_closely, Redis),
        case!(async a_redis_delays_one_endpoint_and_not_the_others, Redis),
    ]
}

const CUSTOMERS: PermitRequest<'_> =
    PermitRequest { method: &http::Method::GET, endpoint: "/v1/customers", key: None };

fn window(redis: &Redis, limit: usize) -> Arc<dyn Window> {
    Arc::new(RedisWindow::new(&redis.address, "acct_1", limit).unwrap())
}

async fn times(throttles: &[ConnectionThrottle], each: usize) -> Vec<Instant> {
    let callers = throttles.iter().flat_map(|throttle| {
        (0..each).map(move |_| async move {
            throttle.admit(CUSTOMERS).await;
            Instant::now()
        })
    });
    let mut times = join_all(callers).await;
    times.sort();
    times
}

fn throttles_with_the_same_redis_share_a_limit() {
    Runtime::new().unwrap().block_on(share_a_redis());
}

async fn share_a_redis() {
    let redis = Redis::start();
    let throttles =
        [(); 4].map(|()| ConnectionThrottle::new("", NodeThrottle::new(50, 50), vec![window(&redis, 20)]));
    let times = times(&throttles, 15).await;
    let densest = densest(&times);
    assert!((19..=20).contains(&densest), "{densest} admissions in a second");
}

async fn a_pause_delays_every_request() {
    let redis = Redis::start();
    let (one, other) = (window(&redis, 20), window(&redis, 20));
    one.pause(None, Duration::from_secs(30)).await.unwrap();
    one.pause(None, Duration::from_secs(1)).await.unwrap();
    let Decision::Wait(wait) = other.try_admit(LimitKeys::default()).await.unwrap() else {
        panic!("admitted in spite of the pause")
    };
    assert!(wait > Duration::from_secs(25), "a shorter pause does not end a longer one: {wait:?}");
}

async fn another_window_is_used_when_the_redis_goes_away() {
    let mut redis = Redis::start();
    let throttle = ConnectionThrottle::new(
        "",
        NodeThrottle::new(50, 50),
        vec![window(&redis, 1000), ProcessWindow::new(1000)],
    );
    throttle.admit(CUSTOMERS).await;
    redis.stop();
    let admitted = tokio::time::timeout(Duration::from_secs(20), throttle.admit(CUSTOMERS)).await;
    assert!(admitted.is_ok(), "a Redis that is away must not stop a run");
}

/// The most admissions in any second, instants taken after the wait.
fn densest(times: &[Instant]) -> usize {
    let window = Duration::from_millis(995);
    let within = |start: Instant| times.iter().filter(|at| **at >= start && **at < start + window).count();
    times.iter().map(|start| within(*start)).max().unwrap_or(0)
}

async fn assert_nodes_are_shared(windows: [Arc<dyn Window>; 3]) {
    let throttles =
        windows.map(|window| ConnectionThrottle::new("connection", NodeThrottle::new(1, 1), vec![window]));
    let densest = densest(&times(&throttles, 6).await);
    assert!(densest <= 6, "{densest} admissions in a second by one node");
}

fn the_nodes_of_a_connection_are_counted_across_a_redis() {
    let redis = Redis::start();
    let windows = [(); 3].map(|()| window(&redis, 100));
    Runtime::new().unwrap().block_on(assert_nodes_are_shared(windows));
}

fn the_nodes_of_a_connection_are_counted_across_a_machine() {
    let folder = tempfile::tempdir().unwrap();
    let windows = [(); 3].map(|()| {
        let window: Arc<dyn Window> = Arc::new(HostWindow::new(folder.path().join("x.window"), 100));
        window
    });
    Runtime::new().unwrap().block_on(assert_nodes_are_shared(windows));
}

/// Waits until the window admits so many requests, one after the other; when each is due on its clock.
async fn admitted(window: &Arc<dyn Window>, keys: LimitKeys, count: usize) -> Vec<u64> {
    let mut times = Vec::new();
    while times.len() < count {
        match window.try_admit(keys).await.unwrap() {
            Decision::Granted { at, .. } => times.push(at),
            Decision::Wait(wait) | Decision::WaitForEndpoint(wait) => tokio::time::sleep(wait).await,
        }
    }
    times
}

/// As the windows of a process and of a machine do: 4.06 ms apart, a tenth of 1.015 s for 25.
async fn a_redis_admits_the_requests_of_a_second_closely() {
    let redis = Redis::start();
    let window = window(&redis, 25);
    let times = admitted(&window, LimitKeys::default(), 25).await;
    assert_eq!(times.windows(2).map(|two| two[1] - two[0]).min(), Some(4060));
    let decision = window.try_admit(LimitKeys::default()).await.unwrap();
    assert!(matches!(decision, Decision::Wait(wait) if wait > Duration::from_millis(500)), "{decision:?}");
}

async fn a_redis_delays_one_endpoint_and_not_the_others() {
    let redis = Redis::start();
    let window = window(&redis, 100);
    let of = |endpoint: &str| LimitKeys { endpoint: LimitKey::new(endpoint, 2), ..LimitKeys::default() };
    admitted(&window, of("one"), 2).await;
    let decision = window.try_admit(of("one")).await.unwrap();
    let is_full = |wait| wait > Duration::from_millis(500);
    assert!(matches!(decision, Decision::WaitForEndpoint(wait) if is_full(wait)), "{decision:?}");
    assert!(matches!(window.try_admit(of("other")).await.unwrap(), Decision::Granted { .. }));
    window.pause(Some(LimitKey::new("other", 2)), Duration::from_secs(30)).await.unwrap();
    assert!(matches!(window.try_admit(of("other")).await.unwrap(), Decision::WaitForEndpoint(_)));
    assert!(matches!(window.try_admit(of("third")).await.unwrap(), Decision::Granted { .. }));
}
