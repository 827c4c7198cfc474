//! One sandbox: its store, its faults, its limit, its deliveries.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use crate::sandbox::error::ApiError;
use crate::sandbox::fault::{Fault, Faults};
use crate::sandbox::limit::Limit;
use crate::sandbox::repeatable::Repeatable;
use crate::sandbox::store::{self, OpenError, Store};
use crate::sandbox::webhook_delivery::{Delivery, WebhookSender};
use crate::sandbox::{event, seed};
use crate::sync::lock;

/// A sandbox. Clones share the same state.
#[derive(Debug, Clone)]
pub struct Sandbox(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    store: Store,
    faults: Mutex<Faults>,
    limit: Mutex<Limit>,
    webhooks: WebhookSender,
    repeats: OnceLock<Mutex<Repeatable>>,
}

impl Sandbox {
    /// Creates a sandbox that disappears with the process.
    pub fn memory() -> Result<Self, OpenError> {
        Ok(Self::over(Store::open(None, seed::bodies)?))
    }

    /// Opens a sandbox stored in a file, which is created if it does not exist. Several processes may share
    /// it.
    pub fn open(file: &Path) -> Result<Self, OpenError> {
        Ok(Self::over(Store::open(Some(file), seed::bodies)?))
    }

    /// Checks whether a sandbox can be stored in a file, without creating or changing the file.
    pub fn check(file: &Path) -> Result<(), OpenError> {
        store::check(file)
    }

    /// Returns an in-memory copy of this sandbox.
    pub fn copy(&self) -> Result<Self, OpenError> {
        Ok(Self::over(self.0.store.copy()?))
    }

    /// From now on, the same requests get the same answers: time stands still at `now` (in seconds since
    /// 1970), and ids are derived from the seed. Only the first call has an effect.
    #[must_use]
    pub fn repeating(self, now: i64, seed: u64) -> Self {
        self.0.repeats.get_or_init(|| Mutex::new(Repeatable::new(now, seed)));
        self
    }

    fn over(store: Store) -> Self {
        Self(Arc::new(Shared {
            store,
            faults: Mutex::default(),
            limit: Mutex::default(),
            webhooks: WebhookSender::default(),
            repeats: OnceLock::new(),
        }))
    }

    /// How many objects of each type are alive: not deleted, archived, canceled or void.
    pub fn counts(&self) -> Vec<(String, usize)> {
        let mut lease = self.0.store.lease(false);
        let counted =
            lease.begin(String::new(), false).map_err(ApiError::from).and_then(|session| session.counts());
        counted.unwrap_or_default()
    }

    /// Makes the next matching requests meet this fault.
    pub fn script(&self, fault: Fault) {
        self.faults().add(fault);
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.faults().clear();
    }

    /// How many requests have met a fault so far.
    pub fn faults_met(&self) -> usize {
        self.faults().met()
    }

    /// Refuses requests beyond this many per second, as Stripe does; with `None`, refuses nothing.
    pub fn limit_to(&self, per_second: Option<usize>) {
        self.limit().set(per_second);
    }

    /// How many requests were answered, and how many of them were refused by the limit.
    pub fn traffic(&self) -> (usize, usize) {
        self.limit().traffic()
    }

    /// Sends events to webhook endpoints in the background.
    pub(super) fn deliver(&self, deliveries: Vec<Delivery>) {
        self.0.webhooks.send(deliveries, || {
            let shared = Arc::downgrade(&self.0);
            move |delivery: &Delivery| {
                if let Some(shared) = shared.upgrade() {
                    note_delivery(&shared.store, delivery);
                }
            }
        });
    }

    /// Runs the work of a request with the time and the randomness of this sandbox.
    pub(super) fn do_work<T>(&self, work: impl FnOnce(&Self) -> T) -> T {
        match self.0.repeats.get() {
            Some(given) => lock(given).during(|| work(self)),
            None => work(self),
        }
    }

    /// The store.
    pub(super) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(super) fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.0.faults)
    }

    pub(super) fn limit(&self) -> MutexGuard<'_, Limit> {
        lock(&self.0.limit)
    }
}

/// Records that an event was delivered.
fn note_delivery(store: &Store, delivery: &Delivery) {
    let mut lease = store.lease(true);
    if let Ok(session) = lease.begin(delivery.space.clone(), true)
        && event::delivered(&session, &delivery.event).is_ok()
    {
        // A count that stays too high does no harm.
        let _ = session.commit();
    }
}
