//! The sandbox in process: what Stripe's clients ask of it, and what comes of it.
//!
//! Some files tell a story of one part of Stripe, call by call. The others go over the whole
//! catalog: every type of object that can be made is made, shown, listed, changed and deleted, and
//! has the fields of the catalog with values of their kinds. `safety`, `extremes` and `served` say what
//! nobody can do to a sandbox.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod accounts;
mod admin;
mod announced;
mod billing;
mod client;
mod clock_bounds;
mod clocks;
mod connect;
mod endings;
mod events;
mod extremes;
mod identity;
mod invoices;
mod methods;
mod money;
mod orders;
mod payments;
mod previews;
mod prices;
mod promotions;
mod retries;
mod saved;
mod shop;
mod snapshots;
mod subscriptions;
mod tax;
mod usage;

mod actions;
mod calls;
mod every;
mod full;
mod golden;
mod hostile;
mod nested;
mod nulls;
mod params;
mod reads;
mod refusals;
mod rows;
mod safety;
mod search;
mod served;
mod shape;
mod silent;
mod transcripts;
mod untold;
mod version_two;

#[path = "../support"]
mod support {
    pub mod connectors;
}
