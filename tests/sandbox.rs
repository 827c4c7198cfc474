//! The sandbox from outside: calls as Stripe's clients make them, and what comes of them.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "sandbox/accounts.rs"]
mod accounts;
#[path = "sandbox/client.rs"]
mod client;
#[path = "sandbox/clocks.rs"]
mod clocks;
#[path = "sandbox/events.rs"]
mod events;
#[path = "sandbox/invoices.rs"]
mod invoices;
#[path = "sandbox/money.rs"]
mod money;
#[path = "sandbox/promotions.rs"]
mod promotions;
#[path = "sandbox/shop.rs"]
mod shop;
#[path = "sandbox/subscriptions.rs"]
mod subscriptions;
#[path = "sandbox/usage.rs"]
mod usage;
