//! Looks a name up once: connections that are opened together share one answer.
//!
//! A run opens several connections in its first moment, and each would ask for the same name.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// After this time a name is looked up again.
const FRESH: Duration = Duration::from_mins(1);

/// The addresses of a name, and when it was looked up.
type Answer = (Instant, Vec<SocketAddr>);

/// The names that were looked up.
#[derive(Debug, Default)]
pub(super) struct Resolver(Arc<Mutex<HashMap<String, Answer>>>);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let known = Arc::clone(&self.0);
        Box::pin(async move {
            // Locked during the look-up, so that the others wait for its answer.
            let mut known = known.lock().await;
            let fresh = known.get(name.as_str()).filter(|(since, _)| since.elapsed() < FRESH);
            if let Some((_, addresses)) = fresh {
                return Ok(Box::new(addresses.clone().into_iter()) as Addrs);
            }
            // The port is that of the address that is connected to.
            let addresses: Vec<SocketAddr> = lookup_host((name.as_str(), 0)).await?.collect();
            known.insert(name.as_str().to_owned(), (Instant::now(), addresses.clone()));
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use reqwest::dns::Resolve as _;
    use tokio::time::{Instant, advance};

    use super::{FRESH, Resolver};

    #[tokio::test(start_paused = true)]
    async fn a_name_is_looked_up_once_and_again_after_a_while() {
        let resolver = Resolver::default();
        let known: SocketAddr = "192.0.2.1:0".parse().unwrap();
        resolver.0.lock().await.insert("localhost".to_owned(), (Instant::now(), vec![known]));
        let found = async || -> Vec<SocketAddr> {
            resolver.resolve("localhost".parse().unwrap()).await.unwrap().collect()
        };
        assert_eq!(found().await, [known]);
        advance(FRESH).await;
        assert!(found().await.iter().all(|address| address.ip().is_loopback()));
    }

    #[tokio::test]
    async fn what_was_looked_up_is_known() {
        let resolver = Resolver::default();
        let found = resolver.resolve("localhost".parse().unwrap()).await.unwrap();
        let found: Vec<SocketAddr> = found.collect();
        assert_eq!(resolver.0.lock().await.get("localhost").unwrap().1, found);
    }
}
