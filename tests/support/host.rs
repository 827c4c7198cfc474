//! The library's host of plugins, for tests: no test waits for ever.

use std::time::Duration;

pub use stripe_provider::terraform::host::{HandshakeLine, Host};

/// No test waits longer for anything.
pub const TIMEOUT: Duration = Duration::from_secs(20);

/// What a test waits for, or the end of the test.
pub async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(TIMEOUT, Box::pin(what)).await.expect("it takes too long")
}
