//! The common context of a call's events: the request, its idempotency key, its mode and its time.

/// The call that caused the events.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox) struct EventCause<'a> {
    /// The id of the request.
    pub request: &'a str,
    /// The idempotency key of the request.
    pub idempotency_key: Option<&'a str>,
    /// Whether the call was made with a live key.
    pub livemode: bool,
    /// The time of the call.
    pub now: i64,
}
