//! The nodes of one connection: a strict sliding window.
//!
//! # Theory
//!
//! A connection has nodes; each admits at most six transactions in *any* window of one second. A token bucket
//! would let twelve through around the edge of a refill. So the instants of the last admissions are kept, and
//! the next one is due one second after the n-th last, where n is six times the number of active nodes.
//! Callers queue on a fair lock, first come, first served; dropping the future leaves the queue. A request
//! that would have to wait for a node adds one at once, and idleness removes nodes. A 429 halves them, and
//! for ten seconds after that they come back one by one. For limits between processes, see docs/design/0006.

use std::collections::VecDeque;
use std::sync::Mutex as StdMutex;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use crate::stripe::Admission;
use crate::sync::lock;

/// The transactions that one node admits in any window of one second.
pub const TRANSACTIONS_PER_NODE: usize = 6;
const WINDOW: Duration = Duration::from_secs(1);
/// For this long after a 429, nodes come back one at a time …
const RECOVERY: Duration = Duration::from_secs(10);
/// … with this much time between them.
const RECOVERY_STEP: Duration = Duration::from_millis(500);
/// After this time without a request, only the minimum number of nodes is active.
const IDLE_AFTER: Duration = Duration::from_secs(30);

/// Admits requests to the nodes of one connection.
#[derive(Debug)]
pub struct NodeThrottle {
    /// The instants of the last admissions, oldest first; locked while the first caller waits.
    window: Mutex<VecDeque<Instant>>,
    pool: StdMutex<NodePool>,
    min: usize,
    max: usize,
}

#[derive(Debug)]
struct NodePool {
    active: usize,
    /// When a 429 last halved the nodes.
    halved: Option<Instant>,
    /// When a node was last added, or the nodes were halved.
    changed: Option<Instant>,
}

impl NodeThrottle {
    /// Creates a throttle with `min` to `max` nodes, at least one.
    pub fn new(min: usize, max: usize) -> Self {
        let (min, max) = (min.max(1), max.max(min).max(1));
        let pool = StdMutex::new(NodePool { active: min, halved: None, changed: None });
        Self { window: Mutex::default(), pool, min, max }
    }

    /// Halves the active nodes after a 429; a backlog adds them again. Requests that left together are
    /// refused together, which counts as one 429 and not several.
    pub(super) fn halve(&self) {
        let mut pool = lock(&self.pool);
        if pool.halved.is_some_and(|at| at.elapsed() < RECOVERY_STEP) {
            return;
        }
        pool.active = (pool.active / 2).max(self.min.min(pool.active)).max(1);
        (pool.halved, pool.changed) = (Some(Instant::now()), Some(Instant::now()));
    }

    /// The maximum number of transactions per second that all nodes together admit.
    pub(super) fn max_rate(&self) -> usize {
        self.max * TRANSACTIONS_PER_NODE
    }

    /// Waits until a node is free, then for `gate`. The queue stays locked: callers keep their order, and a
    /// wait at the gate cannot let the requests of two seconds through in one. A request that the gate
    /// refuses leaves the queue and is not counted.
    pub(super) async fn admit<E>(&self, gate: impl Future<Output = Result<(), E>>) -> Result<Admission, E> {
        let arrived = Instant::now();
        let mut window = self.window.lock().await;
        loop {
            let now = Instant::now();
            let nodes = self.active_nodes(now, &window);
            if let Some(due) = due(&window, nodes).filter(|due| *due > now) {
                // By then, a node may have come back.
                sleep_until(due.min(now + RECOVERY_STEP)).await;
                continue;
            }
            gate.await?;
            let now = Instant::now();
            window.push_back(now);
            self.drop_old(&mut window);
            return Ok(Admission { waited: now - arrived, nodes });
        }
    }

    /// Keeps only the instants that matter for the largest pool.
    fn drop_old(&self, window: &mut VecDeque<Instant>) {
        while window.len() > self.max_rate() {
            window.pop_front();
        }
    }

    /// Returns the number of nodes for the next request, which adds nodes that it would otherwise wait for.
    fn active_nodes(&self, now: Instant, window: &VecDeque<Instant>) -> usize {
        let mut pool = lock(&self.pool);
        if window.back().is_none_or(|last| now - *last > IDLE_AFTER) {
            pool.active = self.min;
        }
        let lasts = |since: Option<Instant>, time| since.is_some_and(|since| now - since < time);
        while pool.active < self.max && due(window, pool.active).is_some_and(|due| due > now) {
            if lasts(pool.halved, RECOVERY) && lasts(pool.changed, RECOVERY_STEP) {
                break;
            }
            pool.active += 1;
            pool.changed = Some(now);
        }
        pool.active
    }
}

/// When `nodes` nodes admit the next request; `None` if they admit it now.
fn due(window: &VecDeque<Instant>, nodes: usize) -> Option<Instant> {
    let counted = window.len().checked_sub(nodes * TRANSACTIONS_PER_NODE)?;
    window.get(counted).map(|at| *at + WINDOW)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::time::{Instant, advance, sleep};

    use super::{Admission, NodeThrottle, RECOVERY_STEP, TRANSACTIONS_PER_NODE};

    const SECOND: Duration = Duration::from_secs(1);

    async fn admit(throttle: &NodeThrottle) -> Admission {
        throttle.admit(std::future::ready(Ok::<_, ()>(()))).await.unwrap()
    }

    /// Admits `count` simultaneous callers; returns when each was admitted, and with how many nodes.
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

    /// The maximum number of admissions in any window that starts at one of them.
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
            let (count, max) = window.fold((0, 0), |(count, max), (_, nodes)| (count + 1, max.max(*nodes)));
            assert!(count <= max * TRANSACTIONS_PER_NODE, "{count} admissions with {max} nodes");
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
    async fn callers_are_admitted_in_the_order_they_came() {
        let throttle = Arc::new(NodeThrottle::new(1, 1));
        let admitted = rush(&throttle, 30).await;
        assert!(admitted.is_sorted_by_key(|(at, _)| *at));
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_leaves_is_not_counted() {
        let throttle = Arc::new(NodeThrottle::new(1, 1));
        rush(&throttle, 6).await;
        let start = Instant::now();
        let leaving = tokio::time::timeout(Duration::from_millis(100), admit(&throttle));
        assert!(leaving.await.is_err());
        rush(&throttle, 6).await;
        assert_eq!(Instant::now() - start, SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn a_429_halves_the_active_nodes() {
        let throttle = Arc::new(NodeThrottle::new(1, 8));
        rush(&throttle, 300).await;
        sleep(2 * SECOND).await;
        let before = admit(&throttle).await.nodes;
        assert!(before > 1);
        for _ in 0..10 {
            throttle.halve();
        }
        assert_eq!(admit(&throttle).await.nodes, before / 2, "ten refusals at once are one");
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_429_nodes_come_back_one_by_one() {
        let throttle = Arc::new(NodeThrottle::new(1, 8));
        rush(&throttle, 48).await;
        sleep(2 * SECOND).await;
        throttle.halve();
        let admitted = rush(&throttle, 40).await;
        let (start, first) = admitted[0];
        assert_eq!(first, 4);
        let early = admitted.iter().filter(|(at, _)| *at - start < RECOVERY_STEP);
        assert_eq!(early.map(|(_, nodes)| *nodes).max(), Some(4));
        assert!(admitted.iter().any(|(_, nodes)| *nodes > 4), "a backlog adds nodes again");
    }

    #[tokio::test(start_paused = true)]
    async fn a_backlog_adds_nodes_at_once() {
        let throttle = Arc::new(NodeThrottle::new(2, 50));
        let start = Instant::now();
        rush(&throttle, 200).await;
        assert_eq!(Instant::now(), start, "50 nodes admit 300 in a second");
    }

    /// Uses the real clock, in which no two instants are equal.
    #[tokio::test]
    async fn requests_that_find_a_free_node_add_none() {
        let throttle = Arc::new(NodeThrottle::new(1, 6));
        for _ in 0..5 {
            assert_eq!(admit(&throttle).await.nodes, 1);
            sleep(RECOVERY_STEP).await;
        }
        let nodes: Vec<usize> = rush(&throttle, 20).await.iter().map(|(_, nodes)| *nodes).collect();
        assert!(nodes.iter().max() > Some(&1), "a backlog does: {nodes:?}");
    }
}
