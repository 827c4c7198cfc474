//! Everything of Terraform and nothing of any one provider: what each provider that speaks
//! protocol 5 needs.
//!
//! ```text
//! terraform ⇄ plugin ⇄ protocol ⇄ Provider
//!  process,   gRPC,     wire        values, schemas,
//!  mTLS       health    messages    diagnostics
//! ```
//!
//! A provider implements [`Provider`] in [`value::Value`]s; [`protocol::Service`] serves it as
//! the gRPC service that Terraform calls, and [`plugin`] is the process around that service; [`host`] is the
//! side that starts and calls it.
//! Nothing in here imports anything of ours from outside: it could be a crate of its own.

pub mod wire;

pub mod value;

pub mod diagnostic;

pub mod schema;

pub mod provider;

pub mod protocol;

pub mod plugin;

pub mod host;

pub use provider::Provider;
