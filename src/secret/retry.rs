//! Retries a short-lived failure, and how long a read may take with its retries.

use std::time::Duration;

/// The time limit for finding credentials, and again for reading a version.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10);

/// Attempts once, and again after each of the delays as long as a failure may pass.
pub(super) async fn retried<T, E, F: Future<Output = Result<T, E>>>(
    delays: &[Duration],
    may_pass: impl Fn(&E) -> bool,
    attempt: impl Fn() -> F,
) -> Result<T, E> {
    for delay in delays {
        match attempt().await {
            Err(failure) if may_pass(&failure) => tokio::time::sleep(*delay).await,
            result => return result,
        }
    }
    attempt().await
}
