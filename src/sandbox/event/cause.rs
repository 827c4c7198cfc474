//! What the events of one call share: the request, its idempotency key, its mode and its time.

/// The call that caused the events.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox) struct EventCause<'a> {
    /// The id of the request.
    pub request: &'a str,
    /// The key it came under.
    pub idempotency_key: Option<&'a str>,
    /// A call with a live key.
    pub livemode: bool,
    /// The time of the call.
    pub now: i64,
}
