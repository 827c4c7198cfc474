//! What is generated and committed: Stripe's facts from Stripe's description, and the pages of the
//! registry from the schema and the examples. Each is what its generator writes.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod facts;
mod pages;
