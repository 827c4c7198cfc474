//! Everything Stripe offers, as data: entity types, their params and fields, their
//! operations and actions.
//!
//! *Facts* (`catalog/facts/<key>.json`) are generated from Stripe's API description by
//! `cargo run --bin catalog`; *rules* (`catalog/rules.toml`) are written by hand and hold what
//! the description does not say. `build.rs` joins both into one blob; an entity type is inflated
//! and decoded when first asked for. Adding an object is adding data.
//!
//! ```text
//! description ─generate─▶ facts ─┐
//!                                ├─join─▶ index ─▶ pack
//!                        rules ──┘
//! ```

mod entity;
pub mod generate;
pub mod index;
pub mod join;
mod model;
mod notation;
mod pack;
pub mod rules;

pub use model::{
    Action, Entity, Field, FieldKind, Items, Kind, Operation, OperationKind, OutputShape, Param, Removal,
    parents,
};
pub use pack::{API_VERSION, Called, Catalog, Match, catalog};
