//! The nodes of one connection.
//!
//! # Theory
//!
//! A connection has nodes; each admits at most six transactions in *any* window of one
//! second. A token bucket would let twelve through around the edge of a refill, so the
//! instants of the last admissions are kept and the next is due one second after the
//! n-th last, n being six times the nodes that are active. Callers queue on a fair
//! lock: first come, first served, and dropping the future leaves the queue. A backlog
//! that lasts adds nodes; idleness removes them.

use std::collections::VecDeque;
use std::sync::Mutex as StdMutex;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use crate::stripe::Admission;

/// Transactions one node admits in any window of one second.
pub const TRANSACTIONS_PER_NODE: usize = 6;
const WINDOW: Duration = Duration::from_secs(1);
/// A backlog older than this adds a node.
const PATIENCE: Duration = Duration::from_millis(500);
/// Silence longer than this drops back to the fewest nodes.
const IDLE: Duration = Duration::from_secs(30);

/// The strict sliding window over the nodes of one connection.
#[derive(Debug)]
pub struct NodeThrottle {
    /// Holds the instants of the last admissions, oldest first; locked while waiting.
    window: Mutex<VecDeque<Instant>>,
    pool: StdMutex<Pool>,
    limits: Limits,
}

#[derive(Debug, Clone, Copy)]
struct Limits {
    fewest: usize,
    most: usize,
}

#[derive(Debug)]
struct Pool {
    active: usize,
    /// Since when every caller had to wait.
    backlog_since: Option<Instant>,
}

impl NodeThrottle {
    /// Between `fewest` and `most` nodes.
    pub fn new(fewest: usize, most: usize) -> Self {
        let limits = Limits { fewest: fewest.max(1), most: most.max(fewest).max(1) };
        let pool = Pool { active: limits.fewest, backlog_since: None };
        Self { window: Mutex::default(), pool: StdMutex::new(pool), limits }
    }

    /// Stripe has too much of us: half the nodes, until a backlog adds them again.
    pub(super) fn pushed_back(&self) {
        let mut pool = self.pool.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        pool.active = (pool.active / 2).max(self.limits.fewest.min(pool.active)).max(1);
        pool.backlog_since = None;
    }

    /// The most transactions a second that all nodes together admit.
    pub(super) fn most(&self) -> usize {
        self.limits.most * TRANSACTIONS_PER_NODE
    }

    /// Waits for the due instant, then for `gate`, with the queue locked: callers keep their
    /// order, and what the gate adds to the wait cannot bring two seconds' worth together.
    /// Who is refused at the gate leaves the queue and has taken no place.
    pub(super) async fn admit<E>(&self, gate: impl Future<Output = Result<(), E>>) -> Result<Admission, E> {
        let came = Instant::now();
        let mut window = self.window.lock().await;
        loop {
            let now = Instant::now();
            let nodes = self.active_nodes(came, now, window.back().copied());
            let allowed = nodes * TRANSACTIONS_PER_NODE;
            let due = window.len().checked_sub(allowed).and_then(|i| window.get(i)).map(|at| *at + WINDOW);
            match due {
                Some(due) if due > now => sleep_until(due.min(now + PATIENCE)).await,
                _ => {
                    gate.await?;
                    let now = Instant::now();
                    window.push_back(now);
                    self.forget_old(&mut window);
                    return Ok(Admission { waited: now - came, nodes });
                }
            }
        }
    }

    /// Only as many instants are kept as the largest pool could ask about.
    fn forget_old(&self, window: &mut VecDeque<Instant>) {
        while window.len() > self.most() {
            window.pop_front();
        }
    }

    fn active_nodes(&self, came: Instant, now: Instant, last: Option<Instant>) -> usize {
        let mut pool = self.pool.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if last.is_none_or(|last| now - last > IDLE) {
            pool.active = self.limits.fewest;
        }
        if now == came {
            pool.backlog_since = None;
        } else {
            let since = *pool.backlog_since.get_or_insert(came);
            if now - since >= PATIENCE && pool.active < self.limits.most {
                pool.active += 1;
                pool.backlog_since = Some(now);
            }
        }
        pool.active
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::time::{Instant, advance, sleep};

    use super::{Admission, NodeThrottle, TRANSACTIONS_PER_NODE};

    const SECOND: Duration = Duration::from_secs(1);

    async fn admit(throttle: &NodeThrottle) -> Admission {
        throttle.admit(std::future::ready(Ok::<_, ()>(()))).await.unwrap()
    }

    /// Admits `count` callers that come at once; answers when, and with how many nodes.
    async fn rush(throttle: &Arc<NodeThrottle>, count: usize) -> Vec<(Instant, usize)> {
        let callers = (0..count).map(|_| {
            let throttle = Arc::clone(throttle);
            tokio::spawn(async move {
                let admission = admit(&throttle).await;
                (Instant::now(), admission.nodes)
            })
        });
        let callers: Vec<_> = callers.collect();
        let mut admitted = Vec::new();
        for caller in callers {
            admitted.push(caller.await.unwrap());
        }
        admitted
    }

    /// The most admissions in any window that starts at one of them, beside the nodes then.
    fn densest(admitted: &[(Instant, usize)]) -> usize {
        let within =
            |start: Instant| admitted.iter().filter(|(at, _)| *at >= start && *at < start + SECOND).count();
        admitted.iter().map(|(start, _)| within(*start)).max().unwrap_or(0)
    }

    #[tokio::test(start_paused = true)]
    async fn a_node_never_admits_more_than_six_in_any_second() {
        let throttle = Arc::new(NodeThrottle::new(1, 1));
        let mut admitted = rush(&throttle, 40).await;
        // A pause just short of a second would let a bucket refill and double its burst.
        advance(Duration::from_millis(950)).await;
        admitted.extend(rush(&throttle, 20).await);
        assert_eq!(densest(&admitted), TRANSACTIONS_PER_NODE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_backlog_adds_nodes_and_no_window_exceeds_them() {
        let throttle = Arc::new(NodeThrottle::new(2, 5));
        let admitted = rush(&throttle, 300).await;
        let nodes: Vec<usize> = admitted.iter().map(|(_, nodes)| *nodes).collect();
        assert_eq!((nodes.iter().min(), nodes.iter().max()), (Some(&2), Some(&5)));
        for (start, _) in &admitted {
            let window = admitted.iter().filter(|(at, _)| *at >= *start && *at < *start + SECOND);
            let (count, most) =
                window.fold((0, 0), |(count, most), (_, nodes)| (count + 1, most.max(*nodes)));
            assert!(count <= most * TRANSACTIONS_PER_NODE, "{count} admissions with {most} nodes");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn idleness_removes_nodes() {
        let throttle = Arc::new(NodeThrottle::new(1, 5));
        rush(&throttle, 100).await;
        assert!(admit(&throttle).await.nodes > 1);
        sleep(Duration::from_secs(31)).await;
        assert_eq!(admit(&throttle).await.nodes, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn who_comes_first_goes_first() {
        let throttle = Arc::new(NodeThrottle::new(1, 1));
        let admitted = rush(&throttle, 30).await;
        assert!(admitted.is_sorted_by_key(|(at, _)| *at));
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_leaves_takes_no_place() {
        let throttle = Arc::new(NodeThrottle::new(1, 1));
        rush(&throttle, 6).await;
        let start = Instant::now();
        let leaving = tokio::time::timeout(Duration::from_millis(100), admit(&throttle));
        assert!(leaving.await.is_err());
        rush(&throttle, 6).await;
        assert_eq!(Instant::now() - start, SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn a_push_back_shrinks_the_pool() {
        let throttle = Arc::new(NodeThrottle::new(1, 8));
        rush(&throttle, 300).await;
        sleep(2 * SECOND).await;
        let before = admit(&throttle).await.nodes;
        assert!(before > 1);
        throttle.pushed_back();
        assert_eq!(admit(&throttle).await.nodes, before / 2);
    }
}
