//! The imports of all behaviours: calls, fields of objects, errors, and the declaration of a behaviour.

pub(super) use serde::Deserialize;
pub(super) use serde_json::{Value as Json, json};

pub(super) use crate::sandbox::call::Call;
pub(super) use crate::sandbox::check::{child, exclusive, missing, not_in_future};
pub(super) use crate::sandbox::error::{ApiError, ApiResult, Stage};
pub(super) use crate::sandbox::fields::{
    Body, at, at_mut, body, copy, copy_given, count, entries, flag, given_number, id, inner, items, member,
    members, members_at, needed, needed_inner, needed_number, number, object, objects, set, set_inner,
    status, text, typed,
};
pub(super) use crate::sandbox::refusal::Values;
pub(super) use crate::sandbox::store::ObjectQuery;
pub(super) use crate::sandbox::{identifier, page, shape};

pub(super) use crate::sandbox::behaviour::definition::{
    Behaviour, Create, Delete, Get, List, PageField, Update,
};
