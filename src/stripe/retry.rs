//! Decides whether and when a failed request is sent again: a pure function.
//!
//! # Theory
//!
//! Every request may be sent again: GET and DELETE are idempotent, and each POST carries an idempotency key.
//! Stripe says in `Stripe-Should-Retry` whether a retry can help. Rate limits are different: Stripe checks
//! them before it does anything, so waiting always helps. They have a time limit of their own and do not use
//! up the retries that are meant for failures. If nobody has answered at the address yet, it is probably
//! wrong, and waiting for all retries would only hide that.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use crate::stripe::error::says_existing;
use crate::stripe::{LimitScope, Response, TransportError};
use RetryDecision::{GiveUp, Retry, RetryLimited};

/// The longest `Retry-After` that is honoured.
const MAX_DELAY: Duration = Duration::from_mins(1);
/// The maximum total time that one call waits for rate limits.
const MAX_LIMIT_WAIT: Duration = Duration::from_mins(5);
/// The wait before the first retry; it doubles with each further retry, up to [`MAX_DOUBLINGS`] times.
const FIRST_DELAY: Duration = Duration::from_millis(500);
const MAX_DOUBLINGS: u32 = 4;
/// How long an address that never answered is tried, so that a wrong one is reported within two seconds: one
/// retry fits, but never a second one.
const MAX_UNREACHABLE: Duration = Duration::from_secs(1);

/// The properties of a failed request that decide about a retry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FailedRequest {
    /// The HTTP status; `None` without a response.
    pub status: Option<u16>,
    /// A retry cannot help: an untrusted certificate, an invalid address, a refused proxy password, an object that
    /// exists already, a stop.
    pub fatal: bool,
    /// Whether nobody answers at the address of Stripe or the proxy, and nobody has answered in this process
    /// before.
    pub unreachable: bool,
    /// Stripe's advice in `Stripe-Should-Retry`.
    pub should_retry: Option<bool>,
    /// `Retry-After`, which Stripe sends in seconds or as a date.
    pub retry_after: Option<Duration>,
    /// The limit that a 429 reports.
    pub limit_scope: LimitScope,
    /// Whether Stripe repeated its response to an earlier request with the same key, and would repeat it
    /// again.
    pub replayed: bool,
}

/// The retries of one call so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RetryState {
    /// The maximum number of retries after failures.
    pub max_retries: u32,
    /// The number of retries after failures.
    pub failures: u32,
    /// The number of retries after rate limits.
    pub rate_limits: u32,
    /// The time spent waiting for rate limits.
    pub waited: Duration,
    /// The time since the first attempt was sent.
    pub elapsed: Duration,
}

/// What to do after a failed request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryDecision {
    /// Send the request again after this wait.
    Retry(Duration),
    /// Send the request again after this wait; the rate limit does not count as a failure.
    RetryLimited(Duration),
    /// Return the error: a retry cannot help, or all retries are used up.
    GiveUp,
}

impl RetryState {
    /// The number of retries for both reasons together.
    pub fn count(&self) -> u32 {
        self.failures.saturating_add(self.rate_limits)
    }

    /// Decides what to do after a failed request. `jitter` is a random number between 0 and 1.
    pub fn decide(&self, failure: &FailedRequest, jitter: f64) -> RetryDecision {
        let asked = failure.retry_after.unwrap_or_default().min(MAX_DELAY);
        if failure.status == Some(429) {
            let wait = backoff(self.rate_limits, jitter).max(asked);
            return if self.waited + wait > MAX_LIMIT_WAIT { GiveUp } else { RetryLimited(wait) };
        }
        let can_help = match (failure.status, failure.should_retry) {
            _ if failure.fatal || failure.replayed => false,
            (_, Some(should_retry)) => should_retry,
            (None | Some(409 | 500 | 502..=504 | 520..=529), None) => true,
            (Some(_), None) => false,
        };
        let wait = backoff(self.failures, jitter).max(asked);
        let hopeless = failure.unreachable && self.elapsed + wait > MAX_UNREACHABLE;
        if can_help && !hopeless && self.failures < self.max_retries { Retry(wait) } else { GiveUp }
    }
}

impl FailedRequest {
    /// The failure reported by a response other than 2xx; `code` is Stripe's error code.
    pub fn from_response(response: &Response, code: Option<&str>) -> Self {
        let text = |name| response.header(name);
        Self {
            status: Some(response.status),
            fatal: code.is_some_and(says_existing),
            unreachable: false,
            should_retry: text("stripe-should-retry").and_then(|value| value.parse().ok()),
            retry_after: retry_after(response),
            limit_scope: limit_scope(text("stripe-rate-limited-reason"), code),
            replayed: response.is_replayed(),
        }
    }

    /// The failure of a request without a response; `answered` tells whether any earlier request was
    /// answered.
    pub fn from_transport(error: &TransportError, answered: bool) -> Self {
        let nobody = matches!(error, TransportError::Unreachable(_) | TransportError::ProxyUnreachable(_));
        Self {
            unreachable: nobody && !answered,
            fatal: matches!(
                error,
                TransportError::Fatal(_)
                    | TransportError::Untrusted(_)
                    | TransportError::ProxyAuth(_)
                    | TransportError::TooLarge
                    | TransportError::Stopped
            ),
            ..Self::default()
        }
    }
}

/// The limit that a 429 reports; the code `lock_timeout` without a reason means the lock of an object.
fn limit_scope(reason: Option<&str>, code: Option<&str>) -> LimitScope {
    match (reason, code) {
        (Some("endpoint-rate" | "endpoint-concurrency"), _) => LimitScope::Endpoint,
        (Some("resource-specific"), _) | (None, Some("lock_timeout")) => LimitScope::Call,
        _ => LimitScope::Account,
    }
}

/// The wait in `Retry-After`. A date is compared with the date of the response, because the clock of this
/// machine may be wrong.
fn retry_after(response: &Response) -> Option<Duration> {
    let asked = response.header("retry-after")?;
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text: &str| rfc2822::DateTimeParser::new().parse_timestamp(text).ok();
    let (until, now): (Timestamp, Timestamp) = (date(asked)?, date(response.header("date")?)?);
    Duration::try_from(until.duration_since(now)).ok()
}

/// Half a second, doubled up to eight seconds, minus a random part of up to a quarter, so that callers spread
/// out.
fn backoff(retries: u32, jitter: f64) -> Duration {
    let delay = FIRST_DELAY * 2_u32.pow(retries.min(MAX_DOUBLINGS));
    delay.mul_f64(1.0 - 0.25 * jitter.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::RetryDecision::{GiveUp, Retry, RetryLimited};
    use super::{FailedRequest, RetryState};
    use crate::stripe::{LimitScope, Response};

    const FIRST: RetryState = RetryState {
        max_retries: 2,
        failures: 0,
        rate_limits: 0,
        waited: Duration::ZERO,
        elapsed: Duration::ZERO,
    };

    fn status(status: u16) -> FailedRequest {
        FailedRequest { status: Some(status), ..FailedRequest::default() }
    }

    fn retries(failure: &FailedRequest) -> bool {
        FIRST.decide(failure, 0.0) != GiveUp
    }

    #[test]
    fn a_failure_that_a_retry_can_mend_is_retried() {
        assert!(retries(&FailedRequest::default()), "no response");
        for code in [409, 429, 500, 502, 503, 504, 522] {
            assert!(retries(&status(code)), "{code}");
        }
        for code in [301, 400, 401, 402, 403, 404, 424, 501] {
            assert!(!retries(&status(code)), "{code}");
        }
    }

    #[test]
    fn stripe_is_believed_about_its_own_answers() {
        assert!(retries(&FailedRequest { should_retry: Some(true), ..status(400) }));
        assert!(!retries(&FailedRequest { should_retry: Some(false), ..status(500) }));
        assert!(!retries(&FailedRequest { replayed: true, ..status(500) }), "a replay brings the same again");
        assert!(
            retries(&FailedRequest { should_retry: Some(false), ..status(429) }),
            "waiting helps against a limit"
        );
    }

    #[test]
    fn nothing_helps_against_an_untrusted_certificate() {
        assert!(!retries(&FailedRequest { fatal: true, ..FailedRequest::default() }));
    }

    #[test]
    fn an_address_that_never_answered_is_tried_for_a_moment_only() {
        let nobody = FailedRequest { unreachable: true, ..FailedRequest::default() };
        assert!(retries(&nobody), "the network may be just coming up");
        let after = |millis| RetryState { elapsed: Duration::from_millis(millis), failures: 1, ..FIRST };
        assert_eq!(after(500).decide(&nobody, 0.0), GiveUp);
        assert_eq!(RetryState { elapsed: Duration::from_secs(15), ..FIRST }.decide(&nobody, 0.0), GiveUp);
        assert!(
            matches!(after(500).decide(&FailedRequest::default(), 0.0), Retry(_)),
            "somebody answered before"
        );
    }

    #[test]
    fn waits_double_spread_and_respect_retry_after() {
        let wait =
            |failures, jitter| RetryState { failures, max_retries: 20, ..FIRST }.decide(&status(500), jitter);
        assert_eq!(wait(0, 0.0), Retry(Duration::from_millis(500)));
        assert_eq!(wait(2, 0.0), Retry(Duration::from_secs(2)));
        assert_eq!(wait(9, 0.0), Retry(Duration::from_secs(8)));
        assert_eq!(wait(0, 1.0), Retry(Duration::from_millis(375)));
        let asked = FailedRequest { retry_after: Some(Duration::from_secs(3)), ..status(503) };
        assert_eq!(FIRST.decide(&asked, 0.0), Retry(Duration::from_secs(3)));
        let long = FailedRequest { retry_after: Some(Duration::from_hours(1)), ..status(503) };
        assert_eq!(FIRST.decide(&long, 0.0), Retry(Duration::from_mins(1)));
    }

    fn refused(headers: &[(&'static str, &str)], code: Option<&str>) -> FailedRequest {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        FailedRequest::from_response(
            &Response { status: 429, headers: headers.collect(), body: Bytes::new() },
            code,
        )
    }

    #[test]
    fn retry_after_is_in_seconds_or_a_date() {
        let (noon, later) = ("Tue, 24 Nov 2026 12:00:00 GMT", "Tue, 24 Nov 2026 12:00:07 GMT");
        let after = |headers: &[(&'static str, &str)]| refused(headers, None).retry_after;
        assert_eq!(after(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(after(&[("retry-after", later), ("date", noon)]), Some(Duration::from_secs(7)));
        assert_eq!(after(&[("retry-after", noon), ("date", later)]), None, "the date has passed");
        assert_eq!(after(&[("retry-after", later)]), None, "nothing to read the date against");
        assert_eq!(after(&[("retry-after", "soon"), ("date", noon)]), None);
        assert_eq!(after(&[]), None);
    }

    #[test]
    fn the_reason_says_which_limit_was_reached() {
        let scope = |reason: &str, code| refused(&[("stripe-rate-limited-reason", reason)], code).limit_scope;
        for reason in ["global-rate", "global-concurrency", "one that is new"] {
            assert_eq!(scope(reason, Some("rate_limit")), LimitScope::Account, "{reason}");
        }
        for reason in ["endpoint-rate", "endpoint-concurrency"] {
            assert_eq!(scope(reason, Some("rate_limit")), LimitScope::Endpoint, "{reason}");
        }
        assert_eq!(scope("resource-specific", Some("rate_limit")), LimitScope::Call);
        assert_eq!(refused(&[], Some("lock_timeout")).limit_scope, LimitScope::Call);
        assert_eq!(refused(&[], Some("rate_limit")).limit_scope, LimitScope::Account);
    }

    #[test]
    fn failures_use_up_retries_and_rate_limits_use_up_time() {
        assert_eq!(RetryState { failures: 2, ..FIRST }.decide(&status(500), 0.0), GiveUp);
        let many = RetryState { failures: 2, rate_limits: 40, waited: Duration::from_secs(200), ..FIRST };
        assert_eq!(many.decide(&status(429), 0.0), RetryLimited(Duration::from_secs(8)));
        let long = RetryState { waited: Duration::from_secs(299), rate_limits: 50, ..FIRST };
        assert_eq!(long.decide(&status(429), 0.0), GiveUp);
    }
}
