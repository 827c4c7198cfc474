//! How a module declares an object's behaviour: the calls it handles, and the fields that are pages of other
//! objects. Everything else follows from the catalog.

use serde_json::Value as Json;

use crate::catalog::OperationKind;
use crate::sandbox::call::Call;
use crate::sandbox::error::ApiResult;

pub(super) use OperationKind::{Create, Delete, Get, List, Update};

/// Answers one call.
pub(super) type CallHandler = fn(&Call<'_>) -> ApiResult<Json>;

/// What one object does beyond keeping its fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Behaviour {
    /// What the catalog calls the object, and the services that serve it under other paths.
    pub keys: &'static [&'static str],
    /// The operations it answers itself.
    pub operations: &'static [(OperationKind, CallHandler)],
    /// The actions it answers itself, by name.
    pub actions: &'static [(&'static str, CallHandler)],
    /// The fields that show other objects.
    pub pages: &'static [PageField],
    /// The customer authenticates at a browser, or fails to.
    pub authenticate: Option<fn(&Call<'_>, bool) -> ApiResult<Json>>,
    /// The customer pays at a browser with a payment method.
    pub pay: Option<fn(&Call<'_>, &str) -> ApiResult<Json>>,
}

/// A field that is a page of other objects.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageField {
    /// The name of the field.
    pub field: &'static str,
    /// The type of the objects on it.
    pub of: &'static str,
    /// The field of these objects that holds the id of the owner.
    pub by: &'static str,
    /// The oldest first; the newest otherwise.
    pub oldest_first: bool,
    /// Those that were canceled too.
    pub canceled: bool,
}

impl PageField {
    /// A page of the newest objects that name the owner in a field, without those that were canceled.
    pub const fn of(field: &'static str, of: &'static str, by: &'static str) -> Self {
        Self { field, of, by, oldest_first: false, canceled: false }
    }
}

impl Behaviour {
    /// An object that does nothing of its own yet.
    pub const fn of(keys: &'static [&'static str]) -> Self {
        Self { keys, operations: &[], actions: &[], pages: &[], authenticate: None, pay: None }
    }
}
