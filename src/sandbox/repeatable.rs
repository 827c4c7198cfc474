//! Time and randomness: from the system, or repeatable from a seed.
//!
//! One thread answers a request, and holds the source of its sandbox while it does.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

/// The time and the seed of a repeatable sandbox.
#[derive(Debug, Default)]
pub(super) struct Repeatable {
    /// The time, in seconds since 1970.
    now: i64,
    seed: u64,
    /// The number of draws for each purpose.
    drawn: BTreeMap<String, u64>,
}

thread_local! {
    static HELD: RefCell<Option<Repeatable>> = const { RefCell::new(None) };
}

impl Repeatable {
    pub fn new(now: i64, seed: u64) -> Self {
        Self { now, seed, drawn: BTreeMap::new() }
    }

    /// Runs work with this time and this randomness; no value is drawn twice.
    pub fn during<T>(&mut self, work: impl FnOnce() -> T) -> T {
        HELD.set(Some(std::mem::take(self)));
        let done = work();
        *self = HELD.take().unwrap_or_default();
        done
    }

    /// Draws bytes that depend only on the seed, the purpose, and the number of earlier draws for the
    /// purpose.
    fn draw(&mut self, purpose: &str) -> [u8; 16] {
        let drawn = self.drawn.entry(purpose.to_owned()).or_default();
        *drawn += 1;
        let mut bytes = [0; 16];
        let digest = Sha256::digest(format!("{} {purpose} {drawn}", self.seed));
        bytes.iter_mut().zip(digest).for_each(|(byte, drawn)| *byte = drawn);
        bytes
    }
}

/// Returns sixteen random bytes for a purpose.
pub(super) fn bytes(purpose: &str) -> [u8; 16] {
    let drawn = HELD.with_borrow_mut(|held| held.as_mut().map(|held| held.draw(purpose)));
    drawn.unwrap_or_else(|| uuid::Uuid::new_v4().into_bytes())
}

/// The current time, in seconds since 1970.
pub(super) fn now() -> i64 {
    HELD.with_borrow(|held| held.as_ref().map(|held| held.now)).unwrap_or_else(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        since.as_secs().try_into().unwrap_or(i64::MAX)
    })
}

#[cfg(test)]
mod tests;
