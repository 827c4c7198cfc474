//! The library's host of plugins, for tests, with a limit to every wait.

use std::time::Duration;

pub use stripe_provider::terraform::host::{HandshakeLine, Host};

/// The maximum time that a test waits for anything.
pub const TIMEOUT: Duration = Duration::from_secs(20);

/// Waits for something, or fails the test.
pub async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(TIMEOUT, Box::pin(what)).await.expect("it takes too long")
}
