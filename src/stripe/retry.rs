//! Whether a failed try is worth another one, and when: a pure function.
//!
//! # Theory
//!
//! Every call may be sent again: GET and DELETE by their nature, POST because each carries
//! an idempotency key. What differs is what another try can bring. Stripe says so itself in
//! `Stripe-Should-Retry`, and is believed. Rate limits are another matter: they act before
//! anything else, nothing has happened, and waiting always helps, so they have a patience of
//! their own and do not use up the tries that are meant for failures.

use std::time::Duration;

use http::HeaderMap;
use jiff::Timestamp;
use jiff::fmt::rfc2822;

use crate::stripe::{Reach, Response, TransportError};

/// The longest single wait that an answer may ask for.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// How long one call may wait for rate limits, all waits together.
const LIMIT_PATIENCE: Duration = Duration::from_mins(5);
/// The first wait; each further one is twice as long, up to [`STEEPEST`].
const FIRST_WAIT: Duration = Duration::from_millis(500);
const STEEPEST: u32 = 4;

/// What a try came to, as far as it decides about the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure {
    /// HTTP status; none where no answer came.
    pub status: Option<u16>,
    /// Sending again cannot help: nobody trusts the certificate, the address is none.
    pub fatal: bool,
    /// `Stripe-Should-Retry`.
    pub should_retry: Option<bool>,
    /// `Retry-After`, in seconds or as a date.
    pub retry_after: Option<Duration>,
    /// Whom a 429 is about.
    pub reach: Reach,
    /// Stripe answered from its record: it will answer the same again.
    pub replayed: bool,
}

/// What was tried already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tries {
    /// Tries after the first that may be made for failures.
    pub allowed: u32,
    /// Tries that failures have used up.
    pub failed: u32,
    /// Tries that met a rate limit.
    pub limited: u32,
    /// How long rate limits were waited for.
    pub waited: Duration,
}

/// What to do after a failed try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Try again after this long.
    Again(Duration),
    /// A rate limit: try again after this long, which uses up patience and no try.
    Limited(Duration),
    /// Another try brings nothing.
    GiveUp,
}

impl Tries {
    /// How many tries were made, for whatever reason.
    pub fn made(&self) -> u32 {
        self.failed.saturating_add(self.limited)
    }
}

impl Failure {
    /// What an answer other than 2xx decides; `code` is Stripe's.
    pub fn answered(response: &Response, code: Option<&str>) -> Self {
        let text = |name| text(&response.headers, name);
        Self {
            status: Some(response.status),
            fatal: false,
            should_retry: text("stripe-should-retry").and_then(|value| value.parse().ok()),
            retry_after: retry_after(&response.headers),
            reach: reach(text("stripe-rate-limited-reason"), code),
            replayed: text("idempotent-replayed") == Some("true"),
        }
    }

    /// What the lack of an answer decides.
    pub fn unanswered(error: &TransportError) -> Self {
        Self {
            fatal: matches!(error, TransportError::Fatal(_) | TransportError::ProxyAuth(_)),
            ..Self::default()
        }
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Whom a 429 is about. One without a reason is about an object that another call holds, if
/// its code says so.
fn reach(reason: Option<&str>, code: Option<&str>) -> Reach {
    match (reason, code) {
        (Some("endpoint-rate" | "endpoint-concurrency"), _) => Reach::Endpoint,
        (Some("resource-specific"), _) | (None, Some("lock_timeout")) => Reach::Call,
        _ => Reach::Account,
    }
}

/// `Retry-After`. A date is read against the answer's own, so that this machine's clock may
/// be wrong.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let asked = text(headers, "retry-after")?;
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text: &str| rfc2822::DateTimeParser::new().parse_timestamp(text).ok();
    let (until, now): (Timestamp, Timestamp) = (date(asked)?, date(text(headers, "date")?)?);
    Duration::try_from(until.duration_since(now)).ok()
}

/// What to do after a failed try. `jitter` is a random number from 0 to 1.
pub fn verdict(failure: &Failure, tries: &Tries, jitter: f64) -> Verdict {
    let asked = failure.retry_after.unwrap_or_default().min(LONGEST_WAIT);
    if failure.status == Some(429) {
        let wait = backoff(tries.limited, jitter).max(asked);
        return if tries.waited + wait > LIMIT_PATIENCE { Verdict::GiveUp } else { Verdict::Limited(wait) };
    }
    let worth_it = match (failure.status, failure.should_retry) {
        _ if failure.fatal || failure.replayed => false,
        (_, Some(said)) => said,
        (None | Some(409 | 500 | 502..=504 | 520..=529), None) => true,
        (Some(_), None) => false,
    };
    if worth_it && tries.failed < tries.allowed {
        Verdict::Again(backoff(tries.failed, jitter).max(asked))
    } else {
        Verdict::GiveUp
    }
}

/// Half a second, doubling up to eight, less up to a quarter so that callers spread.
fn backoff(tries: u32, jitter: f64) -> Duration {
    let whole = FIRST_WAIT * 2_u32.pow(tries.min(STEEPEST));
    whole.mul_f64(1.0 - 0.25 * jitter.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::{Failure, Tries, Verdict, verdict};
    use crate::stripe::{Reach, Response};

    const FRESH: Tries = Tries { allowed: 2, failed: 0, limited: 0, waited: Duration::ZERO };

    fn status(status: u16) -> Failure {
        Failure { status: Some(status), ..Failure::default() }
    }

    fn again(failure: &Failure) -> bool {
        verdict(failure, &FRESH, 0.0) != Verdict::GiveUp
    }

    #[test]
    fn what_another_try_can_mend_is_tried_again() {
        assert!(again(&Failure::default()), "no answer");
        for code in [409, 429, 500, 502, 503, 504, 522] {
            assert!(again(&status(code)), "{code}");
        }
        for code in [301, 400, 401, 402, 403, 404, 424, 501] {
            assert!(!again(&status(code)), "{code}");
        }
    }

    #[test]
    fn stripe_is_believed_about_its_own_answers() {
        assert!(again(&Failure { should_retry: Some(true), ..status(400) }));
        assert!(!again(&Failure { should_retry: Some(false), ..status(500) }));
        assert!(!again(&Failure { replayed: true, ..status(500) }), "a replay brings the same again");
        assert!(
            again(&Failure { should_retry: Some(false), ..status(429) }),
            "waiting helps against a limit"
        );
    }

    #[test]
    fn nothing_helps_against_an_untrusted_certificate() {
        assert!(!again(&Failure { fatal: true, ..Failure::default() }));
    }

    #[test]
    fn waits_double_spread_and_respect_retry_after() {
        let wait = |failed, jitter| verdict(&status(500), &Tries { failed, allowed: 20, ..FRESH }, jitter);
        assert_eq!(wait(0, 0.0), Verdict::Again(Duration::from_millis(500)));
        assert_eq!(wait(2, 0.0), Verdict::Again(Duration::from_secs(2)));
        assert_eq!(wait(9, 0.0), Verdict::Again(Duration::from_secs(8)));
        assert_eq!(wait(0, 1.0), Verdict::Again(Duration::from_millis(375)));
        let asked = Failure { retry_after: Some(Duration::from_secs(3)), ..status(503) };
        assert_eq!(verdict(&asked, &FRESH, 0.0), Verdict::Again(Duration::from_secs(3)));
        let long = Failure { retry_after: Some(Duration::from_hours(1)), ..status(503) };
        assert_eq!(verdict(&long, &FRESH, 0.0), Verdict::Again(Duration::from_mins(1)));
    }

    fn answered(headers: &[(&'static str, &str)], code: Option<&str>) -> Failure {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        Failure::answered(&Response { status: 429, headers: headers.collect(), body: Bytes::new() }, code)
    }

    #[test]
    fn retry_after_is_in_seconds_or_a_date() {
        let (noon, later) = ("Tue, 24 Nov 2026 12:00:00 GMT", "Tue, 24 Nov 2026 12:00:07 GMT");
        let after = |headers: &[(&'static str, &str)]| answered(headers, None).retry_after;
        assert_eq!(after(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(after(&[("retry-after", later), ("date", noon)]), Some(Duration::from_secs(7)));
        assert_eq!(after(&[("retry-after", noon), ("date", later)]), None, "the date has passed");
        assert_eq!(after(&[("retry-after", later)]), None, "nothing to read the date against");
        assert_eq!(after(&[("retry-after", "soon"), ("date", noon)]), None);
        assert_eq!(after(&[]), None);
    }

    #[test]
    fn the_reason_says_whom_a_limit_is_about() {
        let reach = |reason: &str, code| answered(&[("stripe-rate-limited-reason", reason)], code).reach;
        for reason in ["global-rate", "global-concurrency", "one that is new"] {
            assert_eq!(reach(reason, Some("rate_limit")), Reach::Account, "{reason}");
        }
        for reason in ["endpoint-rate", "endpoint-concurrency"] {
            assert_eq!(reach(reason, Some("rate_limit")), Reach::Endpoint, "{reason}");
        }
        assert_eq!(reach("resource-specific", Some("rate_limit")), Reach::Call);
        assert_eq!(answered(&[], Some("lock_timeout")).reach, Reach::Call);
        assert_eq!(answered(&[], Some("rate_limit")).reach, Reach::Account);
    }

    #[test]
    fn failures_use_up_tries_and_limits_use_up_patience() {
        assert_eq!(verdict(&status(500), &Tries { failed: 2, ..FRESH }, 0.0), Verdict::GiveUp);
        let many = Tries { failed: 2, limited: 40, waited: Duration::from_secs(200), ..FRESH };
        assert_eq!(verdict(&status(429), &many, 0.0), Verdict::Limited(Duration::from_secs(8)));
        let long = Tries { waited: Duration::from_secs(299), limited: 50, ..FRESH };
        assert_eq!(verdict(&status(429), &long, 0.0), Verdict::GiveUp);
    }
}
