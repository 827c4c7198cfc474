//! Tracks Terraform's calls that change resources, to detect calls that were not answered.

use std::sync::Mutex;
use std::time::Instant;

use crate::sync::lock;

/// The calls of one process.
#[derive(Debug, Default)]
pub(super) struct Calls(Mutex<OpenCalls>);

#[derive(Debug, Default)]
struct OpenCalls {
    open: usize,
    last_end: Option<Instant>,
}

impl Calls {
    /// Answers a call. A call that is dropped before its answer stays open:
    /// Terraform never learns its result.
    pub(super) async fn answering<T>(&self, call: impl Future<Output = T>) -> T {
        self.with(|known| known.open += 1);
        let answer = call.await;
        self.with(|known| {
            known.open -= 1;
            known.last_end = Some(Instant::now());
        });
        answer
    }

    /// Whether a call was open at a past moment.
    pub(super) fn were_open(&self, at: Instant) -> bool {
        self.with(|known| known.open > 0 || known.last_end.is_some_and(|end| end > at))
    }

    fn with<T>(&self, act: impl FnOnce(&mut OpenCalls) -> T) -> T {
        act(&mut lock(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::time::Instant;

    use futures_util::FutureExt as _;

    use super::Calls;

    #[test]
    fn a_call_is_open_until_it_is_answered_and_for_ever_when_it_never_is() {
        let calls = Calls::default();
        let before = Instant::now();
        assert!(!calls.were_open(before));
        calls.answering(ready(())).now_or_never().unwrap();
        assert!(calls.were_open(before) && !calls.were_open(Instant::now()));
        assert!(calls.answering(pending::<()>()).now_or_never().is_none());
        assert!(calls.were_open(Instant::now()));
    }
}
