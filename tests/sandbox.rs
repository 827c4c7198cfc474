//! The sandbox in process: every type of object that can be made is made, shown, listed, changed
//! and deleted, and has the fields of the catalog with values of their kinds.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[path = "sandbox/actions.rs"]
mod actions;
#[path = "sandbox/calls.rs"]
mod calls;
#[path = "sandbox/every.rs"]
mod every;
#[path = "sandbox/nested.rs"]
mod nested;
#[path = "sandbox/params.rs"]
mod params;
#[path = "sandbox/search.rs"]
mod search;
#[path = "sandbox/shape.rs"]
mod shape;
#[path = "sandbox/version_two.rs"]
mod version_two;
