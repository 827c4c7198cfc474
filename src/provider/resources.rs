//! The managed resources: one file each, read in one order (schema, validate, plan,
//! apply, read, import).

mod account;
mod action;
mod connection;
mod entity;
mod payload;
mod readiness;

pub(super) use action::Action;
pub(super) use connection::Connection;
pub(super) use entity::{Entity, find, record};
pub(super) use payload::{Private, connection_attribute, keep_equal_handle, moves};
