//! Stripe as a connector for Terraform and OpenTofu.
//!
//! ```text
//! terraform ─mTLS─▶ plugin ─gRPC─▶ protocol ─values─▶ provider ─▶ engine ─▶ connector ─▶ connection ─▶ stripe ─▶ Stripe
//!                   └──── src/terraform ───┘               └─── read: catalog ───┘              └────▶ sandbox
//! ```
//!
//! One binary serves version 5 of the Terraform plugin protocol. Everything it knows about Stripe is data
//! (the [`catalog`]); every call goes through one throttled client ([`stripe`]); and the same binary contains
//! a stateful Stripe ([`sandbox`]).
//!
//! Invariants:
//!
//! - Data flows one way: a module on the right of the picture imports nothing from its left. The exception is
//!   [`provider`], which uses the values and schemas of [`mod@terraform`] and is served by it.
//! - Generated wire types appear in [`mod@terraform`] only.
//! - The provider has no Rust type and no Rust file for a single Stripe object: adding an object is adding
//!   data. Only the sandbox has code for the behaviour of single objects.
//! - Whatever Stripe accepted is in the state, no matter what fails afterwards; actions and ephemeral
//!   resources have no state.
//! - A plan is a function of config, prior state and provider config: no clock (except to refuse a time that
//!   has passed), no randomness (except in the private data of a create). When an apply plans an update
//!   again, it remains an update.
//! - Only `main.rs` and the handshake print to standard output; only [`mod@env`] reads the environment.
//!
//! A *connection* is one client with its settings and its key. The *connector* knows entities and actions by
//! name and makes calls through a connection. The *engine* keeps one object as its configuration describes
//! it. `src/bin` holds two programs that are not shipped: `catalog` generates the catalog's facts from
//! Stripe's API description, and `release` packs a release.
//!
//! The modules, from Terraform to Stripe. To start from Stripe's side, read [`catalog`] first.
//!
//! | module | what it is |
//! |---|---|
//! | [`mod@terraform`] | the plugin protocol: process, gRPC, values, schemas; knows nothing of Stripe |
//! | [`provider`] | the resources, data sources, ephemeral resources, actions and lists that a configuration uses |
//! | [`engine`] | plan, create, update, end, drift and import of one object, in params; knows nothing of Terraform |
//! | [`connector`] | operations and actions by name (`Get Customer`), filter clauses, pages, reading by list |
//! | [`connection`] | the settings of one connection: key, account, limits, proxy; makes the client |
//! | [`stripe`] | the HTTP client: throttle, retry, idempotency, authentication, transport |
//! | [`sandbox`] | a stateful Stripe in one process, as one more transport or as an HTTP server |
//! | [`catalog`] | what Stripe offers, as data: entity types, params, fields, operations, actions |
//! | [`secret`] | reads keys from the configuration, the environment, files and Secret Manager |
//! | [`logs`] | writes the events of the client as lines and spans, with secrets redacted |
//! | [`mod@env`] | the environment variables that the program reads |
//! | [`files`] | files that several processes share, and their locks |
//! | [`sync`] | locks within the process that a panic does not poison |
//! | [`registry_docs`] | the pages of the Terraform registry, from schemas, catalog and examples |
//! | [`command`] | the command line: the plugin, the demo, the installer, the sandbox server |

pub mod terraform;

pub mod provider;

pub mod engine;

pub mod connector;

pub mod connection;

pub mod stripe;

pub mod sandbox;

pub mod catalog;

pub mod secret;

pub mod logs;

pub mod env;

pub mod files;

pub mod sync;

pub mod registry_docs;

pub mod command;
