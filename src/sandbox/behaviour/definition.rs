//! The way in which a module declares an object's behaviour: the calls that it handles, and the fields that
//! are pages of other objects. Everything else follows from the catalog.

use serde_json::Value as Json;

use crate::catalog::OperationKind;
use crate::sandbox::call::Call;
use crate::sandbox::error::ApiResult;

pub(super) use OperationKind::{Create, Delete, Get, List, Update};

/// Answers one call.
pub(super) type CallHandler = fn(&Call<'_>) -> ApiResult<Json>;

/// What an object does beyond keeping its fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Behaviour {
    /// The catalog's name of the object, and of the services that serve it under other paths.
    pub keys: &'static [&'static str],
    /// The operations that it answers itself.
    pub operations: &'static [(OperationKind, CallHandler)],
    /// The actions that it answers itself, by name.
    pub actions: &'static [(&'static str, CallHandler)],
    /// The fields that show other objects.
    pub pages: &'static [PageField],
    /// Authenticates as the customer in a browser, or fails to.
    pub authenticate: Option<fn(&Call<'_>, bool) -> ApiResult<Json>>,
    /// Pays as the customer in a browser with a payment method.
    pub pay: Option<fn(&Call<'_>, &str) -> ApiResult<Json>>,
}

/// A field that is a page of other objects.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageField {
    /// The name of the field.
    pub field: &'static str,
    /// The type of the objects on the page.
    pub of: &'static str,
    /// The field of these objects that holds the id of the owner.
    pub by: &'static str,
    /// Whether the oldest come first instead of the newest.
    pub oldest_first: bool,
    /// Whether canceled objects are shown too.
    pub canceled: bool,
}

impl PageField {
    /// A page of objects that name the owner in a field, newest first, without canceled ones.
    pub const fn of(field: &'static str, of: &'static str, by: &'static str) -> Self {
        Self { field, of, by, oldest_first: false, canceled: false }
    }
}

impl Behaviour {
    /// A behaviour without any handlers.
    pub const fn of(keys: &'static [&'static str]) -> Self {
        Self { keys, operations: &[], actions: &[], pages: &[], authenticate: None, pay: None }
    }
}
