//! The embedded Stripe: stateful, on the same catalog, in process or behind a port.
//!
//! ```text
//! request ─▶ fault? limit? ─▶ key ─▶ route ─▶ form ─▶ check ─▶ behaviour ─▶ store
//!                                                                  │
//! response ◀──── view: complete, hide, expand ◀──────── object ◀───┘
//! ```
//!
//! One request is one SQLite transaction. What an object does beyond keeping its fields is
//! in `behaviour`, everything else follows from the catalog.

mod behaviour;
mod call;
mod caller;
mod check;
mod complete;
mod control;
mod courier;
mod currency;
mod download;
mod error;
mod event;
mod expand;
mod expansion;
mod fault;
mod fields;
mod form;
mod idempotency;
mod identifier;
mod include;
mod label;
mod life;
mod limit;
mod multipart;
mod owner;
mod page;
mod publishable;
mod reference;
mod reference_data;
mod request;
mod run;
mod search;
mod seed;
mod server;
mod shape;
mod store;
mod time;
mod trigger;
mod view;
mod whole;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

pub use fault::{Dropped, Fault, FaultKind, Leaves};
pub use server::{Terms, serve, serve_on};
pub use store::OpenError;

use courier::{Courier, Parcel};
use fault::Faults;
use limit::Limit;
use store::Store;

/// A Stripe of your own. Clones share it.
#[derive(Debug, Clone)]
pub struct Sandbox(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    store: Store,
    faults: Mutex<Faults>,
    limit: Mutex<Limit>,
    courier: Courier,
}

impl Sandbox {
    /// A sandbox that is gone with the process.
    pub fn memory() -> Result<Self, OpenError> {
        Ok(Self::over(Store::open(None, seed::bodies)?))
    }

    /// A sandbox kept in a file, which is made when it does not exist. Several processes may
    /// share it.
    pub fn open(file: &Path) -> Result<Self, OpenError> {
        Ok(Self::over(Store::open(Some(file), seed::bodies)?))
    }

    fn over(store: Store) -> Self {
        Self(Arc::new(Shared {
            store,
            faults: Mutex::default(),
            limit: Mutex::default(),
            courier: Courier::default(),
        }))
    }

    /// Answers a request as Stripe would, unless a fault says otherwise.
    pub async fn handle(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Dropped> {
        if request.uri().path().starts_with(control::PREFIX) {
            return self.apart(move |sandbox| control::handle(sandbox, &request)).await;
        }
        let fault = self.faults().next(&request);
        match fault.clone() {
            Some(FaultKind::DropBefore) => return Err(Dropped),
            Some(FaultKind::Answer { status, headers, body, done: false }) => {
                return Ok(fault::answer(status, &headers, body));
            }
            Some(FaultKind::Fail(status)) => {
                return self.apart(move |sandbox| run::fail(&sandbox.0.store, &request, status)).await;
            }
            Some(FaultKind::Delay(pause)) => tokio::time::sleep(pause).await,
            _ => {}
        }
        if let Some(refusal) = self.limit().admit() {
            return Ok(refusal);
        }
        let mut response = self.apart(move |sandbox| sandbox.answer(&request)).await?;
        match fault {
            Some(FaultKind::DropAfter) => return Err(Dropped),
            Some(FaultKind::Answer { status, headers, body, .. }) => {
                return Ok(fault::answer(status, &headers, body));
            }
            Some(FaultKind::CutBody) => drop(response.extensions_mut().insert(Leaves::Half)),
            Some(FaultKind::SlowBody(pause)) => {
                response.extensions_mut().insert(Leaves::Slowly(pause));
            }
            _ => {}
        }
        Ok(response)
    }

    /// Does what may wait for the store where nothing else waits with it. It is done to its end even
    /// if nobody asks for the answer any more; what cannot be done cuts the connection.
    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, Dropped> {
        let sandbox = self.clone();
        tokio::task::spawn_blocking(move || work(&sandbox)).await.map_err(|_| Dropped)
    }

    fn answer(&self, request: &http::Request<Bytes>) -> http::Response<Bytes> {
        let (response, parcels) = run::answer(&self.0.store, request);
        self.deliver(parcels);
        response
    }

    /// How many objects of each type are alive: not deleted, archived, canceled or void.
    pub fn counts(&self) -> Vec<(String, usize)> {
        let mut lease = self.0.store.lease(false);
        let counted = lease
            .begin(String::new(), false)
            .map_err(error::Failure::from)
            .and_then(|session| session.counts());
        counted.unwrap_or_default()
    }

    /// The next requests that fit meet this fault.
    pub fn script(&self, fault: Fault) {
        self.faults().add(fault);
    }

    /// No request meets a fault any more.
    pub fn clear_faults(&self) {
        self.faults().clear();
    }

    /// How many requests met a fault so far.
    pub fn faults_met(&self) -> usize {
        self.faults().met()
    }

    /// Refuses requests beyond this many in a second, as Stripe does; none refuses nothing.
    pub fn limit_to(&self, per_second: Option<usize>) {
        self.limit().set(per_second);
    }

    /// How many requests were answered, and how many of them were refused by the limit.
    pub fn traffic(&self) -> (usize, usize) {
        self.limit().traffic()
    }

    /// Sends events to the webhook endpoints that wait for them, in the background.
    fn deliver(&self, parcels: Vec<Parcel>) {
        self.0.courier.send(parcels, || {
            let shared = Arc::downgrade(&self.0);
            move |parcel: &Parcel| {
                if let Some(shared) = shared.upgrade() {
                    note_delivery(&shared.store, parcel);
                }
            }
        });
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.0.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn limit(&self) -> MutexGuard<'_, Limit> {
        self.0.limit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of the receivers of an event has it.
fn note_delivery(store: &Store, parcel: &Parcel) {
    let mut lease = store.lease(true);
    if let Ok(session) = lease.begin(parcel.space.clone(), true)
        && event::delivered(&session, &parcel.event).is_ok()
    {
        // a count that is too high does no harm
        let _ = session.transaction.commit();
    }
}
