//! Stripe as a connector for Terraform and OpenTofu.
//!
//! ```text
//! terraform ⇄ terraform (plugin ⇄ protocol) ⇄ provider ⇄ engine ⇄ connector ⇄ connection ⇄ stripe ⇄ Stripe | sandbox
//! ```
//!
//! One binary serves the Terraform plugin protocol, version 5. Everything it knows of
//! Stripe is data (the [`catalog`]); every call goes through one throttled client
//! ([`stripe`]); and the same binary contains a stateful Stripe ([`sandbox`]).
//!
//! What always holds:
//!
//! - Data flows one way: a module on the right of the picture imports nothing on its left, except for
//!   [`provider`], which is written in the values and schemas of [`mod@terraform`] and served by it.
//! - Generated wire types appear in [`mod@terraform`] only.
//! - To the provider a Stripe object has no Rust type and no Rust file of its own: adding one is adding data. Only
//!   the sandbox has code for the behaviour of single objects.
//! - What Stripe accepted is in the state, whatever fails afterwards; actions and ephemeral resources have no state.
//! - A plan is a function of config, prior state and provider config: no clock (only to refuse a time that has
//!   passed), no randomness except for the private data of a create. An apply plans as updates what was planned so.
//! - Only `main.rs` and the handshake print to standard output; only [`mod@env`] reads the environment.
//!
//! A *connection* is one client with its settings and its key; the *connector* knows entities and actions by name
//! and makes calls through a connection; the *engine* keeps one object as its configuration describes it.
//! `src/bin` holds two programs that are not shipped: `catalog` generates the catalog's facts from
//! Stripe's API description, `release` packs a release.
//!
//! The modules, starting with those nearest to Terraform. To start from Stripe's side, read [`catalog`] first.

pub mod terraform;

pub mod catalog;

pub mod env;

pub mod files;

pub mod secret;

pub mod stripe;

pub mod logs;

pub mod connection;

pub mod connector;

pub mod engine;

pub mod provider;

pub mod sandbox;

pub mod registry_docs;

pub mod command;
