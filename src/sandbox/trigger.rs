//! Triggers: a field got a value or lost it.

use serde_json::Value as Json;

use crate::sandbox::fields::{Body, at};

/// How a field changed.
#[derive(Debug, Clone, Copy)]
pub(super) enum FieldTrigger<'v> {
    /// It has a new value.
    Set,
    /// It lost its value.
    Unset,
    /// It has this value and had another before.
    Is(&'v str),
    /// It had this value and now has another.
    Was(&'v str),
}

impl FieldTrigger<'_> {
    /// Whether the field at a path changed in this way; `before` is `None` for a new object.
    pub fn happened(self, before: Option<&Body>, after: &Body, path: &str) -> bool {
        let (old, new) = (before.and_then(|body| member(body, path)), member(after, path));
        match self {
            Self::Set => new.as_deref().is_some_and(|new| new != "0") && old != new,
            Self::Unset => old.is_some() && new.is_none(),
            Self::Is(value) => new.as_deref() == Some(value) && old != new,
            Self::Was(value) => old.as_deref() == Some(value) && old != new,
        }
    }
}

/// Returns the field as text, or `None` if it is missing or null.
fn member(body: &Body, path: &str) -> Option<String> {
    let found = at(body, path)?;
    match found {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
