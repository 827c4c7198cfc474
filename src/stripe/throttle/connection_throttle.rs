//! The throttle of one connection: its nodes, below the limits that the scope shares.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::{Instant, sleep_until};

use super::lateness::Lateness;
use super::{
    Admission, Decision, LimitKey, LimitKeys, LimitScope, NodeThrottle, PermitRequest, ProcessWindow,
    Throttle, Window,
};
use crate::sync::lock;

/// Stripe's limit for each endpoint, in transactions per second.
const PER_ENDPOINT: usize = 25;
/// The endpoints with other limits, given by the beginning and the end of their paths.
const OTHER_LIMITS: [(&str, &str, usize); 2] = [("/v1/", "/search", 20), ("/v1/files", "", 20)];

/// A request that wakes later than this, because the machine is busy, is counted from then on …
const LATEST_WAKE: Duration = Duration::from_millis(8);
/// … but at most this many times, because a busy machine would otherwise never send anything.
const MAX_MOVES: usize = 5;

/// How long to wait before trying an unreachable window again.
const RECHECK_AFTER: Duration = Duration::from_secs(10);

/// The nodes of one connection, below the limits that the scope shares.
#[derive(Debug)]
pub struct ConnectionThrottle {
    nodes: NodeThrottle,
    connection: LimitKey,
    /// The windows of the scope, the widest first; the next one is used while one cannot be reached.
    shared: Vec<SharedWindow>,
    /// The queues of callers by endpoint, so that callers of one endpoint do not delay the others.
    endpoints: Mutex<HashMap<LimitKey, Arc<Queue>>>,
    lateness: Lateness,
}

/// The callers of one endpoint in this process.
#[derive(Debug)]
struct Queue {
    /// Held by the first caller, which alone looks at the window while the others sleep.
    turn: tokio::sync::Mutex<()>,
    window: Arc<ProcessWindow>,
}

impl Queue {
    fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { turn: tokio::sync::Mutex::default(), window: ProcessWindow::new(limit) })
    }
}

/// A window, and the time since which it has been unreachable.
#[derive(Debug, Clone)]
struct SharedWindow {
    window: Arc<dyn Window>,
    unreachable_since: Arc<Mutex<Option<Instant>>>,
    /// When it can grant again, according to its last answer. Asking earlier is pointless.
    next: Arc<Mutex<Option<Instant>>>,
}

impl SharedWindow {
    fn new(window: Arc<dyn Window>) -> Self {
        Self { window, unreachable_since: Arc::default(), next: Arc::default() }
    }

    /// Returns the window's decision, or `None` if it cannot be reached now or could not a moment ago.
    async fn try_admit(&self, keys: LimitKeys) -> Option<Decision> {
        if !self.is_reachable() {
            return None;
        }
        match self.window.try_admit(keys).await {
            Ok(decision) => {
                if let Decision::Granted { next, .. } = decision {
                    *lock(&self.next) = Some(Instant::now() + next);
                }
                Some(decision)
            }
            Err(error) => {
                log::warn!("{error}; a narrower scope is used instead");
                *self.unreachable_since() = Some(Instant::now());
                None
            }
        }
    }

    /// Pauses the window, unless it cannot be reached now or could not a moment ago.
    async fn pause(&self, key: Option<LimitKey>, pause: Duration) {
        if self.is_reachable() && self.window.pause(key, pause).await.is_err() {
            *self.unreachable_since() = Some(Instant::now());
        }
    }

    fn is_reachable(&self) -> bool {
        self.unreachable_since().is_none_or(|since| since.elapsed() >= RECHECK_AFTER)
    }

    /// Waits until the window can grant again, according to its last answer.
    async fn until_next(&self) {
        let next = *lock(&self.next);
        if let Some(next) = next.filter(|next| *next > Instant::now()) {
            sleep_until(next).await;
        }
    }

    fn unreachable_since(&self) -> MutexGuard<'_, Option<Instant>> {
        lock(&self.unreachable_since)
    }
}

impl ConnectionThrottle {
    /// Creates a throttle for the connection with this id: its nodes below these windows, the widest first.
    /// The last window should be one that cannot fail.
    pub fn new(id: &str, nodes: NodeThrottle, shared: Vec<Arc<dyn Window>>) -> Self {
        // Connections with the same id but different node counts are counted separately, so that none starves
        // the other.
        let limit = nodes.max_rate();
        let connection = LimitKey::new(&format!("connection {id} {limit}"), limit);
        let shared = shared.into_iter().map(SharedWindow::new).collect();
        Self { nodes, connection, shared, endpoints: Mutex::default(), lateness: Lateness::default() }
    }

    fn queue(&self, endpoint: LimitKey) -> Arc<Queue> {
        let mut endpoints = lock(&self.endpoints);
        Arc::clone(endpoints.entry(endpoint).or_insert_with(|| Queue::new(endpoint.limit)))
    }

    /// Returns the keys with the recent lateness of requests filled in.
    fn lately(&self, keys: LimitKeys) -> LimitKeys {
        LimitKeys { lateness: self.lateness.lately(), ..keys }
    }

    /// Waits in the queue of an endpoint.
    async fn wait_in(&self, queue: &Queue) {
        let _turn = queue.turn.lock().await;
        loop {
            match queue.window.decide(self.lately(LimitKeys::default())) {
                Decision::Granted { wait, .. } => return sleep(wait).await,
                Decision::Wait(wait) | Decision::WaitForEndpoint(wait) => sleep(wait).await,
            }
        }
    }

    /// Waits for the first window that can be reached. Fails with the remaining wait if the endpoint is full.
    async fn admit_in_scope(&self, keys: LimitKeys) -> Result<(), Duration> {
        let mut times_moved = 0;
        for window in &self.shared {
            let mut moved = None;
            window.until_next().await;
            while let Some(decision) = window.try_admit(LimitKeys { moved, ..self.lately(keys) }).await {
                moved = None;
                match decision {
                    Decision::Granted { wait, at, .. } => {
                        let late = sleep_late(wait).await;
                        if late <= LATEST_WAKE || times_moved == MAX_MOVES {
                            self.lateness.note(late);
                            return Ok(());
                        }
                        moved = Some(at);
                        times_moved += 1;
                    }
                    Decision::Wait(wait) => sleep(wait).await,
                    Decision::WaitForEndpoint(wait) => return Err(wait),
                }
            }
        }
        Ok(())
    }
}

impl Throttle for ConnectionThrottle {
    fn admit<'a>(&'a self, request: PermitRequest<'a>) -> BoxFuture<'a, Admission> {
        Box::pin(async move {
            let arrived = Instant::now();
            let keys = LimitKeys {
                endpoint: endpoint(request),
                connection: self.connection,
                ..LimitKeys::default()
            };
            let queue = self.queue(keys.endpoint);
            let mut unready = Duration::ZERO;
            loop {
                self.wait_in(&queue).await;
                // This happens late, so that one sync of a journal covers all waiting requests, but before
                // the nodes are locked, so that the others do not wait for it.
                let due = Instant::now();
                request.ready().await;
                unready += due.elapsed();
                match self.nodes.admit(self.admit_in_scope(keys)).await {
                    Ok(admission) => {
                        let waited = arrived.elapsed().saturating_sub(unready);
                        return Admission { waited, ..admission };
                    }
                    // Other processes in the scope use the endpoint too.
                    Err(wait) => queue.window.pause_now(None, wait),
                }
            }
        })
    }

    fn rate_limited(&self, request: PermitRequest<'_>, limit: LimitScope, pause: Duration) {
        let paused = match limit {
            LimitScope::Call => return,
            LimitScope::Endpoint => Some(endpoint(request)),
            LimitScope::Account => {
                self.nodes.halve();
                None
            }
        };
        // Pauses all windows, because a wider one may become unreachable before the pause is over.
        for shared in self.shared.clone() {
            tokio::spawn(async move { shared.pause(paused, pause).await });
        }
    }
}

/// Sleeps. For a zero wait, the runtime's own sleep would take a tick of its clock and a wake-up.
async fn sleep(wait: Duration) {
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
}

/// Sleeps, and returns by how much the sleep took longer than it should.
async fn sleep_late(wait: Duration) -> Duration {
    let began = Instant::now();
    sleep(wait).await;
    began.elapsed().saturating_sub(wait)
}

/// Returns the endpoint of a call, with Stripe's limit for it.
fn endpoint(request: PermitRequest<'_>) -> LimitKey {
    let path = request.endpoint;
    let other = OTHER_LIMITS.iter().find(|(begin, end, _)| path.starts_with(begin) && path.ends_with(end));
    let limit = other.map_or(PER_ENDPOINT, |(_, _, limit)| *limit);
    LimitKey::new(&format!("{} {path}", request.method), limit)
}

#[cfg(test)]
mod tests;
