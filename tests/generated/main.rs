//! What is generated and committed: Stripe's facts from Stripe's description, and the pages of the
//! registry from the schema and the examples. Each is what its generator writes. And what a change of
//! a param means, for every param of the catalog.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod facts;
mod pages;
mod params;
mod samples;
