//! The handwritten managed resources: one file each, all in the same order (schema, validate, plan, apply,
//! read, import). Resources for a single object type are in `typed`.

mod action;
mod connection;
mod entity;

pub(super) use action::ActionResource;
pub(super) use connection::ConnectionResource;
pub(super) use entity::{EntityResource, find, record};
