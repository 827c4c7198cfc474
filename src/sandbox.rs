//! The sandbox, an embedded Stripe: stateful, built on the same catalog, in process or behind a port.
//!
//! ```text
//! request ─▶ fault? limit? ─▶ key ─▶ route ─▶ form ─▶ check ─▶ behaviour ─▶ store
//!                                                                  │
//! response ◀──── expand ◀──── render ◀───────────────── object ◀───┘
//! ```
//!
//! One request is one SQLite transaction. Anything an object does beyond keeping its fields is in
//! `behaviour`; everything else follows from the catalog.

mod admin_api;
mod auth_context;
mod behaviour;
mod call;
mod check;
mod complete;
mod constraint;
mod currency;
mod download;
mod due;
mod earlier;
mod embedded;
mod error;
mod event;
mod expand;
mod fault;
mod fields;
mod form;
mod handler;
mod idempotency;
mod identifier;
mod include;
mod instance;
mod label;
mod lifecycle;
mod limit;
mod message;
mod multipart;
mod page;
mod parent;
mod publishable;
mod reference;
mod reference_data;
mod refusal;
mod repeatable;
mod request;
mod run;
mod search;
mod seed;
mod server;
mod shape;
mod state;
mod store;
mod substitute;
mod trigger;
mod view;
mod webhook_delivery;

pub use fault::{BodyFault, Dropped, Fault, FaultKind};
pub use instance::Sandbox;
pub use server::{ServerOptions, serve, serve_on};
pub use store::OpenError;
