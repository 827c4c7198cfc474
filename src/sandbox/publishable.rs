//! The permissions of publishable keys: reads and applies `publishable.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::catalog::embedded::embedded_table;
use crate::sandbox::auth_context::Caller;
use crate::sandbox::call::Call;
use crate::sandbox::check;
use crate::sandbox::error::{ApiError, ApiResult};
use crate::sandbox::fields::{Body, text};

/// The param with which the caller proves access to the object, and the field that it is compared with.
const SECRET: &str = "client_secret";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    shown: BTreeMap<String, Vec<String>>,
    calls: BTreeMap<String, KeyPermission>,
}

/// The conditions under which a publishable key may make a call.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct KeyPermission {
    /// The name, in error messages, of the object whose secret is needed; `None` if no secret is needed.
    of: Option<String>,
    /// The fields that the answer shows; all of them if the table does not say.
    shows: Option<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| embedded_table!("sandbox/publishable.toml"));

impl KeyPermission {
    /// Returns the permission for a call, or `None` if only a secret key may make it.
    pub fn of(method: &str, path: &str) -> Option<&'static Self> {
        TABLE.calls.get(&format!("{method} {path}"))
    }

    /// Removes the client secret from the params and returns it; a publishable key must give it.
    pub fn take_secret(&self, caller: &Caller, given: &mut Body) -> ApiResult<Option<String>> {
        if self.of.is_none() {
            return Ok(None);
        }
        match given.shift_remove(SECRET) {
            Some(Json::String(secret)) if secret.is_empty() => {
                Err(check::not_unsettable(SECRET, &secret.into()))
            }
            Some(Json::String(secret)) => Ok(Some(secret)),
            None if !caller.publishable => Ok(None),
            _ => Err(check::missing(SECRET)),
        }
    }

    /// Refuses a client secret that does not belong to the object in the path.
    pub fn check(&self, call: &Call<'_>, secret: Option<&str>) -> ApiResult<()> {
        let (Some(label), Some(secret)) = (&self.of, secret) else { return Ok(()) };
        if text(&call.named()?, SECRET) == Some(secret) {
            return Ok(());
        }
        Err(ApiError::of("client_secret_mismatch", &[("object", label)]))
    }

    /// Removes the members that a publishable key may not see.
    pub fn keep_shown(&self, answer: &mut Json) {
        let shown = self.shows.as_ref().and_then(|name| TABLE.shown.get(name));
        if let (Some(shown), Some(body)) = (shown, answer.as_object_mut()) {
            body.retain(|name, _| shown.contains(name));
        }
    }
}

#[cfg(test)]
mod tests;
