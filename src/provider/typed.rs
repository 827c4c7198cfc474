//! Typed resources: every lasting Stripe object with attributes of its own, from the catalog. Ephemeral
//! resources, actions, lists and data sources use the same attributes.
//!
//! ```text
//! catalog Shapes + surfaces.toml ──surface──▶ Surface ──schema──▶ what Terraform may write
//!                                               │
//!   configuration ──arguments──▶ WrittenParams ──engine──▶ plan, calls ──answered──▶ state
//! ```
//!
//! # Theory
//!
//! This is the second surface of the engine, beside the payload of `stripe_entity`. The written params and
//! Stripe's response are kept in the private data; the attributes of the state only show them. So the
//! provider never guesses from a state which values were written and which only returned. No object has
//! code of its own.

mod action;
mod answered;
mod apply;
mod arguments;
mod check;
mod config_params;
mod data;
mod data_list;
mod data_source;
mod documented;
mod ephemeral;
mod explain;
mod finding;
mod identity;
mod import;
mod list;
mod list_arguments;
mod lookup;
mod moves;
mod names;
mod plan;
mod planning;
mod private_state;
mod read;
mod resource;
mod schema;
mod secrets;
mod sentences;
mod stored;
mod surface;
mod surfaces;
mod types;

pub(super) use action::{TypedAction, actions};
pub(super) use documented::{entity_of, values_at};
pub(super) use ephemeral::{EphemeralResource, ephemeral_resources};
pub(super) use resource::TypedResource;
pub(super) use types::{data_sources, list_types, resources};
