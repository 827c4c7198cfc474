//! The sandbox in process: every type of object that can be made is made, shown, listed, changed
//! and deleted, and has the fields of the catalog with values of their kinds.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "objects/actions.rs"]
mod actions;
#[path = "objects/calls.rs"]
mod calls;
#[path = "objects/every.rs"]
mod every;
#[path = "objects/nested.rs"]
mod nested;
#[path = "objects/params.rs"]
mod params;
#[path = "objects/refusals.rs"]
mod refusals;
#[path = "objects/rows.rs"]
mod rows;
#[path = "objects/search.rs"]
mod search;
#[path = "objects/shape.rs"]
mod shape;
#[path = "objects/version_two.rs"]
mod version_two;
