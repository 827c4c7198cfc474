//! Everything Stripe offers, as data: entity types, their params and fields, their operations and actions.
//!
//! *Facts* (`catalog/facts/<key>.json`) are generated from Stripe's API description by `cargo run --bin
//! catalog`; *rules* (`catalog/rules.toml`, and `catalog/references.toml` for the object types that params
//! refer to) are written by hand and hold what the description does not say. `build.rs` joins both into
//! one blob; an entity type is inflated and decoded on first use. Adding an object is adding data.
//!
//! ```text
//! description ─bin catalog─▶ facts ─┐
//!                                   ├─join─▶ refine ─▶ pack ─▶ index
//!                           rules ──┘    catalog/build         run time
//! ```
//!
//! Params and fields share one type language, [`Shape`]; [`names`] resolves names.

pub mod constraint;
mod currency;
mod decimal;
pub(crate) mod embedded;
mod entity;
mod fact_format;
mod id_prefix;
mod index;
mod model;
pub mod names;
mod number_range;
mod operation;
mod other_names;
mod secrecy;
mod shape;
pub mod spelling;
mod words;

pub use currency::currencies;
pub use decimal::Digits;
pub use id_prefix::{OtherId, ids_are_chosen, ids_may_be_chosen};
pub use index::{API_VERSION, ActionSummary, Called, Catalog, Match, Offer, Summary, catalog};
pub use model::{Entity, Items, Removal, Restoration, parents};
pub use number_range::NumberRange;
pub use operation::{Action, Method, Operation, OperationKind, OutputShape, is_v2};
pub use shape::{Clearing, Kind, Member, Presence, Shape, at, find, other_spelling, whole_spelling};
pub use words::Words;
