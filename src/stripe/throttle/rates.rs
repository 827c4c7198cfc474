//! Tests how much of a limit runs can use, from their first second to their last.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep};

use super::{
    ConnectionThrottle, LimitKey, NodeThrottle, PermitRequest, ProcessWindow, Throttle as _, Window,
};

const SECOND: Duration = Duration::from_secs(1);
const PATHS: [&str; 6] = ["/v1/a", "/v1/b", "/v1/c", "/v1/d", "/v1/e", "/v1/f"];

/// One run: its number of requests, how many are in flight at a time, and the latency of each.
#[derive(Debug, Clone, Copy)]
struct Run {
    requests: usize,
    parallelism: usize,
    latency: Duration,
}

/// The throttle of a process with default settings.
fn throttle(account: &Arc<ProcessWindow>) -> ConnectionThrottle {
    let account: Arc<dyn Window> = Arc::clone(account) as Arc<dyn Window>;
    ConnectionThrottle::new("", NodeThrottle::new(2, 50), vec![account])
}

/// Returns when each request left.
async fn leave(throttle: &ConnectionThrottle, run: Run) -> Vec<Instant> {
    let workers = (0..run.parallelism).map(|worker| async move {
        let mut left = Vec::new();
        for at in (worker..run.requests).step_by(run.parallelism) {
            let endpoint = PATHS[at % PATHS.len()];
            throttle.admit(PermitRequest { method: &http::Method::POST, endpoint, key: None }).await;
            left.push(Instant::now());
            sleep(run.latency).await;
        }
        left
    });
    let mut left = join_all(workers).await.concat();
    left.sort();
    left
}

fn densest(left: &[Instant]) -> usize {
    let within = |start: Instant| left.iter().filter(|at| **at >= start && **at < start + SECOND).count();
    left.iter().map(|start| within(*start)).max().unwrap_or(0)
}

/// Returns the fraction of the possible rate that was reached until the last request left. For many requests,
/// it measures between two that each began a second, without the first two seconds: the last second alone
/// would hide what every second loses.
fn share(left: &[Instant], limit: usize, run: Run) -> f64 {
    let last = left.len() - 1;
    let (from, to) = if last < 12 * limit { (0, last) } else { (2 * limit, last / limit * limit) };
    let [limit, parallelism, requests] =
        [limit, run.parallelism, to - from].map(|it| f64::from(u32::try_from(it).unwrap()));
    let possible = limit.min(parallelism / run.latency.as_secs_f64());
    requests / possible / (left[to] - left[from]).as_secs_f64()
}

#[tokio::test(start_paused = true)]
async fn a_run_gets_98_percent_of_what_limit_and_latency_allow() {
    for limit in [25, 100] {
        for parallelism in [10, 50] {
            for latency in [50, 150, 500].map(Duration::from_millis) {
                for requests in [200, 2_000] {
                    let run = Run { requests, parallelism, latency };
                    let left = leave(&throttle(&ProcessWindow::new(limit)), run).await;
                    let share = share(&left, limit, run);
                    assert!(densest(&left) <= limit, "{limit} a second, {run:?}: {}", densest(&left));
                    assert!(share >= 0.98, "{limit} a second, {run:?}: {share}");
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_second_is_full() {
    let run = Run { requests: 60, parallelism: 10, latency: Duration::from_millis(150) };
    let left = leave(&throttle(&ProcessWindow::new(25)), run).await;
    let first = left.iter().filter(|at| **at - left[0] < SECOND).count();
    assert_eq!(first, 25);
}

/// Counts the arrivals that a Stripe would refuse that admits `limit` in any second, if the n-th request
/// takes `delay(n)` to arrive.
fn refused(left: &[Instant], limit: usize, delay: impl Fn(usize) -> Duration) -> usize {
    let mut arrivals: Vec<Instant> = left.iter().enumerate().map(|(at, left)| *left + delay(at)).collect();
    arrivals.sort();
    let mut admitted: Vec<Instant> = Vec::new();
    for at in arrivals {
        let full = admitted.len().checked_sub(limit).is_some_and(|oldest| at - admitted[oldest] < SECOND);
        admitted.extend((!full).then_some(at));
    }
    left.len() - admitted.len()
}

/// A random delay of up to `most` milliseconds for each request.
fn up_to(most: u64, seed: usize) -> impl Fn(usize) -> Duration {
    move |at| Duration::from_millis(LimitKey::new(&format!("{seed} {at}"), 0).hash % (most + 1))
}

/// Returns when 200 requests leave, after the two seconds in which a process is careful.
async fn settled() -> Vec<Instant> {
    let run = Run { requests: 250, parallelism: 50, latency: Duration::from_millis(150) };
    leave(&throttle(&ProcessWindow::new(25)), run).await.split_off(50)
}

#[tokio::test(start_paused = true)]
async fn a_delay_within_the_slack_is_not_refused() {
    let left = settled().await;
    for seed in 0..20 {
        assert_eq!(refused(&left, 25, up_to(15, seed)), 0);
    }
}

/// Shows why the admissions of a second are not spread evenly over it.
#[tokio::test(start_paused = true)]
async fn requests_that_leave_close_together_bear_delays_better_than_an_even_distribution() {
    let close = settled().await;
    let apart = super::window_state::WINDOW / 25;
    let evenly: Vec<Instant> = (0..200).map(|at| close[0] + Duration::from_micros(at * apart)).collect();
    for more in [20, 25, 30] {
        let all = |left: &[Instant]| (0..20).map(|seed| refused(left, 25, up_to(more, seed))).sum::<usize>();
        let (close, evenly) = (all(&close), all(&evenly));
        assert!(2 * close < evenly, "up to {more} ms: {close}, {evenly}");
    }
}

#[tokio::test(start_paused = true)]
async fn eight_processes_together_get_98_percent() {
    let account = ProcessWindow::new(25);
    let processes: Vec<ConnectionThrottle> = (0..8).map(|_| throttle(&account)).collect();
    let run = Run { requests: 50, parallelism: 10, latency: Duration::from_millis(150) };
    let mut left = join_all(processes.iter().map(|throttle| leave(throttle, run))).await.concat();
    left.sort();
    let share = share(&left, 25, Run { parallelism: 80, ..run });
    assert!(densest(&left) <= 25, "{}", densest(&left));
    assert!(share >= 0.98, "{share}");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_at_its_limit_does_not_slow_the_others() {
    let throttle = throttle(&ProcessWindow::new(100));
    let ask = async |endpoint, requests: usize| {
        let began = Instant::now();
        for _ in 0..requests {
            throttle.admit(PermitRequest { method: &http::Method::POST, endpoint, key: None }).await;
        }
        began.elapsed()
    };
    let full = join_all((0..20).map(|_| ask("/v1/full", 10)));
    let (_, free) = tokio::join!(full, ask("/v1/free", 50));
    assert!(free < 3 * SECOND, "50 requests to an endpoint that is free took {free:?}");
}
