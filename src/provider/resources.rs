//! The managed resources that are written by hand: one file each, read in one order (schema, validate, plan,
//! apply, read, import). Those of one type of object each are `typed`.

mod action;
mod connection;
mod entity;

pub(super) use action::ActionResource;
pub(super) use connection::ConnectionResource;
pub(super) use entity::{EntityResource, find, record};
