//! Stripe as a connector for Terraform and OpenTofu.
//!
//! ```text
//! terraform ⇄ terraform (plugin ⇄ protocol) ⇄ provider ⇄ engine ⇄ connector ⇄ connection ⇄ stripe ⇄ Stripe | sandbox
//! ```
//!
//! One binary serves the Terraform plugin protocol, version 5. Everything it knows of
//! Stripe is data (the [`catalog`]); every call goes through one throttled client
//! ([`stripe`]); and the same binary carries a stateful Stripe of its own ([`sandbox`]).
//!
//! What always holds:
//!
//! - Data flows one way: a module on the right of the picture imports nothing on its left, but for
//!   [`provider`], which is written in the values and schemas of [`mod@terraform`] and served by it.
//! - Generated wire types appear in [`mod@terraform`] only.
//! - To the provider a Stripe object has no Rust type and no Rust file of its own: adding one is adding data. Only
//!   the sandbox has code for what objects do by themselves.
//! - What Stripe accepted is in the state, whatever fails after it; actions and ephemeral resources have none.
//! - A plan is a function of config, prior state and provider config: no clock (only to
//!   refuse a time that has passed), no chance except for the private data of a create.
//! - Only `main.rs` and the handshake print to standard output; only [`mod@env`] reads the environment.
//!
//! A *connection* is one client with its settings and its key; the *connector* knows entities and actions by name
//! and makes calls through a connection; the *engine* keeps one object as a configuration wants it.
//! `src/bin` holds two programs that are not shipped: `catalog` makes the facts of the catalog from
//! Stripe's API description, `release` packs a release.
//!
//! The modules, from what is nearest to Terraform on. Who wants to know Stripe's side first begins
//! with [`catalog`]:

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
