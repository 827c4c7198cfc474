//! Logs one line about a run's calls to Stripe and the time they took.

use crate::connector::Savings;
use crate::stripe::{CallKind, CallTotals};

/// Returns the line; None if there were no calls.
pub(super) fn line(totals: &CallTotals, savings: Savings) -> Option<String> {
    let all = totals.all();
    let kinds = CallKind::ALL.into_iter().zip(totals.requests).filter(|(_, count)| *count > 0);
    let kinds: Vec<String> = kinds.map(|(kind, count)| kind.counted(count)).collect();
    let calls = if all == 1 { "1 call" } else { &format!("{all} calls") };
    let retries = if totals.retries == 1 { "1 retry" } else { &format!("{} retries", totals.retries) };
    let asked = format!("{calls} of Stripe's API: {}; {retries}", kinds.join(", "));
    let waited = totals.waited.as_secs_f64();
    let saved = savings.reads.saturating_sub(savings.pages);
    let by_list =
        format!("; {} reads were answered by pages of lists, which saved {saved} calls", savings.reads);
    let by_list = if savings.pages > 0 { by_list.as_str() } else { "" };
    (all > 0)
        .then(|| format!("{asked}; {waited:.1} s of waiting for the limit, added up over all calls{by_list}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{CallTotals, Savings, line};

    #[test]
    fn a_run_is_one_line_and_a_run_without_calls_is_none() {
        assert_eq!(line(&CallTotals::default(), Savings::default()), None);
        let totals =
            CallTotals { requests: [1, 2, 0, 200, 0, 0], retries: 1, waited: Duration::from_millis(7_840) };
        let expected = "203 calls of Stripe's API: 1 read, 2 lists, 200 updates; 1 retry; 7.8 s of waiting for the limit, added up over all calls; 199 reads were answered by pages of lists, which saved 197 calls";
        assert_eq!(line(&totals, Savings { reads: 199, pages: 2 }).unwrap(), expected);
        let one = CallTotals { requests: [0, 0, 1, 0, 0, 0], ..CallTotals::default() };
        let expected = "1 call of Stripe's API: 1 create; 0 retries; 0.0 s of waiting for the limit, added up over all calls";
        assert_eq!(line(&one, Savings::default()).unwrap(), expected);
    }
}
