//! The managed resources: one file each, read in one order (schema, validate, plan,
//! apply, read, import).

mod account;
mod action;
mod connection;
mod creation;
mod entity;
mod lifecycle;
mod private_data;
mod readiness;
mod reading;
mod responses;
mod usage;

pub(super) use account::{ConfiguredConnection, configured};
pub(super) use action::ActionResource;
pub(super) use connection::ConnectionResource;
pub(super) use creation::{CreateContext, MadeObject};
pub(super) use entity::{EntityResource, find, record};
pub(super) use lifecycle::{
    check_end, end_attributes, end_diagnostics, end_object, ended_note, planned_end, replacement_diagnostics,
};
pub(super) use private_data::{PrivateData, decode_private};
pub(super) use readiness::check as check_readiness;
pub(super) use reading::{Reading, comparable, ended_outside, read_stored};
pub(super) use responses::{forced_by_move, named, stored, unchanged, unplanned};
pub(super) use usage::ExistingTypes;
