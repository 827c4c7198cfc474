//! Sends writes to one object one after the other: Stripe locks an object while it changes it,
//! and answers 429 to other writes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use http::Method;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::stripe::Request;

/// A lock for each object that is being written to, by `version/collection/id`.
#[derive(Debug, Default)]
pub(super) struct ObjectLocks(StdMutex<HashMap<String, Arc<Mutex<()>>>>);

impl ObjectLocks {
    /// Locks the object that the request writes to, after the writes that came before. Returns none
    /// at once for a read or a create.
    pub(super) async fn acquire(&self, request: &Request) -> Option<OwnedMutexGuard<()>> {
        let object = object_of(request)?;
        let lock = {
            let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // A lock that only the map refers to is neither taken nor waited for.
            locks.retain(|_, lock| Arc::strong_count(lock) > 1);
            Arc::clone(locks.entry(object).or_default())
        };
        Some(lock.lock_owned().await)
    }
}

/// The object that a request writes to: its path as far as the first id; none for a read.
fn object_of(request: &Request) -> Option<String> {
    if request.method == Method::GET {
        return None;
    }
    let path = request.target.split('?').next().unwrap_or_default();
    let mut parts = path.split('/').skip(1);
    let (version, collection, id) = (parts.next()?, parts.next()?, parts.next()?);
    Some(format!("{version}/{collection}/{id}"))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures_util::FutureExt as _;
    use http::{HeaderMap, Method};

    use super::ObjectLocks;
    use crate::stripe::Request;

    fn request(method: Method, target: &str) -> Request {
        Request { method, target: target.to_owned(), headers: HeaderMap::new(), body: Bytes::new() }
    }

    #[tokio::test]
    async fn writes_to_one_object_go_one_after_the_other() {
        let locks = ObjectLocks::default();
        let confirm = request(Method::POST, "/v1/payment_intents/pi_1/confirm");
        let first = locks.acquire(&confirm).await;
        let update = request(Method::POST, "/v1/payment_intents/pi_1");
        assert!(locks.acquire(&update).now_or_never().is_none());
        assert!(locks.acquire(&request(Method::POST, "/v1/payment_intents/pi_2")).now_or_never().is_some());
        drop(first);
        assert!(locks.acquire(&update).now_or_never().is_some());
    }

    #[tokio::test]
    async fn reads_and_creates_do_not_wait() {
        let locks = ObjectLocks::default();
        let _lock = locks.acquire(&request(Method::DELETE, "/v1/customers/cus_1")).await;
        assert!(locks.acquire(&request(Method::GET, "/v1/customers/cus_1")).await.is_none());
        assert!(locks.acquire(&request(Method::POST, "/v1/customers")).await.is_none());
    }
}
