//! Looks up each name only once: connections that are opened together share one answer or one failure.
//!
//! A run opens several connections at its start, and each would otherwise look up the same name.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex as StdMutex};
use std::time::Duration;

use crate::sync::lock;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How long addresses are reused: long enough for connections that are opened together, and short enough not
/// to keep an address that no longer answers.
const FRESH: Duration = Duration::from_secs(2);
/// How long a failure is reused: long enough for the callers that waited for it, and shorter than the wait
/// before a retry.
const FAILED: Duration = Duration::from_millis(100);

/// The time of a look-up and its result.
type CachedLookup = (Instant, io::Result<Vec<SocketAddr>>);

/// The names that have been looked up.
#[derive(Debug, Default)]
pub(super) struct Resolver(StdMutex<HashMap<String, Arc<Mutex<Option<CachedLookup>>>>>);

impl Resolver {
    fn answer(&self, name: &str) -> Arc<Mutex<Option<CachedLookup>>> {
        let mut known = lock(&self.0);
        Arc::clone(known.entry(name.to_owned()).or_default())
    }
}

fn is_fresh((since, found): &CachedLookup) -> bool {
    since.elapsed() < if found.is_ok() { FRESH } else { FAILED }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let answer = self.answer(name.as_str());
        Box::pin(async move {
            // The lock is held during the look-up, so that the other callers wait for its answer.
            let mut answer = answer.lock().await;
            let known = if let Some(known) = answer.take().filter(is_fresh) {
                known
            } else {
                // The caller sets the port of the address that it connects to.
                let found = lookup_host((name.as_str(), 0)).await.map(Iterator::collect);
                (Instant::now(), found)
            };
            match &answer.insert(known).1 {
                Ok(addresses) => Ok(Box::new(addresses.clone().into_iter()) as Addrs),
                Err(error) => Err(io::Error::new(error.kind(), error.to_string()).into()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::net::SocketAddr;

    use reqwest::dns::Resolve as _;
    use tokio::time::{Instant, advance};

    use super::{FAILED, FRESH, Resolver};

    async fn found(resolver: &Resolver) -> Result<Vec<SocketAddr>, String> {
        let found = resolver.resolve("localhost".parse().unwrap()).await;
        found.map(Iterator::collect).map_err(|error| error.to_string())
    }

    #[tokio::test(start_paused = true)]
    async fn a_name_is_looked_up_once_and_again_after_a_while() {
        let resolver = Resolver::default();
        let known: SocketAddr = "192.0.2.1:0".parse().unwrap();
        *resolver.answer("localhost").lock().await = Some((Instant::now(), Ok(vec![known])));
        assert_eq!(found(&resolver).await.unwrap(), [known]);
        advance(FRESH).await;
        assert!(found(&resolver).await.unwrap().iter().all(|address| address.ip().is_loopback()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_shared_too_and_not_for_longer() {
        let resolver = Resolver::default();
        let failure = io::Error::new(io::ErrorKind::NotFound, "nobody knows it");
        *resolver.answer("localhost").lock().await = Some((Instant::now(), Err(failure)));
        for _ in 0..2 {
            assert_eq!(found(&resolver).await.unwrap_err(), "nobody knows it");
        }
        advance(FAILED).await;
        assert!(!found(&resolver).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn what_was_looked_up_is_known() {
        let resolver = Resolver::default();
        let found = found(&resolver).await.unwrap();
        let answer = resolver.answer("localhost");
        let answer = answer.lock().await;
        assert_eq!(answer.as_ref().unwrap().1.as_ref().unwrap(), &found);
    }

    #[tokio::test]
    async fn a_look_up_of_one_name_waits_for_no_other() {
        let resolver = Resolver::default();
        let slow = resolver.answer("slow.example");
        let _asked = slow.lock().await;
        assert!(!found(&resolver).await.unwrap().is_empty());
    }
}
