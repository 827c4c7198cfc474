//! What a run sent in all: one line at its end, which Terraform shows from `TF_LOG=INFO` on.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::stripe::trace::{Event, Span};

/// Counts of the requests of this process.
static OF_PROCESS: Mutex<Summary> = Mutex::new(Summary::NOTHING);

/// Counts of requests.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Summary {
    /// Attempts by method.
    methods: BTreeMap<String, usize>,
    /// Attempts after the first one of a call.
    retries: usize,
    /// Attempts without an answer of success.
    failed: usize,
    /// The waits in the throttle together.
    waited: Duration,
}

impl Summary {
    const NOTHING: Self = Self { methods: BTreeMap::new(), retries: 0, failed: 0, waited: Duration::ZERO };

    fn count(&mut self, span: &Span, event: &Event<'_>) {
        let Event::RequestEnded { request, outcome, .. } = event else { return };
        *self.methods.entry(request.method.to_string()).or_default() += 1;
        let good = outcome.is_ok_and(|response| (200..300).contains(&response.status));
        self.failed += usize::from(!good);
        if let Some(attempt) = &span.attempt {
            self.retries += usize::from(attempt.number > 1);
            self.waited += attempt.admission.waited;
        }
    }

    /// `7 requests to Stripe (2 GET, 5 POST), 1 of them tried again, 1 failed; waited 0.4 s for the limit`.
    fn text(&self) -> Option<String> {
        let all: usize = self.methods.values().sum();
        let methods: Vec<String> =
            self.methods.iter().map(|(name, count)| format!("{count} {name}")).collect();
        let requests = if all == 1 { "request" } else { "requests" };
        (all > 0).then(|| {
            format!(
                "{all} {requests} to Stripe ({}), {} of them tried again, {} failed; waited {:.1} s for the limit",
                methods.join(", "),
                self.retries,
                self.failed,
                self.waited.as_secs_f64()
            )
        })
    }
}

/// Counts a request that has ended.
pub(super) fn count(span: &Span, event: &Event<'_>) {
    OF_PROCESS.lock().unwrap_or_else(PoisonError::into_inner).count(span, event);
}

/// Writes the counts so far, where there are any.
pub(super) fn write() {
    let text = OF_PROCESS.lock().unwrap_or_else(PoisonError::into_inner).text();
    if let Some(text) = text {
        log::info!("{text}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_told_in_one_line_and_nothing_in_none() {
        assert_eq!(Summary::NOTHING.text(), None);
        let methods = [("GET".to_owned(), 2), ("POST".to_owned(), 5)].into();
        let summary = Summary { methods, retries: 1, failed: 1, waited: Duration::from_millis(400) };
        let told = "7 requests to Stripe (2 GET, 5 POST), 1 of them tried again, 1 failed; waited 0.4 s for the limit";
        assert_eq!(summary.text().as_deref(), Some(told));
    }
}
