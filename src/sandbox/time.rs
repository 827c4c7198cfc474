//! The time of a request.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The time now, in seconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    since.as_secs().try_into().unwrap_or(i64::MAX)
}
