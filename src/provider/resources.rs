//! The managed resources: one file each, read in one order (schema, validate, plan,
//! apply, read, import).

mod account;
mod action;
mod connection;
mod creation;
mod entity;
mod lifecycle;
mod payload;
mod readiness;
mod usage;

pub(super) use account::{Configured, configured, not_surely_gone, on_way_to, seen_through};
pub(super) use action::Action;
pub(super) use connection::Connection;
pub(super) use creation::{Creation, Made};
pub(super) use entity::{Entity, find, record};
pub(super) use lifecycle::{
    check_end, comparable, end_attributes, end_object, end_sentence, end_told, ended_note, lacks_handle,
    named, not_refreshed, stored, unchanged, unplanned, unreadable,
};
pub(super) use payload::{Private, connection_attribute, keep_equal_handle};
pub(super) use readiness::check as check_readiness;
pub(super) use usage::ExistingTypes;
