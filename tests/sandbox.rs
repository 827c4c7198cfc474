//! The sandbox from outside: calls as Stripe's clients make them, and what comes of them.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "sandbox/client.rs"]
mod client;
#[path = "sandbox/events.rs"]
mod events;
#[path = "sandbox/promotions.rs"]
mod promotions;
#[path = "sandbox/subscriptions.rs"]
mod subscriptions;
