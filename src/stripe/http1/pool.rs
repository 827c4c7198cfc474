//! A pool of idle connections, which are reused while they are young.

use std::sync::Mutex;

use tokio::time::Instant;

use crate::stripe::transport::MAX_IDLE_TIME;
use crate::sync::lock;

/// The maximum number of idle connections in the pool.
const MAX_IDLE: usize = 8;

/// Idle connections, with the most recently used one last.
#[derive(Debug)]
pub(super) struct IdlePool<T> {
    idle: Mutex<Vec<(Instant, T)>>,
}

impl<T> IdlePool<T> {
    pub(super) fn new() -> Self {
        Self { idle: Mutex::default() }
    }

    /// Returns the most recently used connection, unless it has been idle for too long; then all others have
    /// been too.
    pub(super) fn take(&self) -> Option<T> {
        let mut idle = lock(&self.idle);
        idle.retain(|(since, _)| since.elapsed() < MAX_IDLE_TIME);
        idle.pop().map(|(_, connection)| connection)
    }

    /// Keeps a connection for later use if it is open and there is room.
    pub(super) fn put(&self, connection: T, is_open: impl Fn(&T) -> bool) {
        let mut idle = lock(&self.idle);
        idle.retain(|(since, connection)| since.elapsed() < MAX_IDLE_TIME && is_open(connection));
        if idle.len() < MAX_IDLE && is_open(&connection) {
            idle.push((Instant::now(), connection));
        }
    }
}

#[cfg(test)]
mod tests {

    use super::{IdlePool, MAX_IDLE};
    use crate::stripe::transport::MAX_IDLE_TIME;

    #[tokio::test(start_paused = true)]
    async fn what_was_idle_for_too_long_is_not_used_again() {
        let pool = IdlePool::new();
        pool.put("old", |_| true);
        tokio::time::advance(MAX_IDLE_TIME * 9 / 10).await;
        pool.put("young", |_| true);
        assert_eq!(pool.take(), Some("young"), "the one that was used last");
        assert_eq!(pool.take(), Some("old"));
        pool.put("young", |_| true);
        tokio::time::advance(MAX_IDLE_TIME).await;
        assert_eq!(pool.take(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn closed_ones_are_not_kept_and_there_is_an_end_of_room() {
        let pool = IdlePool::new();
        pool.put(0, |_| false);
        assert_eq!(pool.take(), None);
        (0..=MAX_IDLE).for_each(|number| pool.put(number, |_| true));
        assert_eq!(pool.take(), Some(MAX_IDLE - 1));
        pool.put(100, |number| *number == 100);
        assert_eq!((pool.take(), pool.take()), (Some(100), None), "the others were closed meanwhile");
    }
}
