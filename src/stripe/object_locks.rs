//! Sends writes to the same object one after another: Stripe locks an object while it changes it, and answers
//! other writes with 429.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex};

use http::Method;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::stripe::Request;
use crate::sync::lock;

/// A lock for each object that is being written to, keyed by its path up to the first id.
#[derive(Debug, Default)]
pub(super) struct ObjectLocks(StdMutex<HashMap<String, Arc<Mutex<()>>>>);

impl ObjectLocks {
    /// Locks the object that the request writes to, after earlier writes are done. Returns `None` at once for
    /// a read or a create.
    pub(super) async fn acquire(&self, request: &Request, endpoint: &str) -> Option<OwnedMutexGuard<()>> {
        let object = object_of(request, endpoint)?;
        let lock = {
            let mut locks = lock(&self.0);
            // A lock that only the map refers to is neither held nor waited for.
            locks.retain(|_, lock| Arc::strong_count(lock) > 1);
            Arc::clone(locks.entry(object).or_default())
        };
        Some(lock.lock_owned().await)
    }
}

/// Returns the object that a request writes to: its path up to the first id. Returns `None` for a read and
/// for a path without an id. Only the endpoint (`/v1/billing/meters/{id}`) can tell an id from a collection.
fn object_of(request: &Request, endpoint: &str) -> Option<String> {
    if request.method == Method::GET {
        return None;
    }
    let before_id = endpoint.split('/').position(|part| part.starts_with('{'))?;
    let path = request.target.split('?').next().unwrap_or_default();
    Some(path.split('/').take(before_id + 1).collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::FutureExt as _;
    use http::{HeaderMap, Method};

    use super::ObjectLocks;
    use crate::stripe::Request;

    const INTENT: &str = "/v1/payment_intents/{id}";
    const METERS: &str = "/v1/billing/meters";

    fn request(method: Method, target: &str) -> Request {
        Request { method, target: target.to_owned(), headers: HeaderMap::new(), body: Bytes::new() }
    }

    fn post(target: &str) -> Request {
        request(Method::POST, target)
    }

    #[tokio::test]
    async fn writes_to_one_object_go_one_after_the_other() {
        let locks = ObjectLocks::default();
        let confirm = post("/v1/payment_intents/pi_1/confirm");
        let first = locks.acquire(&confirm, "/v1/payment_intents/{intent}/confirm").await;
        let update = post("/v1/payment_intents/pi_1");
        assert!(locks.acquire(&update, INTENT).now_or_never().is_none());
        assert!(locks.acquire(&post("/v1/payment_intents/pi_2"), INTENT).now_or_never().is_some());
        drop(first);
        assert!(locks.acquire(&update, INTENT).now_or_never().is_some());
    }

    #[tokio::test]
    async fn reads_and_creates_do_not_wait() {
        let locks = ObjectLocks::default();
        let customer = "/v1/customers/{id}";
        let delete = request(Method::DELETE, "/v1/customers/cus_1");
        let _lock = locks.acquire(&delete, customer).await;
        let read = request(Method::GET, "/v1/customers/cus_1");
        assert!(locks.acquire(&read, customer).await.is_none());
        assert!(locks.acquire(&post("/v1/customers"), "/v1/customers").await.is_none());
    }

    #[tokio::test]
    async fn a_collection_below_another_is_no_object() {
        let locks = ObjectLocks::default();
        assert!(locks.acquire(&post(METERS), METERS).await.is_none());
        let meter = "/v1/billing/meters/{id}";
        let _lock = locks.acquire(&post("/v1/billing/meters/mtr_1"), meter).await;
        assert!(locks.acquire(&post("/v1/billing/meters/mtr_2"), meter).now_or_never().is_some());
        assert!(locks.acquire(&post("/v1/billing/meters/mtr_1"), meter).now_or_never().is_none());
    }
}
