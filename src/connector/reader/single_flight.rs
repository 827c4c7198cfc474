//! Sends equal reads at the same time as one request.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::sync::lock;

use tokio::sync::oneshot;

/// The callers that wait for requests in flight, by key.
#[derive(Debug)]
pub(super) struct SingleFlight<T>(Mutex<HashMap<String, Vec<oneshot::Sender<T>>>>);

impl<T> Default for SingleFlight<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> SingleFlight<T> {
    /// Returns the answer of `request`, or of a request in flight under the same key. If that one fails, each
    /// caller sends its own.
    pub(super) async fn shared<E>(
        &self,
        key: &str,
        request: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        if let Some(answer) = self.join(key) {
            return match answer.await {
                Ok(found) => Ok(found),
                Err(_) => request.await,
            };
        }
        let mut flight = InFlight { flights: self, key: Some(key) };
        let answer = request.await;
        if let Ok(found) = &answer {
            for waiting in flight.end() {
                // The receiver is gone if its caller was cancelled.
                let _ = waiting.send(found.clone());
            }
        }
        answer
    }

    /// The receiver of the answer of a request in flight. Returns `None` if this request is the first.
    fn join(&self, key: &str) -> Option<oneshot::Receiver<T>> {
        let mut flights = lock(&self.0);
        let Some(waiting) = flights.get_mut(key) else {
            flights.insert(key.to_owned(), Vec::new());
            return None;
        };
        let (reply, answer) = oneshot::channel();
        waiting.push(reply);
        Some(answer)
    }
}

/// A request in flight. Its waiters learn when it ends, even if it is dropped.
struct InFlight<'f, T> {
    flights: &'f SingleFlight<T>,
    /// The key; `None` once the request has ended, because another one may then
    /// be in flight under the same key.
    key: Option<&'f str>,
}

impl<T> InFlight<'_, T> {
    /// Ends the request when first called, and returns the callers that waited for it.
    fn end(&mut self) -> Vec<oneshot::Sender<T>> {
        let Some(key) = self.key.take() else { return Vec::new() };
        let mut flights = lock(&self.flights.0);
        flights.remove(key).unwrap_or_default()
    }
}

impl<T> Drop for InFlight<'_, T> {
    fn drop(&mut self) {
        drop(self.end());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::join_all;
    use serde_json::{Value as Json, json};
    use tokio::task::yield_now;

    use super::{InFlight, SingleFlight};

    async fn answer(requests: &AtomicUsize, result: Result<Json, ()>) -> Result<Json, ()> {
        requests.fetch_add(1, Ordering::Relaxed);
        yield_now().await;
        result
    }

    #[tokio::test]
    async fn reads_at_the_same_time_are_one_request_and_failures_are_not_shared() {
        let (flights, requests) = (SingleFlight::default(), AtomicUsize::new(0));
        let read = |key, result| flights.shared(key, answer(&requests, result));
        let answers = join_all((0..5).map(|_| read("a", Ok(json!(1))))).await;
        assert!(answers.iter().all(|answer| *answer == Ok(json!(1))));
        assert_eq!(requests.load(Ordering::Relaxed), 1);
        read("a", Ok(json!(1))).await.unwrap();
        assert_eq!(requests.load(Ordering::Relaxed), 2, "an answer is not kept");
        assert!(join_all((0..3).map(|_| read("b", Err(())))).await.iter().all(Result::is_err));
        assert_eq!(requests.load(Ordering::Relaxed), 5);
    }

    #[tokio::test]
    async fn a_request_that_is_given_up_leaves_nobody_waiting() {
        let (flights, requests) = (SingleFlight::default(), AtomicUsize::new(0));
        let first = flights.shared("a", std::future::pending::<Result<Json, ()>>());
        let second = flights.shared("a", answer(&requests, Ok(json!(2))));
        let (gone, found) = tokio::join!(tokio::time::timeout(std::time::Duration::ZERO, first), second);
        assert!(gone.is_err());
        assert_eq!(found, Ok(json!(2)));
    }

    #[test]
    fn a_flight_that_has_ended_leaves_the_next_one_its_waiters() {
        let flights: SingleFlight<Json> = SingleFlight::default();
        assert!(flights.join("a").is_none());
        let mut first = InFlight { flights: &flights, key: Some("a") };
        assert!(first.end().is_empty());
        assert!(flights.join("a").is_none(), "the next one begins");
        let mut waits = flights.join("a").unwrap();
        drop(first);
        assert_eq!(waits.try_recv(), Err(tokio::sync::oneshot::error::TryRecvError::Empty));
    }
}
