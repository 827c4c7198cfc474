//! The embedded Stripe: stateful, on the same catalog, in process or behind a port.
//!
//! ```text
//! request ─▶ fault? limit? ─▶ key ─▶ route ─▶ form ─▶ check ─▶ behaviour ─▶ store
//!                                                                  │
//! response ◀──── view: complete, hide, expand ◀──────── object ◀───┘
//! ```
//!
//! One request is one SQLite transaction. What an object does beyond keeping its fields is
//! in `behaviour`, everything else follows from the catalog.

mod behaviour;
mod call;
mod caller;
mod check;
mod complete;
mod constraint;
mod control;
mod courier;
mod currency;
mod download;
mod error;
mod event;
mod expand;
mod expansion;
mod fault;
mod fields;
mod form;
mod handler;
mod idempotency;
mod identifier;
mod include;
mod instance;
mod label;
mod life;
mod limit;
mod multipart;
mod owner;
mod page;
mod publishable;
mod reference;
mod reference_data;
mod request;
mod run;
mod search;
mod seed;
mod server;
mod shape;
mod store;
mod time;
mod trigger;
mod view;
mod whole;

pub use fault::{Dropped, Fault, FaultKind, Leaves};
pub use instance::Sandbox;
pub use server::{Terms, serve, serve_on};
pub use store::OpenError;
