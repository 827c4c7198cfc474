//! Writes to one object go one after the other: Stripe locks an object while it changes it,
//! and answers 429 to whoever comes in between.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use http::Method;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::stripe::Request;

/// Who writes to which object.
#[derive(Debug, Default)]
pub(super) struct Order(StdMutex<HashMap<String, Arc<Mutex<()>>>>);

impl Order {
    /// Waits for the writes to the same object that came before; reads and creates do not wait.
    pub(super) async fn turn(&self, request: &Request) -> Option<OwnedMutexGuard<()>> {
        let object = object(request)?;
        let lock = {
            let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            // Locks that nobody holds or waits for are of no use any more.
            locks.retain(|_, lock| Arc::strong_count(lock) > 1);
            Arc::clone(locks.entry(object).or_default())
        };
        Some(lock.lock_owned().await)
    }
}

/// The object a write is about: the first id of its path with what stands before it.
fn object(request: &Request) -> Option<String> {
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

    use super::Order;
    use crate::stripe::Request;

    fn request(method: Method, target: &str) -> Request {
        Request { method, target: target.to_owned(), headers: HeaderMap::new(), body: Bytes::new() }
    }

    #[tokio::test]
    async fn writes_to_one_object_go_one_after_the_other() {
        let order = Order::default();
        let confirm = request(Method::POST, "/v1/payment_intents/pi_1/confirm");
        let first = order.turn(&confirm).await;
        let update = request(Method::POST, "/v1/payment_intents/pi_1");
        assert!(order.turn(&update).now_or_never().is_none());
        assert!(order.turn(&request(Method::POST, "/v1/payment_intents/pi_2")).now_or_never().is_some());
        drop(first);
        assert!(order.turn(&update).now_or_never().is_some());
    }

    #[tokio::test]
    async fn reads_and_creates_do_not_wait() {
        let order = Order::default();
        let _held = order.turn(&request(Method::DELETE, "/v1/customers/cus_1")).await;
        assert!(order.turn(&request(Method::GET, "/v1/customers/cus_1")).await.is_none());
        assert!(order.turn(&request(Method::POST, "/v1/customers")).await.is_none());
    }
}
