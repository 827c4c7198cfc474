//! Everything about Terraform and nothing about any particular provider: what every provider that speaks
//! protocol 5 needs.
//!
//! ```text
//! terraform ⇄ plugin ⇄ protocol ⇄ Provider
//!  process,   gRPC,     wire        values, schemas,
//!  mTLS       health    messages    diagnostics
//! ```
//!
//! A provider implements [`Provider`] in terms of [`value::Value`]s. [`protocol::Service`] serves it as the
//! gRPC service that Terraform calls, [`plugin`] is the process around that service, and [`host`] is the
//! side that starts and calls it. Nothing in here imports the crate's other modules: it could be a crate of
//! its own.

pub mod wire;

pub mod value;

pub mod diagnostic;

pub mod message;

pub mod messages;

pub mod schema;

pub mod provider;

pub mod protocol;

pub mod plugin;

pub mod host;

pub use provider::Provider;
